/**
 * RADIUS records through a whole server: socket, token, reading, one transaction for what came together, commit on the
 * embedded PostgreSQL with fsync on; sent from a process of its own, as FreeRADIUS would, 64 at a time. Beside it, what the
 * same database takes in plain rows of the same size, by one commit for each and in groups.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { configFrom, startServer, type RunningServer } from "../../src/app/server.ts";
import { figure, spreadOf, timed, type Figure } from "./figure.ts";

const RECORDS = Number(process.env["RADIUS_RECORDS"] ?? 12_000);
const RATE = 1_500;
const GROUP = 100;

interface Sent {
  readonly tookMs: number;
  readonly eachMs: readonly number[];
  readonly statuses: Readonly<Record<string, number>>;
}

async function send(server: RunningServer, token: string, from: number): Promise<Sent> {
  const sender = join(import.meta.dirname, "..", "support", "radius-sender-child.ts");
  const child = spawn(
    process.execPath,
    ["--import", "tsx", sender, server.url, token, String(RECORDS), String(from)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => {
      resolve(JSON.parse(line) as Sent);
    });
    child.once("exit", (code) => {
      if (code !== 0) reject(new Error(`the sender ended with ${code ?? "a signal"}`));
    });
  });
}

/** Rows a second of a table without anything, as wide as a record. */
async function yardstick({ stores }: RunningServer): Promise<{ single: number; grouped: number }> {
  const { db } = stores.database;
  await sql`create table bench_rows (id bigint generated always as identity, text text)`.execute(
    db,
  );
  const text = "x".repeat(500);
  const rate = async (rounds: number, rows: number): Promise<number> => {
    const took = await timed(rounds, () =>
      sql`insert into bench_rows (text) select ${text} from generate_series(1, ${rows}::int)`.execute(
        db,
      ),
    );
    return Math.round((rounds * rows * 1_000) / took.reduce((sum, one) => sum + one, 0));
  };
  return { single: await rate(400, 1), grouped: await rate(60, GROUP) };
}

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "plumb-bench-"));
  const env = { PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" };
  const server = await startServer(configFrom(env));
  try {
    const { token } = await server.access.issue("radius", ["radius:ingest"]);
    const figures: Figure[] = [];
    for (const [name, from] of [
      ["new", 0],
      ["new-again", RECORDS],
      ["repeated", 0],
    ] as const) {
      const { single, grouped } = await yardstick(server).finally(
        async () => await sql`drop table if exists bench_rows`.execute(server.stores.database.db),
      );
      const beside = `plain rows into this database: ${single}/s one by one, ${grouped}/s in groups of ${GROUP}`;
      const { tookMs, eachMs, statuses } = await send(server, token, from);
      const answers = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
      const rate = (RECORDS * 1_000) / tookMs;
      figures.push(
        figure(
          `radius/${name}-rate`,
          rate,
          "records/s",
          `${answers.join(", ")}; ${beside}`,
          RATE,
          false,
        ),
        ...spreadOf(`radius/${name}-answer`, eachMs, "64 at a time, seen by the sender"),
      );
    }
    const { rows } = await sql<{ records: number; keys: number }>`
      select (select count(*)::int from radius_events) as records, (select count(*)::int from radius_keys) as keys`.execute(
      server.stores.database.db,
    );
    figures.push(
      figure(
        "radius/records-lost-or-doubled",
        Math.abs((rows[0]?.records ?? 0) - 2 * RECORDS),
        "records",
        "all of the above",
        0,
      ),
    );
    return figures;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
