/**
 * Suspensions: reasons why the service on a device must not be given. They add up, each with its owner, and the service is
 * suspended while any stands. It is a state for the AAA: the CPE is neither written nor read for it.
 */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type {
  Suspension,
  SuspensionChange,
  SuspensionStore,
} from "../../ports/suspension-store.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { askOfSuspension } from "../aaa-asks.ts";
import { addEvents } from "./events.ts";
import { keepHolds, liftKept, takeHolds } from "./kept-holds.ts";
import { lockDevice } from "./lock.ts";

/** Oldest first. */
export async function standing(
  trx: Kysely<Database>,
  device: DeviceKey,
): Promise<readonly Suspension[]> {
  return await trx
    .selectFrom("suspensions")
    .select(["owner", "reason", "since"])
    .where("device", "=", device)
    .orderBy("since")
    .orderBy("owner")
    .orderBy("reason")
    .execute();
}

async function demandService(trx: Trx, device: DeviceKey): Promise<void> {
  const found = await sql`
    select from desired_documents
    where device = ${device} and ended_at is null and spec ? 'credentials' limit 1`.execute(trx);
  if (found.rows.length > 0) return;
  throw new AppError(
    "not_found",
    "there is no service on this device: no document that is in force gives it credentials",
  );
}

async function tell(
  trx: Trx,
  device: DeviceKey,
  actor: Actor,
  before: readonly Suspension[],
  after: readonly Suspension[],
): Promise<void> {
  const type =
    before.length === 0
      ? "ServiceSuspended"
      : after.length === 0
        ? "ServiceResumed"
        : "SuspensionChanged";
  const data = { reasons: after.map(({ owner, reason }) => ({ owner, reason })) };
  await addEvents(trx, actor, [{ device, type, data }]);
}

/** The service is over: what comes later here is another one. But what others hold for fraud is not lifted by ending it. */
export async function endSuspensions(
  trx: Trx,
  device: DeviceKey,
  credential: { readonly username: string; readonly realm: string },
  actor: Actor,
): Promise<void> {
  await keepHolds(trx, device, credential, actor);
  await trx.deleteFrom("suspensions").where("device", "=", device).execute();
}

/** A document gives this credential to the device: it may be one that is held. */
export async function holdAgain(
  trx: Trx,
  device: DeviceKey,
  credential: { readonly username: string; readonly realm: string },
  actor: Actor,
): Promise<void> {
  const taken = await takeHolds(trx, device, credential);
  if (taken.length === 0) return;
  const after = await standing(trx, device);
  const before = after.filter(
    ({ owner, reason }) => !taken.some((one) => one.owner === owner && one.reason === reason),
  );
  await tell(trx, device, actor, before, after);
  if (before.length === 0) await askOfSuspension(trx, "suspend", device, actor);
}

export function suspensions(db: Kysely<Database>): SuspensionStore {
  return {
    async suspensions(device) {
      return await standing(db, device);
    },

    async suspend(device, reason, actor) {
      return await transact(db, (trx) => suspend(trx, device, reason, actor));
    },

    async liftSuspension(device, what, actor) {
      return await transact(db, (trx) => lift(trx, device, what, actor));
    },
  };
}

/** In the caller's transaction: the event that tells the AAA, and then what is asked about sessions that run. */
export async function suspend(
  trx: Trx,
  device: DeviceKey,
  reason: string,
  actor: Actor,
): Promise<SuspensionChange> {
  await lockDevice(trx, device);
  await demandService(trx, device);
  const before = await standing(trx, device);
  const added = await sql`
    insert into suspensions (device, owner, reason, request_id)
    values (${device}, ${actor.owner}, ${reason}, ${actor.requestId})
    on conflict do nothing returning reason`.execute(trx);
  if (added.rows.length === 0) return { changed: false, standing: before };
  const after = await standing(trx, device);
  await tell(trx, device, actor, before, after);
  if (before.length === 0) await askOfSuspension(trx, "suspend", device, actor);
  return { changed: true, standing: after };
}

/** In the caller's transaction; throws what `liftSuspension` does. */
export async function lift(
  trx: Trx,
  device: DeviceKey,
  { owner, reason }: { readonly owner: string; readonly reason: string | null },
  actor: Actor,
): Promise<SuspensionChange> {
  await lockDevice(trx, device);
  const kept = await liftKept(trx, device, { owner, reason });
  if (kept.length > 0) {
    // There is no service here for the AAA to take up again.
    await addEvents(trx, actor, [{ device, type: "SuspensionChanged", data: { reasons: [] } }]);
    return { changed: true, standing: await standing(trx, device) };
  }
  await demandService(trx, device);
  const before = await standing(trx, device);
  const lifted = before.filter(
    (one) => one.owner === owner && (reason === null || one.reason === reason),
  );
  if (lifted.length === 0) {
    const others = before.filter((one) => reason === null || one.reason === reason);
    if (others.length > 0) throw heldByOthers(others);
    return { changed: false, standing: before };
  }
  await trx
    .deleteFrom("suspensions")
    .where("device", "=", device)
    .where("owner", "=", owner)
    .where(
      "reason",
      "in",
      lifted.map((one) => one.reason),
    )
    .execute();
  const after = before.filter((one) => !lifted.includes(one));
  await tell(trx, device, actor, before, after);
  if (after.length === 0) await askOfSuspension(trx, "resume", device, actor);
  return { changed: true, standing: after };
}

function heldByOthers(others: readonly Suspension[]): AppError {
  const shown = others.map(({ owner, reason, since }) => ({
    ...{ owner, reason },
    since: since.toISOString(),
  }));
  const words = shown.map(({ owner, reason }) => `${reason} (${owner})`).join(", ");
  return new AppError(
    "suspended_by_other",
    `the service stays suspended: ${words}. Only its owner lifts a reason`,
    { details: { reasons: shown } },
  );
}
