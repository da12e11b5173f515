/** What benchmarks stand on: an embedded PostgreSQL with fsync on, as installations have it, and the simulator in a process of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openDatabase, type OpenDatabase } from "../../src/store/database.ts";
import { openEmbedded } from "../../src/store/embedded/server.ts";
import { migrate, migrationsFolder } from "../../src/store/migrate.ts";

export interface BenchDatabase extends OpenDatabase {
  readonly folder: string;
  /** For another process. */
  readonly url: string;
  close(): Promise<void>;
}

export async function benchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "plumb-bench-"));
  const server = await openEmbedded({ dataDir: folder, log: () => undefined });
  const opened = await openDatabase({ connection: server.connection }, { max: 16 });
  await migrate(opened.db, migrationsFolder());
  const { host, port, user, database } = server.connection;
  return {
    ...opened,
    folder,
    url: `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`,
    async close() {
      await opened.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface BenchSimulator {
  readonly url: string;
  readonly acsUrl: string;
  get<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

export async function benchSimulator(args: readonly string[]): Promise<BenchSimulator> {
  const main = join(import.meta.dirname, "..", "..", "src", "main.ts");
  const child = spawn(
    process.execPath,
    ["--import", "tsx", main, "simulate", "--port", "0", "--with-parent", ...args],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  const line = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once("line", resolve),
  );
  const { url, acsUrl } = JSON.parse(line) as { url: string; acsUrl: string };
  return {
    url,
    acsUrl,
    get: async (path) => (await (await fetch(`${url}${path}`)).json()) as never,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
