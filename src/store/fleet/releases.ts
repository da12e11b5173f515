/** A person says that there is a reason to try again: on one device, or on all of a model. By name, and with the reason. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor, FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import { MODEL } from "../engine/load-row.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { addEvents } from "./events.ts";
import { setHolds } from "./holds.ts";
import { lockDevice } from "./lock.ts";

/** What failed before is forgotten (I15), and what was tried today counts no more; which losses were judged stays. */
async function clearFailures(
  trx: Trx,
  keys: readonly DeviceKey[],
  reason: string,
  actor: Actor,
): Promise<readonly DeviceKey[]> {
  const cleared = await sql<{
    device: DeviceKey;
    state: string;
    failures: Record<string, number>;
  }>`
    with old as (
      select device, state, failures from device_status
      where device = any(${[...keys]}::bigint[])
        and (state in ('quarantined', 'failed') or failures <> '{}' or reason = 'AttemptsSpent')
      for update
    )
    update device_status s
    set failures = '{}', faults = jsonb_strip_nulls(jsonb_build_object('judged', s.faults -> 'judged', 'freedAt', now()))
    from old where s.device = old.device
    returning s.device, old.state, old.failures`.execute(trx);
  const devices = cleared.rows.map(({ device }) => device);
  await sql`
    update device_status
    set state = case when reachable is false then 'offline' else 'queued' end,
        reason = 'Released', message = ${`${actor.owner} released it: ${reason}`}, since = now(), next_at = now()
    where device = any(${devices}::bigint[]) and state <> 'held'`.execute(trx);
  const events = cleared.rows.map(
    ({ device, state, failures }) =>
      ({
        device,
        type: state === "quarantined" ? "QuarantineLifted" : "FailuresCleared",
        data: { reason, failures: Object.keys(failures) },
      }) as const,
  );
  await addEvents(trx, actor, events);
  await makeDue(trx, devices, "drift", `${actor.owner} released it`);
  return devices;
}

/**
 * Ends hold and quarantine of each, whose rows the caller has locked. Releasing what nothing holds changes nothing and
 * leaves no event.
 *
 * @returns for how many something changed
 */
export async function releaseAll(
  trx: Trx,
  keys: readonly DeviceKey[],
  reason: string,
  actor: Actor,
): Promise<number> {
  const freed = await clearFailures(trx, keys, reason, actor);
  const lifted = await setHolds(trx, keys, null, actor, { reason });
  return new Set([...freed, ...lifted]).size;
}

export function releases(db: Kysely<Database>): Pick<FleetStore, "release" | "releaseModel"> {
  return {
    async release(key, reason, actor) {
      await transact(db, async (trx) => {
        await lockDevice(trx, key);
        await releaseAll(trx, [key], reason, actor);
      });
    },

    /** Devices that are in quarantine stay there: each is released by itself, or when its day is over. */
    async releaseModel(model, reason, actor) {
      return await transact(db, async (trx) => {
        const freed = await sql<{ operation: string; firmware: string; devices: string[] }>`
          update model_blocks set cleared_at = now(), cleared_by = ${actor.owner}, cleared_why = ${reason}
          where model = ${model} and cleared_at is null
          returning operation, firmware, devices`.execute(trx);
        if (freed.rows.length === 0) {
          throw new AppError(
            "not_found",
            `nothing is blocked for the model ${model}; plumb get fleet lists what is`,
          );
        }
        const held = await sql<{ device: DeviceKey }>`
          select s.device from device_status s join devices d on d.device = s.device
          where s.state in ('drifted', 'failed', 'unmapped', 'offline') and ${MODEL} = ${model}`.execute(
          trx,
        );
        await makeDue(
          trx,
          held.rows.map(({ device }) => device),
          "drift",
          `${actor.owner} released its model`,
        );
        const operations = freed.rows.map(({ operation }) => operation);
        const data = { model, reason, blocks: freed.rows, devices: held.rows.length };
        await addEvents(trx, actor, [{ device: null, type: "ModelReleased", data }]);
        return { operations, devices: held.rows.length };
      });
    },
  };
}
