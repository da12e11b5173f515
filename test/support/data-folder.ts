/** A data folder for a test of the embedded server, and what a server of it left elsewhere. */
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { isServerOf, readPidFile } from "../../src/store/embedded/pid-file.ts";
import { openEmbedded } from "../../src/store/embedded/server.ts";
import type { EmbeddedOptions, EmbeddedServer } from "../../src/store/embedded/server.ts";

/** What `database.json` says. */
interface Memory {
  readonly home?: string;
  readonly socketFolder?: string;
  readonly madeAt?: string;
}

export interface DataFolder {
  /** A folder of the test's own, which every user may enter. */
  readonly base: string;
  readonly dataDir: string;
  memory(): Promise<Memory>;
  /** kill -9 of the server, not of its sessions. False when none runs at this moment. */
  killServer(): Promise<boolean>;
  remove(): Promise<void>;
}

const made: DataFolder[] = [];

/** For `afterEach`. */
export async function removeDataFolders(): Promise<void> {
  for (const folder of made.splice(0)) await folder.remove();
}

/** @param inside where the data folder lies under `base` */
export async function dataFolder(inside = "data"): Promise<DataFolder> {
  const base = await mkdtemp(join(tmpdir(), "plumbline-folder-"));
  await chmod(base, 0o755);
  const dataDir = join(base, inside);
  await mkdir(join(dataDir, ".."), { recursive: true, mode: 0o755 });
  const memory = async () => {
    const text = await readFile(join(dataDir, "database.json"), "utf8").catch(() => "{}");
    return JSON.parse(text) as Memory;
  };
  const folder: DataFolder = {
    base,
    dataDir,
    memory,
    killServer: async () => {
      const { home = join(dataDir, "postgres") } = await memory();
      const pgdata = join(home, "data");
      const pid = (await readPidFile(pgdata))?.pid ?? 0;
      // the file may name us for a moment: a supervisor that takes it over writes its own pid
      if (!(await isServerOf(pid, pgdata))) return false;
      return process.kill(pid, "SIGKILL");
    },
    remove: async () => {
      const { home, socketFolder } = await memory();
      for (const path of [base, home, socketFolder]) {
        if (path !== undefined) await rm(path, { recursive: true, force: true });
      }
    },
  };
  made.push(folder);
  return folder;
}

/** Opens a server, hands it to `work` with a client and the log, and stops it however `work` ends. */
export async function withServer<T>(
  options: Omit<EmbeddedOptions, "log">,
  work: (given: { server: EmbeddedServer; client: pg.Client; log: string[] }) => Promise<T>,
): Promise<T> {
  const log: string[] = [];
  const server = await openEmbedded({
    ...options,
    log: (level, message, facts) => log.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`),
  });
  const client = new pg.Client(server.connection);
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work({ server, client, log });
  } finally {
    await client.end().catch(() => undefined);
    await server.stop();
  }
}
