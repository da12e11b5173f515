/**
 * A process that owns a data folder, for tests that kill it: `node --import tsx embedded-child.ts <mode> <options as JSON>`.
 *
 * `hold` opens the server and waits. `write` also commits rows one by one and prints each id after its commit came
 * back; when the server dies under it, it goes on with the restarted one. The first line says that the server is open,
 * or which error refused it. SIGTERM stops it cleanly.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { AppError } from "../../src/lib/errors.ts";
import { openEmbedded } from "../../src/store/embedded/server.ts";
import type { EmbeddedConnection, EmbeddedOptions } from "../../src/store/embedded/server.ts";

const [mode, json] = process.argv.slice(2);
const { uid, ...options } = JSON.parse(json ?? "{}") as Pick<EmbeddedOptions, "dataDir"> & {
  readonly uid?: number;
};

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function writeRows(connection: EmbeddedConnection): Promise<never> {
  const pool = new pg.Pool({ ...connection, max: 1 });
  pool.on("error", () => undefined);
  await pool.query(
    "create table if not exists rows (id bigint generated always as identity, text text)",
  );
  const query = "insert into rows (text) values (repeat('x', 600)) returning id";
  for (;;) {
    // an unknown outcome is not printed: only what was acknowledged may not be lost
    const answer = await pool.query<{ id: string }>(query).catch(() => undefined);
    if (answer === undefined) await sleep(10);
    else say({ id: Number(answer.rows[0]?.id) });
  }
}

if (uid !== undefined) {
  // Here and not by `spawn`: the code may lie in a folder that only root can enter, and it is loaded by now.
  process.chdir("/");
  process.setgroups?.([uid]);
  process.setgid?.(uid);
  process.setuid?.(uid);
}

try {
  const server = await openEmbedded({
    ...options,
    log: (level, message, facts) => {
      if (level !== "debug")
        process.stderr.write(`${level} ${message} ${JSON.stringify(facts ?? {})}\n`);
    },
  });
  process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
  say({ open: server.connection });
  if (mode === "write") await writeRows(server.connection);
} catch (error) {
  say({ refused: error instanceof AppError ? error.code : "bug", message: String(error) });
  process.exitCode = 1;
}
