/** Everything about one device, as of one moment: what it should be and who says so, what was read, what comes next. */
import { sql, type Kysely } from "kysely";
import { NO_FACTS } from "../../model/device.ts";
import { effectiveOf } from "../../model/effective.ts";
import type { DesiredDocument, DeviceKey, ParkingCredential } from "../../model/records.ts";
import type { DeviceDetail, DocumentView, FleetStore } from "../../ports/fleet-store.ts";
import { className } from "../due.ts";
import { profileLayers } from "../layers.ts";
import { PASSWORD_FIELD } from "../secrets.ts";
import type { Database } from "../tables.ts";
import { DEVICE_TABLES, VIEW_COLUMNS, viewOf, type ViewRow } from "./device-view.ts";
import { viewOf as documentViewOf } from "./document-spec.ts";
import { sidesOf } from "./credential-proofs.ts";
import { notThere } from "./lock.ts";
import { parkingNameOf } from "./parking.ts";
import { layerRecords } from "./records.ts";
import { outstanding } from "./outstanding.ts";
import { AHEAD } from "./queue-place.ts";
import { scheduledOf } from "./scheduled-rows.ts";
import { snapshot, type Trx } from "../transaction.ts";

const EVENTS_SHOWN = 20;

async function documentsOf(trx: Trx, key: DeviceKey): Promise<DocumentView[]> {
  const rows = await trx
    .selectFrom("desired_documents")
    .selectAll()
    .where("device", "=", key)
    .orderBy("writer")
    .execute();
  const secrets = await trx
    .selectFrom("secrets")
    .selectAll()
    .where("device", "=", key)
    .where("field", "=", PASSWORD_FIELD)
    .execute();
  const views = [];
  for (const row of rows) {
    const secret = secrets.find(({ writer }) => writer === row.writer);
    views.push({
      ...documentViewOf(row, secret),
      scheduled: await scheduledOf(trx, key, row.writer),
      sides: secret === undefined ? null : await sidesOf(trx, key, row.writer),
    });
  }
  return views;
}

/** Documents as layers, with the shown form of a secret in its place: what is merged is what is printed. */
function asLayer(view: DocumentView): DesiredDocument {
  return { ...view, fields: view.fields, secretDigest: null };
}

async function parkingOf(trx: Trx, acs: string): Promise<ParkingCredential | null> {
  const found = await trx
    .selectFrom("records")
    .select("spec")
    .where("kind", "=", "Acs")
    .where("name", "=", acs)
    .executeTakeFirst();
  const named = found === undefined ? null : parkingNameOf(found.spec);
  if (named === null) return null;
  const shown = { ...named, password: { set: true } };
  return { acs, credentials: shown as never, secretDigest: "" };
}

async function effectiveFields(
  trx: Trx,
  row: ViewRow,
  documents: readonly DocumentView[],
  revocationOwed: boolean,
): Promise<DeviceDetail["effective"]> {
  const profiles = profileLayers(await layerRecords(trx), {
    id: row.device_id,
    acs: row.acs,
    identity: { oui: row.oui, productClass: row.product_class, serial: row.serial },
    facts: { ...NO_FACTS, ...row.facts },
    labels: row.labels,
  });
  const owed = revocationOwed ? [{ id: 0, username: "", realm: "", since: new Date(0) }] : [];
  const parking = revocationOwed ? await parkingOf(trx, row.acs) : null;
  const merged = effectiveOf({ owedRevocations: owed }, profiles, documents.map(asLayer), parking);
  return [
    ...merged.fields.map(({ name, value, source }) => ({ field: name, value, source })),
    ...merged.clashes.map(({ field, records }) => ({ field, conflict: records })),
  ];
}

async function observationOf(trx: Trx, key: DeviceKey): Promise<DeviceDetail["observation"]> {
  const found = await sql<{
    read_at: Date;
    age_ms: number;
    map_name: string;
    map_hash: string;
    decoded: Record<string, Record<string, unknown>>;
  }>`
    select read_at, floor(extract(epoch from now() - read_at) * 1000)::bigint as age_ms, map_name, map_hash, decoded
    from observations where device = ${key}`.execute(trx);
  const row = found.rows[0];
  if (row === undefined) return null;
  const age = { readAt: row.read_at.toISOString(), ageMs: row.age_ms };
  const entries = Object.entries(row.decoded).map(([logical, entry]) => {
    return { logical, entry: { ...age, ...entry } };
  });
  return { readAt: row.read_at, mapName: row.map_name, mapHash: row.map_hash, entries };
}

/** Null while nothing is due at any time. */
async function workOf(trx: Trx, key: DeviceKey): Promise<DeviceDetail["work"]> {
  const found = await sql<{ class: number; due_at: Date; reason: string; ahead: number }>`
    select w.class, w.due_at, w.reason,
      ${AHEAD} as ahead
    from work w where w.device = ${key} and isfinite(w.due_at)`.execute(trx);
  const row = found.rows[0];
  if (row === undefined) return null;
  return { class: className(row.class), dueAt: row.due_at, reason: row.reason, ahead: row.ahead };
}

async function owedTo(trx: Trx, key: DeviceKey): Promise<DeviceDetail["owedRevocations"]> {
  const rows = await trx
    .selectFrom("revocations")
    .select(["username", "realm", "owed_since"])
    .where("device", "=", key)
    .where("proven_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(({ username, realm, owed_since: since }) => {
    return { username: realm === "" ? username : `${username}@${realm}`, since };
  });
}

async function eventsOf(trx: Trx, key: DeviceKey): Promise<DeviceDetail["events"]> {
  const rows = await trx
    .selectFrom("events")
    .select(["id", "at", "type", "actor", "request_id as requestId", "data"])
    .where("device", "=", key)
    .orderBy("id", "desc")
    .limit(EVENTS_SHOWN)
    .execute();
  return rows;
}

/** @throws when there is no such device */
export async function detailOf(trx: Trx, key: DeviceKey): Promise<DeviceDetail> {
  const found = await sql<ViewRow>`
    select ${VIEW_COLUMNS} from ${DEVICE_TABLES} where d.device = ${key}`.execute(trx);
  const row = found.rows[0];
  if (row === undefined) throw notThere(key);
  const documents = await documentsOf(trx, key);
  const owedRevocations = await owedTo(trx, key);
  return {
    ...viewOf(row),
    documents,
    effective: await effectiveFields(trx, row, documents, owedRevocations.length > 0),
    observation: await observationOf(trx, key),
    work: await workOf(trx, key),
    openIntents: await outstanding(trx, sql`d.device = ${key}`),
    owedRevocations,
    events: await eventsOf(trx, key),
  };
}

export function detail(db: Kysely<Database>): Pick<FleetStore, "device"> {
  return {
    async device(key) {
      return await snapshot(db, (trx) => detailOf(trx, key));
    },
  };
}
