/** Everything that a pass needs of one device, in one statement: one consistent moment, one round trip. */
import { sql, type Kysely, type Transaction } from "kysely";
import { NO_FACTS, type DeviceFacts } from "../../model/device.ts";
import type { FieldName, FieldValues } from "../../model/fields/index.ts";
import { FIELD_NAMES, FIELDS } from "../../model/fields/index.ts";
import type { Reading } from "../../model/parameter.ts";
import {
  mapsVersion,
  type DesiredDocument,
  type DeviceRecord,
  type FieldSet,
  type Hold,
  type LoadedDevice,
  type OpenIntent,
  type ParkingCredential,
  type SecretState,
  type StoredObservation,
} from "../../model/records.ts";
import type { Condition, Reason, State } from "../../model/status.ts";
import type { Secret } from "../../lib/secret.ts";
import { covers, profileLayers } from "../layers.ts";
import type { Database } from "../tables.ts";

type Db = Kysely<Database> | Transaction<Database>;

/** Opens the stored secret of a document; the keyring stays in its own file. */
export type OpenSecret = (row: {
  device: number;
  writer: string;
  field: string;
  version: number;
  key_id: string;
  sealed_key: Buffer;
  sealed: Buffer;
}) => Secret;

/** The parking credential of an ACS record, resolved; null when the site has none. */
export type ParkingOf = (
  acsSpec: Readonly<Record<string, unknown>>,
  acs: string,
) => ParkingCredential | null;

interface Row {
  device: number;
  device_id: string;
  oui: string;
  product_class: string | null;
  serial: string;
  acs: string;
  labels: Record<string, string>;
  facts: Partial<DeviceFacts> | null;
  hold: { reason: string; by?: string; until?: string | null } | null;
  state: string;
  reason: string;
  since: Date;
  generation: string;
  conditions: Condition[];
  failures: Record<string, number>;
  reachable: boolean | null;
  contact_at: Date | null;
  now: Date;
  documents: {
    writer: string;
    generation: number;
    spec: Record<string, unknown>;
    changed_at: string;
    ended_at: string | null;
  }[];
  secrets: {
    writer: string;
    field: string;
    version: number;
    digest: string;
    key_id: string;
    sealed_key: string;
    sealed: string;
  }[];
  states: { logical: string; digest: string; origin: "assumed" | "written" }[];
  observation: {
    read_at: string;
    map_hash: string;
    readings: Record<string, Reading>;
    covered: string[];
  } | null;
  intents: {
    id: number;
    change_id: string;
    fields: FieldName[];
    generation: string;
    intended_at: string;
    outcome: OpenIntent["outcome"];
    reboot: boolean;
  }[];
  revocations: { id: number; username: string; realm: string; owed_since: string }[];
  stops: { acs: string | null; selector: string | null; reason: string; by_owner: string }[];
  maps: { name: string; revision: number }[];
  records: {
    kind: string;
    name: string;
    revision: number;
    owner: string;
    spec: Record<string, unknown>;
    changed_at: string;
  }[];
}

const rowsOf = (query: ReturnType<typeof sql>) =>
  sql`coalesce((select json_agg(t) from (${query}) t), '[]')`;

async function loadRow(db: Db, key: number): Promise<Row | undefined> {
  const found = await sql<Row>`
    select d.device, d.device_id, d.oui, d.product_class, d.serial, d.acs, d.labels, d.facts, d.hold,
      s.state, s.reason, s.since, s.generation, s.conditions, s.failures, s.reachable, s.contact_at, now() as now,
      ${rowsOf(sql`select writer, generation, spec, changed_at, ended_at from desired_documents where device = ${key}`)} as documents,
      ${rowsOf(sql`select writer, field, version, digest, key_id, encode(sealed_key, 'base64') as sealed_key,
                          encode(sealed, 'base64') as sealed from secrets where device = ${key}`)} as secrets,
      ${rowsOf(sql`select logical, digest, origin from secret_states where device = ${key}`)} as states,
      (select row_to_json(t) from (select read_at, map_hash, readings, covered from observations where device = ${key}) t) as observation,
      ${rowsOf(sql`select id, change_id, fields, generation, intended_at, outcome,
                          coalesce(edits -> 0 ->> 'action' = 'reboot', false) as reboot from intents
                   where device = ${key} and verdict is null order by id`)} as intents,
      ${rowsOf(sql`select id, username, realm, owed_since from revocations where device = ${key} and proven_at is null`)} as revocations,
      ${rowsOf(sql`select acs, selector, reason, by_owner from stops where ended_at is null`)} as stops,
      ${rowsOf(sql`select name, revision from records where kind = 'ParameterMap' order by name`)} as maps,
      ${rowsOf(sql`select kind, name, revision, owner, spec, changed_at from records
                   where kind in ('Profile', 'FrequencyPlan') or (kind = 'Acs' and name = d.acs) order by kind, name`)} as records
    from devices d join device_status s on s.device = d.device
    where d.device = ${key}`.execute(db);
  return found.rows[0];
}

function recordOf(row: Row): DeviceRecord {
  const hold = row.hold;
  const held = hold !== null && (hold.until == null || new Date(hold.until) > row.now);
  return {
    key: row.device,
    id: row.device_id,
    identity: { oui: row.oui, productClass: row.product_class, serial: row.serial },
    acs: row.acs,
    labels: row.labels,
    facts: { ...NO_FACTS, ...row.facts, oui: row.oui, productClass: row.product_class },
    hold: held
      ? ({
          reason: hold.reason,
          by: hold.by ?? "operator",
          until: hold.until ?? null,
        } satisfies Hold)
      : null,
    owedRevocations: row.revocations.map(({ id, username, realm, owed_since }) => ({
      id,
      username,
      realm,
      since: new Date(owed_since),
    })),
  };
}

function documentOf(row: Row, entry: Row["documents"][number], open: OpenSecret): DesiredDocument {
  const stored = row.secrets.find(
    (secret) => secret.writer === entry.writer && secret.field === "credentials.password",
  );
  const fields: Partial<Record<FieldName, FieldValues[FieldName]>> = {};
  for (const name of FIELD_NAMES) {
    const written = entry.spec[name];
    if (written === undefined || written === null) continue;
    const { password: mark, ...rest } = written as Record<string, unknown>;
    const plain = name === "credentials" ? rest : written;
    const parsed = FIELDS[name].schema.safeParse(plain);
    if (!parsed.success) continue;
    const password =
      name === "credentials" && mark !== undefined && stored !== undefined
        ? {
            password: open({
              device: row.device,
              writer: stored.writer,
              field: stored.field,
              version: stored.version,
              key_id: stored.key_id,
              sealed_key: Buffer.from(stored.sealed_key, "base64"),
              sealed: Buffer.from(stored.sealed, "base64"),
            }),
          }
        : {};
    fields[name] = { ...parsed.data, ...password };
  }
  return {
    writer: entry.writer,
    generation: entry.generation,
    fields: fields as FieldSet,
    secretDigest: stored?.digest ?? null,
    changedAt: new Date(entry.changed_at),
    endedAt: entry.ended_at === null ? null : new Date(entry.ended_at),
  };
}

function observationOf(row: Row): StoredObservation | null {
  if (row.observation === null) return null;
  return {
    readAt: new Date(row.observation.read_at),
    mapHash: row.observation.map_hash,
    snapshot: {
      values: new Map(Object.entries(row.observation.readings)),
      covered: row.observation.covered,
    },
  };
}

export async function loadDevice(
  db: Db,
  key: number,
  open: OpenSecret,
  parkingOf: ParkingOf,
): Promise<LoadedDevice | null> {
  const row = await loadRow(db, key);
  if (row === undefined) return null;
  const record = recordOf(row);
  const records = row.records.map((entry) => ({
    kind: entry.kind,
    name: entry.name,
    revision: entry.revision,
    owner: entry.owner,
    spec: entry.spec,
    changedAt: new Date(entry.changed_at),
  }));
  const acs = records.find((entry) => entry.kind === "Acs");
  const stop = row.stops.find(
    (entry) => (entry.acs === null || entry.acs === row.acs) && covers(entry.selector, record),
  );
  return {
    record,
    acsRevision: acs?.revision ?? 0,
    mapsVersion: mapsVersion(row.maps),
    profiles: profileLayers(records, record),
    documents: row.documents.map((entry) => documentOf(row, entry, open)),
    parking:
      acs === undefined || record.owedRevocations.length === 0
        ? null
        : parkingOf(acs.spec, row.acs),
    secretStates: new Map(
      row.states.map(({ logical, digest, origin }): [string, SecretState] => [
        logical,
        { digest, origin },
      ]),
    ),
    observation: observationOf(row),
    openIntents: row.intents.map((entry) => ({
      id: entry.id,
      changeId: entry.change_id,
      fields: entry.fields,
      generation: entry.generation,
      intendedAt: new Date(entry.intended_at),
      outcome: entry.outcome,
      reboot: entry.reboot,
    })),
    status: {
      state: row.state as State,
      reason: row.reason as Reason,
      since: row.since,
      generation: row.generation,
      conditions: row.conditions,
      failures: row.failures,
      reachable: row.reachable,
      contactAt: row.contact_at,
    },
    stop: stop === undefined ? null : { reason: stop.reason, by: stop.by_owner },
    now: row.now,
  };
}

/** The part of a device that selectors look at. */
export async function deviceForScope(
  db: Db,
  key: number,
): Promise<Pick<DeviceRecord, "id" | "acs" | "identity" | "facts" | "labels"> | null> {
  const row = await db
    .selectFrom("devices")
    .select(["device_id", "acs", "oui", "product_class", "serial", "facts", "labels"])
    .where("device", "=", key)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.device_id,
    acs: row.acs,
    identity: { oui: row.oui, productClass: row.product_class, serial: row.serial },
    facts: { ...NO_FACTS, ...row.facts },
    labels: row.labels,
  };
}
