/**
 * The engine's side of the store on the embedded PostgreSQL, fsync on: what a pass costs the database, with few and with
 * many devices, beside PostgreSQL's own `update one row, commit` on one connection of the same run.
 *
 * Rows are made by one statement for each table, as a fleet of this size would have them: all in sync, due at some time
 * of the next day, and 2,000 due now. The devices that passes run over have documents, secrets and an observation.
 * `PLUMB_BENCH_LARGE=1` adds 1,000,000 devices, the size that the promise names.
 */
import { rmSync } from "node:fs";
import { sql } from "kysely";
import { Secret } from "../../src/lib/secret.ts";
import { UNLEARNT, type WorkItem } from "../../src/model/records.ts";
import type { Lease, ObservationRecord, PassRecord } from "../../src/ports/engine-store.ts";
import { conclude } from "../../src/reconcile/outcome.ts";
import { normaliseEntry } from "../../src/controller/decoded.ts";
import { aStatus } from "../support/records.ts";
import { BILLING, OPERATOR, testStores, type Stores } from "../support/stack.ts";
import { answer } from "../unit/mapping/device.ts";
import { mapperOf, readTree } from "../unit/mapping/fixtures.ts";
import { benchDatabase, type BenchDatabase } from "./bench-stack.ts";
import { figure, median, percentile, shortly, spreadOf, timed, type Figure } from "./figure.ts";

const SIZES = [2_000, 100_000];
const LARGE = 1_000_000;
/** Devices with documents and secrets; passes run over these. */
const DRESSED = 100;
const DUE = 2_000;
const ROUNDS = 1_000;
/** The promise is for 1,000,000 devices; fewer must not be slower. */
const CLAIM_P99_MS = 5;
const DAY_MS = 86_400_000;

async function grow(database: BenchDatabase, from: number, to: number): Promise<void> {
  const { db } = database;
  await sql`
    insert into devices (device_id, name, oui, product_class, serial, acs, labels, spec_hash, owner)
    select '202BC1-BM632w-' || n, '202BC1-BM632w-' || n, '202BC1', 'BM632w', n::text, 'main',
           jsonb_build_object('site', 's' || n % 40, 'band', 'w35'), '', 'operator'
    from generate_series(${from + 1}::int, ${to}::int) as n`.execute(db);
  await sql`
    insert into device_status (device, state, reason, message, reachable, contact_at, converged_at)
    select device, 'converged', 'Reconciled', 'as wanted', true, now(), now()
    from devices where serial::int > ${from}`.execute(db);
  await sql`
    insert into work (device, acs, class, due_at, reason)
    select device, acs, 4, now() + interval '1 hour' + random() * interval '1 day', 'evidence grows old'
    from devices where serial::int > ${from}`.execute(db);
  // Now, and not in the middle of a figure.
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** What an installation has beside its devices, through the doors that people and billing use. */
async function dress(database: BenchDatabase, { fleet }: Stores): Promise<void> {
  const plan = { channelsKhz: [3532500, 3537500, 3542500], bandwidthKhz: 5000 };
  const profile = { selector: "band=w35", fields: { frequencyPlan: { plan: "w35" } } };
  const records = [
    { kind: "Acs", name: "main", spec: { kind: "friendly", address: "http://127.0.0.1:1/" } },
    { kind: "FrequencyPlan", name: "w35", spec: plan },
    { kind: "Profile", name: "w35", spec: profile },
  ].map((record) => ({ ...record, labels: {} }));
  const unasked = { dryRun: false, expect: SIZES[0] ?? null };
  await fleet.apply({ records, devices: [] }, OPERATOR, unasked);
  const keys = await database.db
    .selectFrom("devices")
    .select("device")
    .orderBy("device")
    .limit(DRESSED)
    .execute();
  for (const { device } of keys) {
    const password = new Secret(`pw-${device}`);
    const credentials = { username: `sub${device}`, realm: "isp.example", password };
    const none = { ifMatch: null, ifNoneMatch: false };
    await fleet.putDocument(device, { credentials }, BILLING, none, { dryRun: false });
  }
}

/** Exactly the first `DUE` devices are due now, in the class of drift. */
async function makeDue(database: BenchDatabase): Promise<void> {
  await sql`
    update work set class = 3, due_at = now() - interval '1 minute', begun_at = null, lease_until = null, fence = null
    where device in (select device from devices order by device limit ${DUE})`.execute(database.db);
}

async function makeNothingDue(database: BenchDatabase): Promise<void> {
  await sql`update work set due_at = now() + interval '1 hour' where due_at <= now()`.execute(
    database.db,
  );
}

/** A read that found a WiMAX CPE as it should be: real names, real values, the observation of its map. */
function observation(changeId: string): ObservationRecord {
  const mapper = mapperOf("huawei-bm632w");
  const logicals = [...mapper.bindings.keys()];
  const snapshot = answer(readTree("huawei-bm632w"), mapper.wanted(logicals, null));
  const decoded = Object.fromEntries(
    logicals.map((logical) => [logical, normaliseEntry(mapper.get(logical, snapshot))]),
  );
  const facts = mapper.facts(snapshot);
  const credentials = [{ logical: "wimax.auth.identity", normalised: "sub1@isp.example" }];
  const { name: mapName, hash: mapHash } = mapper;
  return { readAt: new Date(), mapName, mapHash, snapshot, decoded, facts, changeId, credentials };
}

function passOf(work: WorkItem, lease: Lease, seen: ObservationRecord): PassRecord {
  const conclusion = conclude(
    { kind: "settled", assessments: [{ kind: "equal", field: "credentials", believed: [] }] },
    {
      before: aStatus({ state: "converged", reason: "Reconciled" }),
      ...{ generation: "g1", workGen: work.gen, workClass: work.class, spread: 0.5 },
      ...{ evidenceBudgetMs: DAY_MS, provingReadMs: null, settled: [], revocationOwed: false },
      now: new Date(),
    },
  );
  return {
    ...{
      work,
      lease,
      conclusion,
      generation: "g1",
      contact: true,
      reach: UNLEARNT,
      evidenceBudgetMs: DAY_MS,
    },
    observations: [{ ...seen, readAt: new Date() }],
    ...{ verdicts: [], believed: [], revocationsProven: [], waitsFor: null, mapProven: null },
  };
}

async function measure(
  database: BenchDatabase,
  { engine, fleet }: Stores,
  devices: number,
): Promise<Figure[]> {
  const size = devices >= 1_000_000 ? `${devices / 1_000_000}m` : `${devices / 1_000}k`;
  const lease = await engine.acquireLease("main", 0, "bench", DAY_MS, 60_000);
  if (lease === null) throw new Error("no lease");
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
  const keys = await sql<{ device: number }>`
    select device from devices order by device limit ${DRESSED}`.execute(database.db);
  const keyOf = (round: number): number => keys.rows[round % DRESSED]?.device ?? 0;
  const loads = await timed(ROUNDS, (round) => engine.load(keyOf(round)));
  await makeNothingDue(database);
  const idle = await timed(ROUNDS, () => engine.due("main", []));
  const counts = await timed(devices > 100_000 ? 3 : 10, () => fleet.fleet());
  await engine.releaseLease(lease);

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
    figure(
      `engine/cycle-${size}`,
      perSecond,
      "passes/s",
      `claim and record, one after another, p50 / p99 ${shortly(cycles)}; ${beside}`,
    ),
    ...spreadOf(`engine/load-${size}`, loads, `one device with documents and secrets; ${beside}`),
    ...spreadOf(`engine/due-idle-${size}`, idle, `nothing is due; ${beside}`),
    figure(`store/fleet-counts-${size}`, percentile(counts, 0.5), "ms", `p50; ${beside}`),
  ];
}

export async function run(): Promise<readonly Figure[]> {
  const database = await benchDatabase();
  const stores = await testStores(database.db);
  try {
    await sql`create table bench_rows (id int primary key, n int not null)`.execute(database.db);
    await sql`insert into bench_rows values (1, 0)`.execute(database.db);
    const sizes = process.env["PLUMB_BENCH_LARGE"] === "1" ? [...SIZES, LARGE] : SIZES;
    const figures: Figure[] = [];
    let there = 0;
    for (const size of sizes) {
      await grow(database, there, size);
      if (there === 0) await dress(database, stores);
      there = size;
      figures.push(...(await measure(database, stores, size)));
    }
    return figures;
  } finally {
    await database.close();
    rmSync(stores.folder, { recursive: true, force: true });
  }
}
