/** Runs `embedded-child.ts` and reads what it says. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { packageRoot } from "../../src/package/root.ts";
import type { EmbeddedConnection } from "../../src/store/embedded/server.ts";

const require = createRequire(import.meta.url);
const SCRIPT = require.resolve("./embedded-child.ts");

interface FirstLine {
  readonly open?: EmbeddedConnection;
  readonly refused?: string;
  readonly message?: string;
}

export interface EmbeddedProcess {
  readonly pid: number;
  /** Open or refused. */
  readonly first: Promise<FirstLine>;
  /** Ids whose commit was acknowledged, so far. */
  readonly ids: number[];
  /** Lines of its log from level info. */
  readonly log: string[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

interface ProcessOptions {
  readonly mode?: "hold" | "write";
  readonly dataDir: string;
  readonly platformPackage?: string;
  /** The ordinary user, and its group, that it becomes once its code is loaded. */
  readonly uid?: number;
}

export function startEmbedded(options: ProcessOptions): EmbeddedProcess {
  const { mode = "hold", ...rest } = options;
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, mode, JSON.stringify(rest)], {
    cwd: packageRoot(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ids: number[] = [];
  const log: string[] = [];
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
  });
  createInterface(child.stderr).on("line", (line) => log.push(line));
  const first = new Promise<FirstLine>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const said = JSON.parse(line) as FirstLine & { id?: number };
      if (said.id === undefined) resolve(said);
      else ids.push(said.id);
    });
    void ended.then(() => {
      reject(new Error(`the child ended without a word: ${log.join("\n")}`));
    });
  });
  first.catch(() => undefined);
  return { pid: child.pid ?? 0, first, ids, log, kill: (signal) => end(child, signal, ended) };
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  ended: Promise<void>,
): Promise<void> {
  child.kill(signal);
  await ended;
}
