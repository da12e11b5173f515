/**
 * What each side of a credential has: how it is known that the AAA takes the password, and whether the CPE was read with it.
 * The order is always AAA, CPE; so a password may be proven at the AAA and still be on its way to the CPE, never the reverse.
 */
import { sql } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type { CredentialSides, PasswordProof } from "../../ports/document-store.ts";
import { NEXT_PASSWORD_FIELD, PASSWORD_FIELD, type SecretPlace } from "../secrets.ts";
import type { Trx } from "../transaction.ts";
import { addEvents } from "./events.ts";

/** With the change of the document that it allows, in its transaction. */
export async function noteProof(
  trx: Trx,
  { device, writer }: SecretPlace,
  version: number,
  proof: PasswordProof,
  actor: Actor,
): Promise<void> {
  const aaa = proof.kind === "test_login" ? proof.aaa : null;
  const request_id = actor.requestId === "" ? null : actor.requestId;
  await trx
    .insertInto("credential_proofs")
    .values({ device, writer, version, proof: proof.kind, aaa, request_id })
    .execute();
  const data = { writer, version, proof: proof.kind, ...(aaa === null ? {} : { aaa }) };
  await addEvents(trx, actor, [{ device, type: "CredentialProven", data }]);
}

/** The document moved to another CPE, and its password with it: what proved it still does. */
export async function carryProof(
  trx: Trx,
  from: { readonly device: DeviceKey; readonly version: number },
  to: { readonly device: DeviceKey; readonly version: number },
  writer: string,
): Promise<void> {
  await sql`
    insert into credential_proofs (device, writer, version, proof, aaa, at, request_id)
    select ${to.device}, writer, ${to.version}, proof, aaa, at, request_id from credential_proofs
    where device = ${from.device} and writer = ${writer} and version = ${from.version}
    on conflict do nothing`.execute(trx);
}

interface Row {
  readonly version: number;
  readonly changed_at: Date;
  readonly proof: PasswordProof["kind"] | null;
  readonly aaa: string | null;
  readonly at: Date | null;
  readonly shown_at: Date | null;
  readonly next_version: number | null;
  readonly next_at: Date | null;
}

/** Null: the document holds no password. */
export async function sidesOf(
  trx: Trx,
  device: DeviceKey,
  writer: string,
): Promise<CredentialSides | null> {
  // A change that another one superseded before it was proven is proven by the device's state: all of it was read equal.
  const { rows } = await sql<Row>`
    select s.version, s.changed_at, p.proof, p.aaa, p.at, n.version as next_version, n.changed_at as next_at,
      (select coalesce(o.proven_at,
                       case when d.state = 'converged' and d.converged_at > o.at then d.converged_at end)
       from operations o left join device_status d on d.device = o.device
       where o.device = s.device and o.writer = s.writer and 'credentials' = any (o.fields)
       order by o.generation desc limit 1) as shown_at
    from secrets s
    left join credential_proofs p on p.device = s.device and p.writer = s.writer and p.version = s.version
    left join secrets n on n.device = s.device and n.writer = s.writer and n.field = ${NEXT_PASSWORD_FIELD}
                           and n.version > s.version
    where s.device = ${device} and s.writer = ${writer} and s.field = ${PASSWORD_FIELD}`.execute(
    trx,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    aaa: {
      version: row.version,
      proof: row.proof ?? "put",
      by: row.aaa,
      at: row.at ?? row.changed_at,
    },
    cpe: { provenAt: row.shown_at },
    waiting:
      row.next_version === null || row.next_at === null
        ? null
        : { version: row.next_version, since: row.next_at },
  };
}
