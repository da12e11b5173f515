/**
 * The first look at an old network finds what grew there for years. On the first day that is collected, told once in one
 * report, and becomes a finding when it is proven anew; what begins before our eyes is a finding at once.
 */
import { sql, type Kysely } from "kysely";
import type { Evaluation } from "../../fraud/evaluate.ts";
import { reportFirstDay, type Ledger } from "../../fraud/findings.ts";
import type { Verdict } from "../../fraud/verdict.ts";
import type { FirstLook } from "../../ports/findings-store.ts";
import type { Database } from "../tables.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";

const KEY = "fraud.first_look";

/** The first day begins with the first look, also where that finds nothing to evaluate. */
export async function beginFirstLook(trx: Trx): Promise<void> {
  await sql`
    insert into meta (key, value)
    select ${KEY}, jsonb_build_object('at', now()) where not exists (select from meta where key = ${KEY})
    on conflict do nothing`.execute(trx);
}

/** When the first evaluation was; this one, if there was none. `firstDay`: less than a day ago. */
async function firstLook(trx: Trx): Promise<{ readonly firstDay: boolean }> {
  const seen = await sql<{ first: boolean }>`
    select (value ->> 'at')::timestamptz > now() - interval '1 day' as first from meta where key = ${KEY}`.execute(
    trx,
  );
  if (seen.rows[0] !== undefined) return { firstDay: seen.rows[0].first };
  await beginFirstLook(trx);
  return { firstDay: true };
}

/** @returns the evaluation without what goes into the report */
export async function reportFound(
  trx: Trx,
  ledger: Ledger,
  evaluation: Evaluation,
): Promise<Evaluation> {
  const { firstDay } = await firstLook(trx);
  if (!firstDay) return evaluation;
  const stands = evaluation.verdicts.filter(
    ({ state, key }) =>
      (state.kind === "suspected" || state.kind === "confirmed") && !ledger.open.has(key),
  );
  const begun = await begunBeforeUs(trx, stands);
  const found = stands.filter(({ key }) => !begun.has(key));
  const { reported } = reportFirstDay(ledger, found).ledger;
  const rows = found
    .filter(({ key }) => reported.has(key))
    .map(({ key, pattern, state }) => ({ key, pattern, confirmed: state.kind === "confirmed" }));
  if (rows.length > 0) {
    await sql`
      insert into fraud_reported (key, pattern, confirmed)
      select key, pattern, confirmed from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as x (key text, pattern text, confirmed boolean)
      on conflict (key) do update set confirmed = fraud_reported.confirmed or excluded.confirmed`.execute(
      trx,
    );
  }
  const told = new Set(rows.map(({ key }) => key));
  return {
    ...evaluation,
    verdicts: evaluation.verdicts.filter(({ key }) => !told.has(key)),
  };
}

/** Those of a CPE that we had seen before with something else. */
async function begunBeforeUs(trx: Trx, verdicts: readonly Verdict[]): Promise<ReadonlySet<string>> {
  const asked = verdicts.flatMap(({ key, beganAt, sides, members }) =>
    list([...sides, ...members]).map((device) => ({ key, device, at: new Date(beganAt) })),
  );
  if (asked.length === 0) return new Set();
  const { rows } = await sql<{ key: string }>`
    select distinct x.key from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as x (key text, device text, at timestamptz)
    join devices d on d.device_id = x.device
    join device_sightings began on began.device = d.device and began.at = x.at
    where exists (select from device_sightings s where s.device = d.device and s.at < x.at)`.execute(
    trx,
  );
  return new Set(rows.map(({ key }) => key));
}

/** Once, when the first day is over: how many of each pattern were found. */
export async function tellFirstDay(trx: Trx): Promise<void> {
  const over = await sql`
    update meta set value = value || jsonb_build_object('told', now())
    where key = ${KEY} and value ->> 'told' is null and (value ->> 'at')::timestamptz <= now() - interval '1 day'`.execute(
    trx,
  );
  if (over.numAffectedRows !== 1n) return;
  await sql`
    insert into events (device, type, actor, request_id, data)
    select null, 'FindingsReported', 'detection', null, jsonb_build_object('patterns', coalesce(jsonb_agg(p order by p.pattern), '[]'))
    from (select pattern, count(*) as count, count(*) filter (where confirmed) as confirmed
          from fraud_reported group by pattern) as p`.execute(trx);
}

/** What there is of it so far. */
export async function firstLookReport(db: Kysely<Database>): Promise<FirstLook | null> {
  const looked = await sql<{ at: Date }>`
    select (value ->> 'at')::timestamptz as at from meta where key = ${KEY}`.execute(db);
  const at = looked.rows[0]?.at;
  if (at === undefined) return null;
  const { rows } = await sql<FirstLook["patterns"][number]>`
    select pattern, count(*)::int as count, (count(*) filter (where confirmed))::int as confirmed
    from fraud_reported group by pattern order by pattern`.execute(db);
  return { at, patterns: rows };
}
