/**
 * The engine's side of the store on the embedded PostgreSQL, fsync on: what a pass costs the database, with few and with
 * 1,000,000 devices, beside PostgreSQL's own `update one row, commit` on one connection of the same run.
 *
 * Rows are made by one statement for each table, as a fleet of this size would have them: all in sync, due at some time
 * of the next day, and 2,000 due now. The devices that passes run over have documents, secrets and an observation.
 */
import { rmSync } from "node:fs";
import { sql } from "kysely";
import type { Lease } from "../../src/ports/engine-store.ts";
import { testStores, type Stores } from "../support/stack.ts";
import { benchDatabase, type BenchDatabase } from "./bench-stack.ts";
import { figure, median, shortly, spreadOf, timed, type Figure } from "./figure.ts";
import {
  DAY_MS,
  dress,
  DRESSED,
  grow,
  makeDue,
  makeNothingDue,
  observation,
  passOf,
} from "./store-fleet.ts";
import { idleDay } from "./store-idle.ts";
import { serverMemory } from "./store-memory.ts";
import { sweeps } from "./store-sweep.ts";

const SMALL = 2_000;
const LARGE = Number(process.env["STORE_DEVICES"] ?? 1_000_000);
const ROUNDS = 1_000;
const REQUEUES = 500;
/** The promise is for 1,000,000 devices; fewer must not be slower. */
const CLAIM_P99_MS = 5;

async function measure(
  database: BenchDatabase,
  { engine }: Stores,
  lease: Lease,
  devices: number,
  size: string,
): Promise<Figure[]> {
  const seen = observation("bench");
  const claimed: number[] = [];
  const recorded: number[] = [];
  const cycles: number[] = [];
  const updates: number[] = [];
  await makeDue(database);
  for (let round = -20; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const [work] = await engine.claim(lease, "drift", 1, 60_000);
    const atClaim = performance.now();
    if (work === undefined) throw new Error("nothing was due");
    const pass = passOf(work, lease, seen);
    const before = performance.now();
    if (!(await engine.record(pass))) throw new Error("not stored");
    const end = performance.now();
    await sql`update bench_rows set n = n + 1 where id = 1`.execute(database.db);
    if (round < 0) continue;
    updates.push(performance.now() - end);
    claimed.push(atClaim - begun);
    recorded.push(end - before);
    cycles.push(end - begun);
  }
  const requeues: number[] = [];
  for (let round = 0; round < REQUEUES; round += 1) {
    const [work] = await engine.claim(lease, "drift", 1, 60_000);
    if (work === undefined) throw new Error("nothing was due");
    requeues.push(...(await timed(1, () => engine.release(work, lease, DAY_MS))));
  }
  const keys = await sql<{ device: number }>`
    select device from devices order by device limit ${DRESSED}`.execute(database.db);
  const keyOf = (round: number): number => keys.rows[round % DRESSED]?.device ?? 0;
  const loads = await timed(ROUNDS, (round) => engine.load(keyOf(round)));
  await makeNothingDue(database);
  const idle = await timed(ROUNDS, () => engine.due("main", []));

  const beside = `${devices} devices; update and commit of one row ${shortly(updates)} in turns with it`;
  const perSecond = Math.round(1_000 / (cycles.reduce((a, b) => a + b, 0) / cycles.length));
  return [
    figure(
      `store/update-commit-${size}`,
      Math.round(1_000 / median(updates)),
      "commits/s",
      `yardstick, one connection, p50 / p99 ${shortly(updates)}`,
    ),
    ...spreadOf(`engine/claim-${size}`, claimed, beside, CLAIM_P99_MS),
    ...spreadOf(`engine/record-${size}`, recorded, beside),
    ...spreadOf(`engine/requeue-${size}`, requeues, `given back without a result; ${beside}`),
    figure(
      `engine/cycle-${size}`,
      perSecond,
      "passes/s",
      `claim and record, one after another, p50 / p99 ${shortly(cycles)}; ${beside}`,
    ),
    ...spreadOf(`engine/load-${size}`, loads, `one device with documents and secrets; ${beside}`),
    ...spreadOf(`engine/due-idle-${size}`, idle, `nothing is due; ${beside}`),
  ];
}

export async function run(): Promise<readonly Figure[]> {
  const database = await benchDatabase();
  const stores = await testStores(database.db);
  try {
    await sql`create table bench_rows (id int primary key, n int not null)`.execute(database.db);
    await sql`insert into bench_rows values (1, 0)`.execute(database.db);
    const lease = await stores.engine.acquireLease("main", 0, "bench", DAY_MS, 60_000);
    if (lease === null) throw new Error("no lease");
    await grow(database, 0, SMALL);
    await dress(database, stores, SMALL);
    const figures = [
      ...(await measure(database, stores, lease, SMALL, "2k")),
      ...(await sweeps(database, stores, lease, SMALL, "2k")),
    ];
    await grow(database, SMALL, LARGE);
    figures.push(
      ...(await measure(database, stores, lease, LARGE, "1m")),
      ...(await sweeps(database, stores, lease, LARGE, "1m")),
      ...(await idleDay(database, stores, lease)),
    );
    await stores.engine.releaseLease(lease);
    return [...figures, ...(await serverMemory(database, stores.folder, LARGE))];
  } finally {
    await database.close();
    rmSync(stores.folder, { recursive: true, force: true });
  }
}
