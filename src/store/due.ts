/**
 * Making devices due: the only way in which anything is ever worked on. A PUT, a manifest, a tick and a person all end
 * here; how often a device is asked for does not matter, there is one row.
 */
import { sql, type Transaction } from "kysely";
import { CALL_CLASSES, type CallClass } from "../model/call-class.ts";
import type { DeviceKey } from "../model/records.ts";
import type { Database } from "./tables.ts";

/** The place of a class in the queue; smaller goes first. */
export function classNumber(cls: CallClass): number {
  return CALL_CLASSES.indexOf(cls);
}

export function className(number: number): CallClass {
  return CALL_CLASSES[number] ?? "read";
}

/**
 * Makes these devices due now, because somebody wants something new of them. A device without a sign of life stays in the
 * probe class: it costs the ACS nothing beyond the probe budget, and its change waits for its return (I9).
 */
export async function makeDue(
  trx: Transaction<Database>,
  keys: readonly DeviceKey[],
  cls: CallClass,
  reason: string,
): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update work w
    set gen = w.gen + 1,
        reason = ${reason},
        class = case
          when s.reachable is false then ${classNumber("probe")}
          when w.due_at <= now() then least(w.class, ${classNumber(cls)})
          else ${classNumber(cls)} end,
        due_at = least(w.due_at, now())
    from device_status s
    where w.device = any(${[...keys]}::bigint[]) and s.device = w.device
      -- Said of both: with one side alone, the whole of the other is read for a join (0.4 s at 1,000,000 devices).
      and s.device = any(${[...keys]}::bigint[])`.execute(trx);
  await sql`
    update device_status
    set state = 'queued', reason = 'DesiredChanged', message = ${reason},
        since = case when state = 'queued' then since else now() end, next_at = now()
    where device = any(${[...keys]}::bigint[])
      and reachable is distinct from false
      and state in ('converged', 'drifted', 'unverified', 'unknown', 'unmanaged', 'failed', 'queued', 'quarantined')`.execute(
    trx,
  );
}

/** Between two devices of a change that is spread, in the mean; all of them within a day. */
const EACH_MS = 10_000;
const ALL_WITHIN_MS = 24 * 60 * 60_000;

/**
 * Makes these devices due one after another, by a hash of the device: somebody wants something new of them that nobody
 * waits for. What is due sooner for another reason stays so, and takes the change along.
 */
export async function makeDueInTurn(
  trx: Transaction<Database>,
  keys: readonly DeviceKey[],
  reason: string,
): Promise<void> {
  if (keys.length === 0) return;
  const overMs = Math.min(ALL_WITHIN_MS, keys.length * EACH_MS);
  await sql`
    with turns as (
      select key, now() + ((hashint8(key) & 2147483647) / 2147483648.0) * ${overMs} * interval '1 ms' as at
      from unnest(${[...keys]}::bigint[]) as key
    ), due as (
      update work w
      set gen = w.gen + 1, reason = ${reason}, due_at = least(w.due_at, t.at),
          class = case when s.reachable is false then ${classNumber("probe")}
                       when w.due_at <= t.at then w.class
                       else ${classNumber("drift")} end
      from turns t, device_status s
      where w.device = t.key and s.device = t.key and s.device = any(${[...keys]}::bigint[])
      returning w.device, w.due_at)
    update device_status s
    set state = 'queued', reason = 'DesiredChanged', message = ${reason},
        since = case when s.state = 'queued' then s.since else now() end, next_at = d.due_at
    from due d
    where s.device = d.device and s.device = any(${[...keys]}::bigint[]) and s.reachable is distinct from false
      and s.state in ('converged', 'drifted', 'unverified', 'unknown', 'unmanaged', 'failed', 'queued')`.execute(
    trx,
  );
}

/**
 * The place of a device that is back among its like: those first for which a credential or a revocation waits, then the
 * oldest evidence. As a due time in the past, so that the index of the queue gives the order. Of rows `d` of `devices` and
 * `s` of `device_status`.
 */
export const PLACE_OF_RETURN = sql`
  least(now(), coalesce((select o.read_at from observations o where o.device = d.device), d.registered_at))
    - case when exists (select from desired_documents c
                        where c.device = d.device and c.ended_at is null and c.spec ? 'credentials'
                          and c.changed_at > coalesce(s.converged_at, '-infinity'))
             or exists (select from revocations r where r.device = d.device and r.proven_at is null)
           then interval '1 year' else interval '0' end`;
