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
