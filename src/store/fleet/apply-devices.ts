/** Devices of a manifest, all at once: a few statements for one device or for thousands. */
import { sql } from "kysely";
import type { DeviceId } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor, DeviceManifest } from "../../ports/fleet-store.ts";
import { classNumber } from "../due.ts";
import {
  changesOf,
  checkNames,
  incoming,
  rowOf,
  type Existing,
  type Incoming,
  type Labels,
  type Row,
} from "./device-rows.ts";
import { addEvents } from "./events.ts";
import type { Trx } from "../transaction.ts";

/** What selectors saw of a device before this apply; null for one that it registered. */
export type Before = { readonly labels: Labels; readonly acs: string } | null;

export interface AppliedDevices {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** New ones, and those whose labels or ACS moved: their profiles may be others now. */
  readonly moved: ReadonlyMap<DeviceKey, Before>;
  /** Devices that another ACS is to talk to from now on. */
  readonly rehomed: readonly DeviceKey[];
  /** Devices whose hold came or went. */
  readonly holds: readonly DeviceKey[];
}

const ROWS =
  sql.raw(`as x(device bigint, device_id text, name text, oui text, product_class text, serial text,
  acs text, labels jsonb, hold jsonb, spec jsonb, spec_hash text, revision int)`);

/** Locks in the order of the engine: work row, then device. Two that lock in another order wait for each other. */
async function lockExisting(trx: Trx, list: readonly Incoming[]): Promise<readonly Existing[]> {
  const ids = list.map(({ id }) => id);
  const names = list.map(({ manifest }) => manifest.name);
  await sql`
    select w.device from work w join devices d on d.device = w.device
    where d.device_id = any(${ids}::text[]) order by w.device for update of w`.execute(trx);
  const found = await sql<Existing>`
    select device, device_id, name, acs, labels, hold, revision, spec_hash from devices
    where device_id = any(${ids}::text[]) or name = any(${names}::text[])`.execute(trx);
  return found.rows;
}

async function insertDevices(trx: Trx, rows: readonly Row[], owner: string): Promise<Row[]> {
  const made = await sql<{ device: DeviceKey; device_id: DeviceId }>`
    insert into devices (device_id, name, oui, product_class, serial, acs, labels, hold, spec_hash, owner)
    select device_id, name, oui, product_class, serial, acs, labels, hold, spec_hash, ${owner}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) ${ROWS}
    returning device, device_id`.execute(trx);
  const keys = new Map(made.rows.map(({ device, device_id }) => [device_id, device]));
  const numbered = rows.map((row): Row => ({ ...row, device: keys.get(row.device_id) ?? 0 }));
  const devices = [...keys.values()];
  // Due only when somebody wants something of it; shown as such from the first moment.
  await sql`
    insert into work (device, acs, class, due_at, reason)
    select device, acs, ${classNumber("read")}, 'infinity', 'nothing is wanted yet'
    from devices where device = any(${devices}::bigint[])`.execute(trx);
  await sql`
    insert into device_status (device, state, reason, message, conditions, failures)
    select device, 'unmanaged', 'NoDesiredState', 'nobody has said what this device should be', '[]', '{}'
    from unnest(${devices}::bigint[]) as device`.execute(trx);
  return numbered;
}

async function updateDevices(trx: Trx, rows: readonly Row[], owner: string): Promise<void> {
  const json = JSON.stringify(rows);
  await sql`
    update devices d
    set name = x.name, acs = x.acs, labels = x.labels, hold = x.hold, spec_hash = x.spec_hash,
        revision = x.revision, owner = ${owner}, changed_at = now()
    from jsonb_to_recordset(${json}::jsonb) ${ROWS} where d.device = x.device`.execute(trx);
  await sql`
    update work w set acs = x.acs
    from jsonb_to_recordset(${json}::jsonb) ${ROWS}
    where w.device = x.device and w.acs <> x.acs`.execute(trx);
}

/** A former name is free for others again, so it does not stay an alias; the serial number always is one. */
async function writeAliasesAndHistory(trx: Trx, rows: readonly Row[], actor: Actor): Promise<void> {
  const json = JSON.stringify(rows);
  await sql`
    delete from device_aliases a using jsonb_to_recordset(${json}::jsonb) ${ROWS}
    where a.device = x.device and a.kind = 'name' and a.alias <> x.name`.execute(trx);
  await sql`
    insert into device_aliases (alias, device, kind)
    select serial, device, 'serial' from jsonb_to_recordset(${json}::jsonb) ${ROWS}
    union all
    select name, device, 'name' from jsonb_to_recordset(${json}::jsonb) ${ROWS}
    where name <> device_id and name <> serial
    on conflict do nothing`.execute(trx);
  // By id, not by name: a name may go to another device, an id never does.
  await sql`
    insert into record_revisions (kind, name, revision, labels, spec, owner, request_id)
    select 'Device', device_id, revision, labels, spec, ${actor.owner}, ${actor.requestId}
    from jsonb_to_recordset(${json}::jsonb) ${ROWS}`.execute(trx);
}

export async function applyDevices(
  trx: Trx,
  manifests: readonly DeviceManifest[],
  actor: Actor,
): Promise<AppliedDevices> {
  const list = manifests.map(incoming);
  const existing = list.length === 0 ? [] : await lockExisting(trx, list);
  checkNames(list, existing);
  const byId = new Map(existing.map((row) => [row.device_id, row]));
  const changing = list.filter(({ id, hash }) => byId.get(id)?.spec_hash !== hash);
  const rows = changing.map((each) => rowOf(each, byId.get(each.id), actor.owner));
  const fresh = rows.filter(({ device }) => device === undefined);
  const known = rows.filter(({ device }) => device !== undefined);
  const inserted = fresh.length === 0 ? [] : await insertDevices(trx, fresh, actor.owner);
  if (known.length > 0) await updateDevices(trx, known, actor.owner);
  const written = [...inserted, ...known];
  if (written.length > 0) await writeAliasesAndHistory(trx, written, actor);

  const moved = new Map<DeviceKey, Before>();
  const rehomed: DeviceKey[] = [];
  const holds: DeviceKey[] = [];
  const events = written.map(({ device: key = 0, ...row }) => {
    const before = byId.get(row.device_id);
    if (before === undefined) {
      moved.set(key, null);
      const { device_id: id, name, acs } = row;
      return { device: key, type: "DeviceRegistered", data: { id, name, acs } } as const;
    }
    const parts = changesOf(before, row);
    if (parts.includes("labels") || parts.includes("acs")) {
      moved.set(key, { labels: before.labels, acs: before.acs });
    }
    if (parts.includes("acs")) rehomed.push(key);
    if (parts.includes("hold")) holds.push(key);
    return { device: key, type: "DeviceChanged", data: { parts, revision: row.revision } } as const;
  });
  await addEvents(trx, actor, events);
  const nameOf = ({ name }: { readonly name: string }) => `Device/${name}`;
  const same = list.filter(({ id, hash }) => byId.get(id)?.spec_hash === hash);
  return {
    created: inserted.map(nameOf),
    changed: known.map(nameOf),
    unchanged: same.map(({ manifest }) => nameOf(manifest)),
    moved,
    rehomed,
    holds,
  };
}
