/** Revocations: an ended credential is owed to be gone from the CPE until a read proves it (I11). */
import { sql } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/fleet-store.ts";
import { addEvents } from "./events.ts";
import type { Trx } from "../transaction.ts";

interface Named {
  readonly username?: unknown;
  readonly realm?: unknown;
}

/** The same credential is owed once, however often its service is ended. */
export async function oweRevocation(
  trx: Trx,
  device: DeviceKey,
  writer: string,
  { username, realm }: Named,
): Promise<void> {
  await sql`
    insert into revocations (device, writer, username, realm)
    select ${device}, ${writer}, u, r from (values (${username}::text, ${realm}::text)) as v(u, r)
    where not exists (select 1 from revocations o where o.device = ${device} and o.proven_at is null
                        and o.username = v.u and o.realm = v.r)`.execute(trx);
}

/**
 * The same credential was given to the device again: now it belongs there, and looking for its absence would never end.
 * The row stays, with what became of it.
 */
export async function withdrawRevocation(
  trx: Trx,
  device: DeviceKey,
  { username, realm }: Named,
  actor: Actor,
): Promise<void> {
  const withdrawn = await sql<{ id: number }>`
    update revocations set proven_at = now(), proof = ${`withdrawn: ${actor.owner} gave the same credential again`}
    where device = ${device} and proven_at is null and username = ${username} and realm = ${realm}
    returning id`.execute(trx);
  const events = withdrawn.rows.map(({ id }) => {
    return { device, type: "RevocationWithdrawn", data: { revocation: id } } as const;
  });
  await addEvents(trx, actor, events);
}
