/**
 * We were down for a day, or the database was restored from a backup: what we want may be yesterday's. So reads begin and
 * writes do not, until a person has looked.
 */
import { sql, type Transaction } from "kysely";
import type { Database } from "../tables.ts";
import { stopWrites } from "./write-stops.ts";

const ABSENT_HOURS = 24;
/** What was told and what was stored are the same moment, but for what JSON cuts off. */
const SLACK_MS = 1_000;

interface Counts {
  now: Date;
  hours: number | null;
  devices: number;
  differ: number;
}

/**
 * @param servedAt the last sign of a holder in this database; null: there was never one
 * @param remembered the last one that a process with this data folder was told of
 */
export async function stopWritesAfterAbsence(
  trx: Transaction<Database>,
  acs: string,
  servedAt: Date | null,
  remembered: Date | null,
): Promise<void> {
  const restored =
    remembered !== null &&
    (servedAt === null || remembered.getTime() - servedAt.getTime() > SLACK_MS);
  const absent = await sql<{ hours: number | null }>`
    select (extract(epoch from now() - ${servedAt}::timestamptz) / 3600)::float8 as hours`.execute(
    trx,
  );
  const hours = absent.rows[0]?.hours ?? 0;
  if (!restored && hours <= ABSENT_HOURS) return;
  const found = await sql<Counts>`
    select count(*)::int as devices,
      count(*) filter (where s.state in ('drifted', 'queued', 'unverified'))::int as differ
    from device_status s join work w on w.device = s.device
    where w.acs = ${acs} and s.generation <> ''
      and exists (select from records where kind = 'Acs' and name = ${acs} and spec ->> 'mode' = 'write')`.execute(
    trx,
  );
  const { devices = 0, differ = 0 } = found.rows[0] ?? {};
  // Nothing was ever wanted here, or nothing may be written anyway.
  if (devices === 0) return;
  const why = restored
    ? `the database was restored: it last saw ${acs} served at ${servedAt?.toISOString() ?? "no time"}, this data folder at ${remembered.toISOString()}`
    : `nobody served ${acs} for ${Math.floor(hours)} h`;
  const reason =
    `${why}; what is wanted may be out of date, so ${devices} devices are read and none is written ` +
    `(${differ} had something open): look at the drift, then plumb resume --acs ${acs}`;
  await stopWrites(trx, { acs, reason, cause: null });
}
