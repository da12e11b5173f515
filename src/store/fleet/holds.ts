/** Holds: a person, or a manifest, says that nothing is written to a device. The engine obeys the row, not the state. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor, FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import type { Database } from "../tables.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { transact, type Trx } from "../transaction.ts";

/** Of `devices d`. */
export const IN_FORCE = sql<boolean>`(d.hold is not null
  and coalesce((d.hold ->> 'until')::timestamptz, 'infinity') > now())`;

/**
 * Shows holds at once, so that nobody waits for a pass to see that theirs was taken. A pass then brings the conditions
 * up to date; a quarantined device, and one of which nobody wants anything, need none.
 */
export async function showHolds(trx: Trx, keys: readonly DeviceKey[]): Promise<void> {
  if (keys.length === 0) return;
  const these = sql`${[...keys]}::bigint[]`;
  await sql`
    update device_status s
    set state = 'held', reason = 'HeldByPerson', message = d.hold ->> 'reason',
        since = case when s.state = 'held' then s.since else now() end,
        next_at = (d.hold ->> 'until')::timestamptz
    from devices d
    where d.device = s.device and s.device = any(${these}) and ${IN_FORCE}
      and s.state not in ('quarantined', 'unmanaged', 'adopting')`.execute(trx);
  await sql`
    update device_status s
    set state = case when s.reachable is false then 'offline' else 'queued' end,
        reason = case when s.reachable is false then 'NoSignOfLife' else 'Released' end,
        message = 'its hold was lifted', since = now(), next_at = now()
    from devices d
    where d.device = s.device and s.device = any(${these}) and not ${IN_FORCE}
      and s.state = 'held' and s.reason = 'HeldByPerson'`.execute(trx);
  const managed = await sql<{ device: DeviceKey }>`
    select device from device_status
    where device = any(${these}) and state not in ('quarantined', 'unmanaged', 'adopting')`.execute(
    trx,
  );
  const due = managed.rows.map(({ device }) => device);
  await makeDue(trx, due, "drift", "its hold was set or lifted");
}

/**
 * The hold of each, whose rows the caller has locked, as it stands from now on; null lifts it. The same again, or lifting
 * what is not held, changes nothing and leaves no event.
 *
 * @param why goes with the event
 * @returns for which something changed
 */
export async function setHolds(
  trx: Trx,
  keys: readonly DeviceKey[],
  after: Readonly<Record<string, unknown>> | null,
  actor: Actor,
  why: Readonly<Record<string, unknown>> = {},
): Promise<readonly DeviceKey[]> {
  const text = after === null ? null : JSON.stringify(after);
  const changed = await sql<{ device: DeviceKey; before: Record<string, unknown> | null }>`
    with old as (
      select device, hold from devices
      where device = any(${[...keys]}::bigint[]) and hold is distinct from ${text}::jsonb
    )
    update devices d set hold = ${text}::jsonb from old where d.device = old.device
    returning d.device, old.hold as before`.execute(trx);
  const type = after === null ? "DeviceReleased" : "DeviceHeld";
  const events = changed.rows.map(
    ({ device, before }) => ({ device, type, data: { before, after, ...why } }) as const,
  );
  await addEvents(trx, actor, events);
  const devices = changed.rows.map(({ device }) => device);
  await showHolds(trx, devices);
  return devices;
}

/** A person holds each, whose rows the caller has locked. @returns for how many something changed */
export async function holdAll(
  trx: Trx,
  keys: readonly DeviceKey[],
  { reason, until }: { readonly reason: string; readonly until: string | null },
  actor: Actor,
): Promise<number> {
  const after = { reason, until, by: actor.owner, from: "person" };
  return (await setHolds(trx, keys, after, actor)).length;
}

export function holds(db: Kysely<Database>): Pick<FleetStore, "hold"> {
  return {
    async hold(key, hold, actor) {
      if (hold.until !== null && Number.isNaN(Date.parse(hold.until))) {
        const problems = [
          { pointer: "/until", code: "bad_time", message: "is not an RFC 3339 time" },
        ];
        throw new AppError("invalid", "until is not an RFC 3339 time.", { problems });
      }
      await transact(db, async (trx) => {
        await lockDevice(trx, key);
        await holdAll(trx, [key], hold, actor);
      });
    },
  };
}
