/**
 * Holds for fraud whose service was ended by somebody else. They wait by credential: given again, on this device or another, it
 * is suspended from its first moment on, until the owner of the hold lifts it.
 */
import { sql } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type { Suspension } from "../../ports/suspension-store.ts";
import type { Trx } from "../transaction.ts";

/** Reasons that only their owner takes away. The others are about a service, and end with it. */
const KEPT_REASON = "fraud";

interface Named {
  readonly username: string;
  readonly realm: string;
}

/** Before the suspensions of the device are forgotten. */
export async function keepHolds(
  trx: Trx,
  device: DeviceKey,
  { username, realm }: Named,
  actor: Actor,
): Promise<void> {
  await sql`
    insert into kept_holds (username, realm, owner, reason, device, since, request_id)
    select ${username}, ${realm}, owner, reason, device, since, request_id from suspensions
    where device = ${device} and reason = ${KEPT_REASON} and owner <> ${actor.owner}
    on conflict do nothing`.execute(trx);
}

/** The credential is given to this device. @returns the holds that stand on it again, and did not stand before */
export async function takeHolds(
  trx: Trx,
  device: DeviceKey,
  { username, realm }: Named,
): Promise<readonly Pick<Suspension, "owner" | "reason">[]> {
  const { rows } = await sql<Pick<Suspension, "owner" | "reason">>`
    with taken as (
      delete from kept_holds where username = ${username} and realm = ${realm}
      returning owner, reason, since, request_id)
    insert into suspensions (device, owner, reason, since, request_id)
    select ${device}, owner, reason, since, request_id from taken
    on conflict do nothing returning owner, reason`.execute(trx);
  return rows;
}

/** @param reason null: all of the owner's. @returns those that were lifted */
export async function liftKept(
  trx: Trx,
  device: DeviceKey,
  { owner, reason }: { readonly owner: string; readonly reason: string | null },
): Promise<readonly Suspension[]> {
  const { rows } = await sql<Suspension>`
    delete from kept_holds
    where device = ${device} and owner = ${owner} and (${reason}::text is null or reason = ${reason})
    returning owner, reason, since`.execute(trx);
  return rows;
}
