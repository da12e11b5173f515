/**
 * What a device costs the database that is read, found equal, and left alone: everything that one such pass stores, times
 * the passes of a day.
 *
 * The measured devices stand far apart among 40,000 with an observation, all in a fleet of 1,000,000, and a checkpoint comes
 * first. So each row lies on a page that PostgreSQL writes whole to its log, as it does in a fleet whose devices are read
 * all over the day: there the next device of the same page has its turn after the next checkpoint.
 */
import { sql } from "kysely";
import type { Lease } from "../../src/ports/lease.ts";
import type { LoggedCall } from "../../src/ports/slot-store.ts";
import type { Stores } from "../support/stack.ts";
import type { BenchDatabase } from "./bench-stack.ts";
import { figure, type Figure } from "./figure.ts";
import { DAY_MS, observation, passOf, putCredentials } from "./store-fleet.ts";

/** One in so many has an observation; of these one in so many is measured. */
const [SEEN_OF, MEASURED_OF] = [25, 80];
/** A renewal of the lease stores the calls since the last one. */
const CALLS_STORED_AT_ONCE = 25;

interface Cost {
  readonly walBytes: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly ms: number;
}

/** Since the cluster was made. One connection does all, and so it has told of everything it did. */
async function spent({ db }: BenchDatabase): Promise<Cost> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const found = await sql<Cost>`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as "walBytes",
      (tup_inserted + tup_updated + tup_deleted)::float8 as "rowsWritten",
      tup_fetched::float8 as "rowsRead", active_time as ms
    from pg_stat_database where datname = current_database()`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw new Error("no statistics");
  return row;
}

/** Of each of `count` rounds of `work`. */
async function costOf(
  database: BenchDatabase,
  count: number,
  work: () => Promise<unknown>,
): Promise<Cost> {
  await sql`checkpoint`.execute(database.db);
  const before = await spent(database);
  await work();
  const after = await spent(database);
  const each = (of: (cost: Cost) => number): number => (of(after) - of(before)) / count;
  return {
    walBytes: each(({ walBytes }) => walBytes),
    rowsWritten: each(({ rowsWritten }) => rowsWritten),
    rowsRead: each(({ rowsRead }) => rowsRead),
    ms: each(({ ms }) => ms),
  };
}

/** Copies what the first device has, so that the measured rows have as many neighbours as in a fleet that was read. */
async function observeMany({ db }: BenchDatabase, template: number): Promise<void> {
  await sql`
    insert into observations (device, read_at, map_name, map_hash, readings, covered, decoded, change_id)
    select d.device, now() - interval '1 day', o.map_name, o.map_hash, o.readings, o.covered, o.decoded, o.change_id
    from devices d, observations o
    where o.device = ${template} and d.serial::int % ${SEEN_OF} = 0
    order by d.device on conflict do nothing`.execute(db);
  await sql`
    insert into sightings (credential, device, logical, first_seen, last_seen)
    select s.credential, d.device, s.logical, s.first_seen, s.last_seen from devices d, sightings s
    where s.device = ${template} and d.serial::int % ${SEEN_OF} = 0 on conflict do nothing`.execute(
    db,
  );
  await sql`
    update devices set facts = (select facts from devices where device = ${template})
    where serial::int % ${SEEN_OF} = 0`.execute(db);
}

export async function idleDay(
  database: BenchDatabase,
  { engine, fleet }: Stores,
  lease: Lease,
): Promise<Figure[]> {
  const { db } = database;
  const keys = await sql<{ device: number }>`
    select device from devices where serial::int % ${SEEN_OF * MEASURED_OF} = 0 order by device`.execute(
    db,
  );
  const measured = keys.rows.map(({ device }) => device);
  const template = await sql<{
    device: number;
  }>`select min(device) as device from observations`.execute(db);
  await observeMany(database, template.rows[0]?.device ?? 0);
  for (const device of measured) await putCredentials(fleet, device);
  await sql`
    update work set class = 4, due_at = now() + interval '1 hour' where due_at <= now()`.execute(
    db,
  );
  await sql`
    update work set class = 4, due_at = now() - random() * interval '1 hour'
    where device = any(${measured}::bigint[])`.execute(db);
  await sql`
    update device_status set state = 'converged', reason = 'Reconciled' where device = any(${measured}::bigint[])`.execute(
    db,
  );
  await sql`vacuum analyze`.execute(db);

  const seen = observation("bench");
  const nextMs: number[] = [];
  const cost = await costOf(database, measured.length, async () => {
    let calls: LoggedCall[] = [];
    for (const round of measured.keys()) {
      await engine.due(lease.acs, []);
      const [work] = await engine.claim(lease, "read", 1, 60_000);
      if (work === undefined) throw new Error("nothing was due");
      await engine.load(work.key);
      const pass = passOf(work, lease, seen, (round * 0.618) % 1);
      if (!(await engine.record(pass))) throw new Error("not stored");
      nextMs.push(pass.conclusion.next?.inMs ?? NaN);
      calls.push(callOf(work.id));
      if (calls.length < CALLS_STORED_AT_ONCE) continue;
      await engine.storeCalls(lease, calls);
      calls = [];
    }
    await engine.forgetCalls(0);
  });
  const bare = await costOf(database, measured.length, async () => {
    // Neighbours on other pages, and their moment with them: an index is written too.
    for (const device of measured) {
      await sql`update work set due_at = now() + interval '1 day' where device = ${device + 1_000}`.execute(
        db,
      );
    }
  });

  const passes = (DAY_MS * nextMs.length) / nextMs.reduce((a, b) => a + b, 0);
  const how =
    `${passes.toFixed(2)} passes a day (evidence lasts one day, and a device is read again at 60 to 85 % of it), ` +
    `mean of ${measured.length} passes of look, claim, load and record with one call each`;
  const add = (name: string, unit: string, of: (cost: Cost) => number, more = ""): Figure =>
    figure(
      `engine/idle-day-${name}-1m`,
      of(cost) * passes,
      unit,
      `a device; ${how}; ${more}update and commit of one row elsewhere: ${of(bare).toFixed(1)} ${unit}`,
    );
  return [
    add("wal", "bytes", ({ walBytes }) => walBytes, "pages are written whole after a checkpoint; "),
    add("rows-written", "rows", ({ rowsWritten }) => rowsWritten, "TOAST rows among them; "),
    add("rows-read", "rows", ({ rowsRead }) => rowsRead, "by an index; "),
    add("database-time", "ms", ({ ms }) => ms, "statements under way, commits among them; "),
  ];
}

function callOf(device: string): LoggedCall {
  const call = { operation: "FTGetDeviceParameters", class: "read", outcome: "answer" } as const;
  const nothing = { fault: null, detail: null, evidence: null };
  return { device, ...call, changeId: "bench", tookMs: 500, agoMs: 1_000, ...nothing };
}
