/**
 * Stop and resume. A stop is a row that the engine reads before every write; nothing else has to be told. Resuming lets
 * the devices that it kept waiting come back over some minutes, those that a customer waits for at once.
 */
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { Actor, FleetStore } from "../../ports/fleet-store.ts";
import { classNumber } from "../due.ts";
import { anyOf, readSelector, selectorSql } from "../selector-sql.ts";
import type { Database } from "../tables.ts";
import { addEvents } from "./events.ts";
import { outstanding } from "./outstanding.ts";
import { transact, type Trx } from "../transaction.ts";

type StopRow = Selectable<Database["stops"]>;
type Scope = Pick<StopRow, "acs" | "selector"> & Partial<Pick<StopRow, "cause">>;

/** Devices that come back in one minute, and how long it takes at most. The first of them shows what is wrong. */
const RESUMED_PER_MINUTE = 100;
const RAMP_MINUTES_AT_MOST = 60;

/** A stop of one cause keeps those devices waiting that came to it; nobody knows beforehand which ones will. */
export function covers({ acs, selector, cause = null }: Scope): RawBuilder<boolean> {
  if (cause !== null)
    return sql`(d.acs = ${acs} and exists (select from device_status h where h.device = d.device and h.reason = 'TooManyAlike'))`;
  const here = acs === null ? sql`true` : sql`d.acs = ${acs}`;
  if (selector === null) return sql`(${here})`;
  return sql`(${here} and ${selectorSql(readSelector(selector, "record"), "record")})`;
}

export async function inForce(trx: Trx): Promise<readonly StopRow[]> {
  return await trx.selectFrom("stops").selectAll().where("ended_at", "is", null).execute();
}

/** Stops and resumes wait for one another, so that the number of devices which a resume frees stays true. */
async function oneAtATime(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.stops'))`.execute(trx);
}

async function checkAcs(trx: Trx, acs: string): Promise<void> {
  const found = await sql`
    select 1 from records where kind = 'Acs' and name = ${acs}
    union all select 1 from devices where acs = ${acs} limit 1`.execute(trx);
  if (found.rows.length > 0) return;
  throw new AppError(
    "not_found",
    `There is no ACS ${acs}: nothing was stopped. Stop without --acs to stop all.`,
  );
}

async function begin(
  trx: Trx,
  stop: Scope & { readonly reason: string },
  actor: Actor,
): Promise<number> {
  const same = (await inForce(trx)).find(
    (row) => row.acs === stop.acs && row.selector === stop.selector && row.reason === stop.reason,
  );
  if (same !== undefined) return same.id;
  const { id } = await trx
    .insertInto("stops")
    .values({ acs: stop.acs, selector: stop.selector, reason: stop.reason, by_owner: actor.owner })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { acs, selector, reason } = stop;
  await addEvents(trx, actor, [
    { device: null, type: "StopBegan", data: { id, acs, selector, reason } },
  ]);
  return id;
}

/** Devices that nothing stops any more once these stops end. */
async function freedBy(trx: Trx, ending: readonly StopRow[]): Promise<readonly number[]> {
  const ids = new Set(ending.map(({ id }) => id));
  const left = (await inForce(trx)).filter(({ id }) => !ids.has(id));
  const found = await sql<{ device: number }>`
    select d.device from devices d
    where ${anyOf(ending.map(covers))} and (${anyOf(left.map(covers))}) is not true`.execute(trx);
  return found.rows.map(({ device }) => device);
}

/** Each freed device at its own moment of the ramp, always the same for the same device and length. */
async function rampUp(trx: Trx, keys: readonly number[]): Promise<number> {
  const waiting = await sql<{ device: number }>`
    select w.device from work w join device_status s on s.device = w.device
    where w.device = any(${[...keys]}::bigint[]) and s.reason in ('Stopped', 'WritesStopped', 'TooManyAlike')
    order by w.device for update of w`.execute(trx);
  const due = waiting.rows.map(({ device }) => device);
  const minutes = Math.min(RAMP_MINUTES_AT_MOST, due.length / RESUMED_PER_MINUTE);
  const urgent = classNumber("urgent");
  await sql`
    with moments as (
      update work w
      set gen = w.gen + 1, reason = 'the stop ended',
          due_at = now() + case when w.class = ${urgent} then interval '0'
            else (hashtextextended(d.device_id, 0) & 65535) / 65536.0 * ${minutes} * interval '1 minute' end
      from devices d
      where d.device = w.device and w.device = any(${due}::bigint[])
      returning w.device, w.due_at)
    update device_status s
    set state = case when s.reachable is false then 'offline' else 'queued' end,
        reason = 'Released', message = 'the stop ended', since = now(), next_at = m.due_at
    from moments m where m.device = s.device`.execute(trx);
  return Math.round(minutes * 60);
}

export function stops(db: Kysely<Database>): Pick<FleetStore, "stop" | "resume"> {
  return {
    /** The same stop twice is one stop; each time the answer lists what the ACS may still do. */
    async stop(stop, actor) {
      return await transact(db, async (trx) => {
        await oneAtATime(trx);
        const scope = covers(stop); // refuses a selector that cannot be read
        if (stop.acs !== null) await checkAcs(trx, stop.acs);
        const id = await begin(trx, stop, actor);
        return { id, outstanding: await outstanding(trx, scope) };
      });
    },

    /**
     * Ends the stops of exactly this scope: a resume without an ACS leaves the stop of one ACS in force, since whoever
     * stopped that ACS had a reason of their own.
     */
    async resume({ acs }, actor, expect) {
      return await transact(db, async (trx) => {
        await oneAtATime(trx);
        const ending = (await inForce(trx)).filter((row) => row.acs === acs);
        if (ending.length === 0) return { ended: 0, devices: 0 };
        const keys = await freedBy(trx, ending);
        if (expect !== null && expect !== keys.length) {
          throw new AppError(
            "count_unconfirmed",
            `This sets ${keys.length} devices free, not ${expect}. Look again, then confirm: --expect ${keys.length}.`,
            { details: { count: keys.length, expected: expect } },
          );
        }
        const ids = ending.map(({ id }) => id);
        await trx
          .updateTable("stops")
          .set({
            ended_at: sql<Date>`now()`,
            ended_by: actor.owner,
            // So many more may be corrected for its cause.
            freed: sql<number>`case when cause is not null then
              (select count(*) from devices d where ${covers({ acs, selector: null, cause: "any" })})::int end`,
          })
          .where("id", "in", ids)
          .execute();
        const rampSeconds = await rampUp(trx, keys);
        const data = { ids, acs, devices: keys.length, rampSeconds };
        await addEvents(trx, actor, [{ device: null, type: "StopEnded", data }]);
        return { ended: ids.length, devices: keys.length };
      });
    },
  };
}
