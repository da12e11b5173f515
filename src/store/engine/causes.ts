/**
 * Rolling budgets for each cause of corrections that nobody asked for (I12): single ones add up. What goes past a budget is
 * held by a stop of that cause alone, which a person ends by the number of devices. Counted in the intents themselves, so
 * that a pass which corrects nothing, or what somebody asked for, costs nothing here.
 */
import { sql, type Transaction } from "kysely";
import { DRIFT_CAUSE } from "../../model/records.ts";
import type { NewIntent } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";
import { stopWrites } from "./write-stops.ts";

type Trx = Transaction<Database>;

const WINDOW = sql`interval '24 hours'`;
/** Fewer are no sudden rise, however small the fleet is. */
const ALWAYS = 5;
const SHARE = 0.1;
/** A mistake of ours turns many devices at once: the smaller of this and the share, as for changes of records. */
const OURS_AT_MOST = 50;
/** What turns away by itself is first of all to be corrected: so many at least, and the share of a large fleet. */
const DRIFT_AT_LEAST = 50;
const DRIFT_AT_MOST = 1_000;

function budget(fleet: number, isDrift: boolean): number {
  const share = Math.floor(fleet * SHARE);
  return isDrift
    ? Math.max(DRIFT_AT_LEAST, Math.min(DRIFT_AT_MOST, share))
    : Math.max(ALWAYS, Math.min(OURS_AT_MOST, share));
}

/** @returns why it has to wait; the stop that says so to everybody is then in force */
export async function heldByBudget(
  trx: Trx,
  acs: string,
  intent: Pick<NewIntent, "key" | "cause">,
): Promise<string | null> {
  const { key, cause } = intent;
  if (cause === null) return null;
  // One after the other, so that two passes cannot both be the last one that fits.
  await sql`select pg_advisory_xact_lock(hashtext(${`plumbline.cause ${acs} ${cause}`}))`.execute(
    trx,
  );
  const found = await sql<{ fleet: number; freed: number; spent: number; own: boolean }>`
    with recent as materialized (
      select distinct device from intents
      where acs = ${acs} and cause = ${cause} and intended_at > now() - ${WINDOW})
    select (select count(*) from (select from work where acs = ${acs} limit ${DRIFT_AT_MOST / SHARE}) w)::int as fleet,
      (select coalesce(sum(freed), 0) from stops
       where acs = ${acs} and cause = ${cause} and ended_at > now() - ${WINDOW})::int as freed,
      (select count(*) from recent)::int as spent,
      exists (select from recent where device = ${key}) as own`.execute(trx);
  const { fleet = 0, freed = 0, spent = 0, own = false } = found.rows[0] ?? {};
  const most = budget(fleet, cause === DRIFT_CAUSE) + freed;
  // What was begun on a device is finished.
  if (own || spent < most) return null;
  const reason =
    `${spent} devices were corrected within 24 h though nobody wants anything new of them (${cause}); more than ` +
    `${most} at once are taken for a mistake of ours: the rest is read and held. If it is right, plumb resume --acs ${acs}`;
  await stopWrites(trx, { acs, reason, cause });
  return reason;
}
