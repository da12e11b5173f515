/** What billing says, for the rules: who has which credential, from when until when. */
import { sql } from "kysely";
import { normalisedUser } from "../../fraud/sighting.ts";
import { ONE_SESSION, type Binding, type Order, type Service } from "../../fraud/facts/billing.ts";
import type { Trx } from "../transaction.ts";
import { list, type Digest } from "./query.ts";

interface NewBinding {
  binding: number;
  username: string;
  realm: string;
}

/**
 * Makes the digests of what documents have named since; others may be at it at the same time.
 * @param of all devices, so many at once; or one. Asked for an order of one device's, PostgreSQL would walk through all
 * @returns the credentials
 */
export async function digestBindings(
  trx: Trx,
  digest: Digest,
  of: { readonly atOnce: number } | { readonly device: number },
): Promise<readonly string[]> {
  const which =
    "device" in of ? sql`and device = ${of.device}` : sql`order by binding limit ${of.atOnce}`;
  const { rows } = await sql<NewBinding>`
    select binding, username, realm from credential_bindings where username is not null ${which}
    for update skip locked`.execute(trx);
  if (rows.length === 0) return [];
  const made = rows.map(({ binding, username, realm }) => ({
    binding,
    credential: digest("username", normalisedUser({ user: username, realm })),
    bare: digest("username", normalisedUser({ user: username, realm: "" })),
  }));
  await sql`
    update credential_bindings b
    set credential = x.credential, bare = nullif(x.bare, x.credential), username = null, realm = null
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x (binding bigint, credential text, bare text)
    where b.binding = x.binding`.execute(trx);
  return made.map(({ credential }) => credential);
}

export interface BindingRow {
  readonly binding: number;
  readonly device: number;
  readonly writer: string;
  readonly device_id: string;
  readonly site: string | null;
  readonly macs: readonly string[];
  readonly ref: string | null;
  readonly credential: string;
  readonly bare: string | null;
  readonly from_at: Date;
  readonly until_at: Date | null;
  readonly ended: boolean;
  readonly changed_by: string;
}

/** What our own history says of the bindings of one service. */
export interface OwnLog {
  /** Boxes that are to come and are bound to nobody yet: what they show tells whose MAC it is. */
  readonly coming: readonly number[];
  /** Of the bindings of one service. */
  ordersOf(group: readonly BindingRow[]): readonly Order[];
  suspendedOf(group: readonly BindingRow[]): Service["suspended"];
}

export async function bindingsOf(
  trx: Trx,
  of: { readonly credentials: readonly string[]; readonly devices: readonly number[] },
): Promise<readonly BindingRow[]> {
  const found = await sql<BindingRow>`
    select b.binding, b.device, b.writer, d.device_id, d.labels ->> 'site' as site, b.ref, b.credential, b.bare, b.from_at,
      b.until_at, b.ended, b.changed_by,
      array(select a.alias from device_aliases a where a.device = b.device and a.kind = 'mac') as macs
    from (select binding from credential_bindings where credential = any(${list(of.credentials)})
          union select binding from credential_bindings where bare = any(${list(of.credentials)})
          union select binding from credential_bindings where device = any(${list(of.devices)}::bigint[])) near
      join credential_bindings b on b.binding = near.binding
      join devices d on d.device = b.device
    where b.credential is not null`.execute(trx);
  // Sorted here: asked for an order, PostgreSQL may read the whole table in it.
  return found.rows.sort((a, b) => a.binding - b.binding);
}

/**
 * One service for each ref and credential; without refs, whoever has the credential has the service, so that a swap is one
 * service with two bindings. A credential that its document has replaced is nobody's any more.
 */
export function servicesOf(rows: readonly BindingRow[], log: OwnLog): readonly Service[] {
  const groups = new Map<string, BindingRow[]>();
  for (const row of rows) {
    const key = `${row.ref ?? ""}|${row.credential}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group): Service[] => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const open = group.some(({ until_at }) => until_at === null);
    const ends = group.flatMap(({ ended, until_at }) => (ended && until_at ? [until_at] : []));
    if (!open && ends.length === 0) return [];
    const endAt = Math.max(...ends.map((at) => at.getTime()));
    return [
      {
        ref: last.ref ?? last.device_id,
        credential: last.credential,
        aliases: group.flatMap(({ bare }) => (bare === null ? [] : [bare])).slice(0, 1),
        bindings: group.map((row, index): Binding => ({
          version: index + 1,
          serial: row.device_id,
          macs: row.macs,
          fromAt: row.from_at.getTime(),
          untilAt: row.until_at?.getTime() ?? null,
          by: row.changed_by,
        })),
        site: last.site,
        plan: ONE_SESSION,
        orders: log.ordersOf(group),
        tickets: [],
        suspended: log.suspendedOf(group),
        end: open ? null : { at: endAt, recordedAt: endAt },
      },
    ];
  });
}
