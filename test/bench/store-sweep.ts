/**
 * What goes over the whole fleet. Nothing walks it by a clock: each device has its own moment, and evidence that grew too
 * old is found by whoever looks. What is left are the pages of an ACS's list of contacts, a change of records that makes
 * many devices due at once, the list of those that are too old, and the counts.
 */
import { sql } from "kysely";
import type { Lease } from "../../src/ports/engine-store.ts";
import { makeDue } from "../../src/store/due.ts";
import { transact } from "../../src/store/transaction.ts";
import type { Stores } from "../support/stack.ts";
import type { BenchDatabase } from "./bench-stack.ts";
import { median, spreadOf, timed, type Figure } from "./figure.ts";
import { makeNothingDue } from "./store-fleet.ts";

/** Devices in a page of an ACS's list. */
const PAGE = 100;
const PAGES = 100;
const AT_ONCE = 1_000;
const MANY_ROUNDS = 20;
const COUNT_ROUNDS = 10;

interface Row {
  readonly device: number;
  readonly device_id: string;
}

/** Scattered over the whole table, always the same. */
async function scattered(database: BenchDatabase, count: number, devices: number): Promise<Row[]> {
  const step = Math.max(1, Math.floor(devices / count));
  const found = await sql<Row>`
    select device, device_id from devices where serial::int % ${step} = 0
    order by hashtext(serial) limit ${count}`.execute(database.db);
  return found.rows;
}

export async function sweeps(
  database: BenchDatabase,
  { engine, fleet }: Stores,
  lease: Lease,
  devices: number,
  size: string,
): Promise<Figure[]> {
  const seen = await scattered(database, PAGE * PAGES, devices);
  const pageAt = (round: number, at: Date) =>
    Array.from({ length: PAGE }, (_, i) => seen[(round * PAGE + i) % seen.length])
      .filter((row) => row !== undefined)
      .map(({ device_id: id }) => ({
        id,
        identity: null,
        lastContactAt: at,
        bootstrappedAt: null,
      }));
  const listed = await timed(PAGES, (round) =>
    // Each a second later than the last one, so that every row is news.
    engine.contacted(lease, pageAt(round, new Date(Date.now() + round * 1_000)), "place"),
  );
  const keys = (await scattered(database, AT_ONCE * MANY_ROUNDS, devices)).map(
    ({ device }) => device,
  );
  const many = await timed(MANY_ROUNDS, async (round) => {
    const from = (round * AT_ONCE) % keys.length;
    const some = keys.slice(from, from + AT_ONCE);
    await transact(database.db, (trx) => makeDue(trx, some, "drift", "a manifest"));
  });
  await makeNothingDue(database);
  await sql`vacuum analyze`.execute(database.db);
  const tooOld = await timed(COUNT_ROUNDS, () => fleet.devices("state=unknown", PAGE, null));
  const counts = await timed(COUNT_ROUNDS, () => fleet.fleet());
  const plain = await timed(COUNT_ROUNDS, () =>
    sql`select state, count(*) from device_status group by 1`.execute(database.db),
  );

  const wholeS = (median(listed) * devices) / PAGE / 1_000;
  const of = `of ${devices} devices`;
  const yardstick = `${of}; select state, count(*) group by 1 takes ${median(plain).toFixed(1)} ms`;
  return [
    ...spreadOf(
      `engine/sweep-contacts-${size}`,
      listed,
      `a page of ${PAGE} ${of}, all of them news; all pages at the p50 ${wholeS.toFixed(1)} s`,
    ),
    ...spreadOf(
      `engine/make-due-${AT_ONCE}-${size}`,
      many,
      `${AT_ONCE} ${of} in one transaction, ${((median(many) * 1_000) / AT_ONCE).toFixed(0)} us each`,
    ),
    ...spreadOf(
      `store/too-old-${size}`,
      tooOld,
      `the first ${PAGE} whose evidence is too old ${yardstick}`,
    ),
    ...spreadOf(`store/fleet-counts-${size}`, counts, yardstick),
  ];
}
