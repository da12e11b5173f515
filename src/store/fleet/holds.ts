/** Holds: a person, or a manifest, says that nothing is written to a device. The engine obeys the row, not the state. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import { canonicalJson } from "../../lib/hash.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor, FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import type { Database } from "../tables.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { transact, type Trx } from "../transaction.ts";

const IN_FORCE = sql<boolean>`(d.hold is not null
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

/** A person says that there is a reason to try again: what failed before is forgotten (I15). */
async function liftQuarantine(trx: Trx, key: DeviceKey, actor: Actor): Promise<void> {
  const lifted = await sql`
    update device_status
    set failures = '{}', state = case when reachable is false then 'offline' else 'queued' end,
        reason = 'Released', message = 'its quarantine was lifted', since = now(), next_at = now()
    where device = ${key} and state = 'quarantined'`.execute(trx);
  if (lifted.numAffectedRows !== 1n) return;
  await addEvents(trx, actor, [{ device: key, type: "QuarantineLifted", data: {} }]);
  await makeDue(trx, [key], "drift", "its quarantine was lifted");
}

export function holds(db: Kysely<Database>): Pick<FleetStore, "hold"> {
  return {
    /** The same hold twice, or lifting what is not held, changes nothing and leaves no event. */
    async hold(key, hold, actor) {
      if (hold?.until != null && Number.isNaN(Date.parse(hold.until))) {
        const problems = [
          { pointer: "/until", code: "bad_time", message: "is not an RFC 3339 time" },
        ];
        throw new AppError("invalid", "until is not an RFC 3339 time.", { problems });
      }
      await transact(db, async (trx) => {
        await lockDevice(trx, key);
        if (hold === null) await liftQuarantine(trx, key, actor);
        const { hold: before } = await trx
          .selectFrom("devices")
          .select("hold")
          .where("device", "=", key)
          .executeTakeFirstOrThrow();
        const after =
          hold === null
            ? null
            : { reason: hold.reason, until: hold.until, by: actor.owner, from: "person" };
        if (canonicalJson(before) === canonicalJson(after)) return;
        await trx
          .updateTable("devices")
          .set({ hold: after === null ? null : JSON.stringify(after) })
          .where("device", "=", key)
          .execute();
        const type = after === null ? "DeviceReleased" : "DeviceHeld";
        await addEvents(trx, actor, [{ device: key, type, data: { before, after } }]);
        await showHolds(trx, [key]);
      });
    },
  };
}
