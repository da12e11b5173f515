/** Everything that a pass needs of one device. */
import { NO_FACTS } from "../../model/device.ts";
import type { FieldName, FieldValues } from "../../model/fields/index.ts";
import { FIELD_NAMES, FIELDS } from "../../model/fields/index.ts";
import {
  mapsVersion,
  NO_FAULTS,
  UNLEARNT,
  type DesiredDocument,
  type DeviceReach,
  type DeviceRecord,
  type FaultMemory,
  type FieldSet,
  type Hold,
  type LoadedDevice,
  type ParkingCredential,
  type SecretState,
  type StoredObservation,
} from "../../model/records.ts";
import type { Reason, State } from "../../model/status.ts";
import type { Secret } from "../../lib/secret.ts";
import { covers, profileLayers } from "../layers.ts";
import { downloadOf, imagesOf } from "./firmware.ts";
import { loadRow, type Db, type ReachRow, type Row } from "./load-row.ts";

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

function reachOf({ kind, since, missedAt, asked }: ReachRow): DeviceReach {
  return {
    kind,
    since: since === null ? null : new Date(since),
    missedAt: missedAt === null ? null : new Date(missedAt),
    asked: asked === null ? null : { ticket: asked.ticket, at: new Date(asked.at) },
  };
}

function faultsOf({ notBefore = null, freedAt = null, ...rest }: Row["faults"]): FaultMemory {
  return {
    ...NO_FAULTS,
    ...rest,
    notBefore: notBefore === null ? null : new Date(notBefore),
    freedAt: freedAt === null ? null : new Date(freedAt),
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
    informIntervalMs: row.observation.inform_s === null ? null : row.observation.inform_s * 1_000,
    epoch: row.observation.epoch,
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
  const stops = row.stops.filter(
    (entry) => (entry.acs === null || entry.acs === row.acs) && covers(entry.selector, record),
  );
  const stop = stops.find((entry) => !entry.writes_only);
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
      row.states.map(({ logical, ...state }): [string, SecretState] => [logical, state]),
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
      edits: entry.edits,
      ticket: entry.ticket,
      settleMs: entry.settle_ms,
      download: downloadOf(entry),
    })),
    ledger: row.ledger.map((entry) => ({
      id: entry.id,
      changeId: entry.change_id,
      fields: entry.fields,
      intendedAt: new Date(entry.intended_at),
      edits: entry.edits,
      overwrittenAt: new Date(entry.overwritten_at),
      doubted: entry.doubted,
    })),
    corrections: row.corrections,
    attempts: row.attempts,
    blocks: row.blocks.map(({ map_hash: mapHash, ...block }) => ({ ...block, mapHash })),
    images: imagesOf(row.records),
    windows: [],
    status: {
      state: row.state as State,
      reason: row.reason as Reason,
      since: row.since,
      generation: row.generation,
      conditions: row.conditions,
      failures: row.failures,
      faults: faultsOf(row.faults),
      reachable: row.reachable,
      contactAt: row.contact_at,
      bootstrapped: row.bootstrapped,
      settledUnder: row.settled_under,
      reach: "kind" in row.reach ? reachOf(row.reach as ReachRow) : UNLEARNT,
    },
    stop: stop === undefined ? null : { reason: stop.reason, by: stop.by_owner },
    writeStops: stops
      .filter((entry) => entry.writes_only)
      .map(({ reason, by_owner: by, cause }) => ({ reason, by, cause })),
    asksSecrets: row.asks_secrets === true,
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
