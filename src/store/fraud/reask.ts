/**
 * What is evaluated anew when the inventory changes. A change of few items asks about what they are about; of many, as when a
 * system loads all it has, only about what was found there, and the rest comes to it with its next record. An item of the
 * network may concern every line: it asks about what is open, newest first.
 */
import { sql } from "kysely";
import { INVENTORY } from "../../fraud/inventory/kinds.ts";
import { FOCUS_KINDS } from "../../fraud/rules/rule.ts";
import type { InventoryKindName } from "../../model/inventory.ts";
import type { Trx } from "../transaction.ts";
import { enqueue } from "./due.ts";
import { list } from "./query.ts";

/** An evaluation costs tens of milliseconds, and they go one at a time: a thousand are half a minute behind everything else. */
const AT_MOST = 1_000;

export interface Touched {
  readonly key: string;
  readonly about: string | null;
}

/** @returns how much was made due */
export async function reaskAbout(
  trx: Trx,
  kind: InventoryKindName,
  touched: readonly Touched[],
): Promise<number> {
  if (touched.length === 0) return 0;
  const { reasks } = INVENTORY[kind];
  const names = list(touched.map(({ key, about }) => about ?? key));
  const isFew = names.length <= AT_MOST;
  if (reasks === "services") {
    const credentials = await credentialsOf(trx, names, isFew);
    await enqueue(trx, "credential", credentials);
    return credentials.length;
  }
  if (reasks === "devices") {
    const devices = await devicesOf(trx, names, isFew);
    await enqueue(trx, "serial", devices);
    return devices.length;
  }
  return await askWhatIsOpen(trx);
}

/** A service without a ref goes by its CPE. */
async function credentialsOf(
  trx: Trx,
  refs: readonly string[],
  all: boolean,
): Promise<readonly string[]> {
  const { rows } = await sql<{ credential: string }>`
    with near as (
      select credential from credential_bindings where ref = any(${list(refs)})
      union
      select b.credential from devices d join credential_bindings b on b.device = d.device
      where d.device_id = any(${list(refs)}) and b.ref is null)
    select credential from near n
    where credential is not null and (${all} or exists (
      select from findings f where f.credential = n.credential and f.state <> 'closed'))
    limit ${AT_MOST}`.execute(trx);
  return rows.map(({ credential }) => credential);
}

async function devicesOf(
  trx: Trx,
  serials: readonly string[],
  all: boolean,
): Promise<readonly string[]> {
  const { rows } = await sql<{ device_id: string }>`
    select d.device_id from devices d
    where (d.device_id = any(${list(serials)})
        or d.device in (select device from device_aliases where alias = any(${list(serials)}) and kind = 'serial'))
      and (${all} or exists (
        select from findings f where f.devices @> array[d.device] and f.state <> 'closed'))
    limit ${AT_MOST}`.execute(trx);
  return rows.map(({ device_id: id }) => id);
}

async function askWhatIsOpen(trx: Trx): Promise<number> {
  const { rows } = await sql<{ focus: string }>`
    select focus from (
      select focus, finding as place from findings where state in ('suspected', 'confirmed')
      union all
      select focus, 0 from fraud_waiting
      order by place desc limit ${AT_MOST}) newest
    group by focus`.execute(trx);
  // In the order of kinds, as everybody who makes things due.
  for (const kind of [...FOCUS_KINDS].sort()) {
    const of = rows.filter(({ focus }) => focus.startsWith(`${kind} `));
    await enqueue(
      trx,
      kind,
      of.map(({ focus }) => focus.slice(kind.length + 1)),
    );
  }
  return rows.length;
}
