/** Kysely's view of the schema, one interface for each table. Times are the database's, durations are in ms. */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { AccessTables } from "./access-tables.ts";
import type { DesiredTables } from "./desired-tables.ts";
import type { FraudTables } from "./fraud-tables.ts";
import type { RadiusTables } from "./radius-tables.ts";
import type { ResponseTables } from "./response-tables.ts";

type Json = Record<string, unknown>;
type DefaultNow = ColumnType<Date, Date | undefined, Date>;
/** Written as text by us, read as a value. */
type JsonOf<T> = JSONColumnType<T & object>;

export interface Database
  extends AccessTables, DesiredTables, FraudTables, RadiusTables, ResponseTables {
  meta: { key: string; value: JsonOf<Json> };
  records: RecordRow;
  record_revisions: Omit<RecordRow, "spec_hash" | "origin" | "changed_at"> & {
    request_id: string | null;
    at: DefaultNow;
  };
  devices: DeviceRow;
  device_aliases: { alias: string; device: number; kind: string };
  secrets: SecretRow;
  secret_states: {
    device: number;
    logical: string;
    digest: string;
    origin: "assumed" | "written";
    at: DefaultNow;
    epoch: JSONColumnType<object> | null;
  };
  revocations: {
    id: Generated<number>;
    device: number;
    writer: string;
    username: string;
    realm: string;
    owed_since: DefaultNow;
    proven_at: Date | null;
    proof: string | null;
  };
  observations: ObservationRow;
  observation_changes: {
    device: number;
    at: Date;
    logical: string;
    before: JSONColumnType<Json> | null;
    after: JsonOf<Json>;
    change_id: string;
  };
  sightings: {
    credential: string;
    device: number;
    logical: string;
    first_seen: Date;
    last_seen: Date;
  };
  device_status: StatusRow;
  work: WorkRow;
  acs_slots: SlotRow;
  acs_calls: AcsCallRow;
  acs_requests: AcsRequestRow;
  intents: IntentRow;
  map_proofs: {
    model: string;
    firmware: string;
    map_hash: string;
    device: number;
    state: "proving" | "proven";
    since: DefaultNow;
    proven_at: Date | null;
  };
  model_blocks: {
    model: string;
    firmware: string;
    map_hash: string;
    operation: string;
    devices: string[];
    blocked_at: DefaultNow;
    cleared_at: Date | null;
    cleared_by: string | null;
    cleared_why: string | null;
  };
  stops: {
    id: Generated<number>;
    acs: string | null;
    selector: string | null;
    reason: string;
    by_owner: string;
    at: DefaultNow;
    ended_at: Date | null;
    ended_by: string | null;
    writes_only: Generated<boolean>;
    cause: string | null;
    freed: number | null;
  };
  events: {
    id: Generated<number>;
    at: DefaultNow;
    device: number | null;
    type: string;
    actor: string;
    token_id: string | null;
    request_id: string | null;
    data: JsonOf<Json>;
  };
}

interface RecordRow {
  kind: string;
  name: string;
  revision: number;
  labels: JsonOf<Record<string, string>>;
  spec: JsonOf<Json>;
  spec_hash: string;
  owner: string;
  origin: Generated<string>;
  changed_at: DefaultNow;
}

interface DeviceRow {
  device: Generated<number>;
  device_id: string;
  name: string;
  oui: string;
  product_class: string | null;
  serial: string;
  acs: string;
  labels: JsonOf<Record<string, string>>;
  facts: JSONColumnType<Json> | null;
  hold: JSONColumnType<Json> | null;
  revision: Generated<number>;
  spec_hash: string;
  owner: string;
  registered_at: DefaultNow;
  changed_at: DefaultNow;
}

interface SecretRow {
  device: number;
  writer: string;
  field: string;
  version: number;
  /** Keyed: equal secrets are equal here, and nobody can guess from it. */
  digest: string;
  key_id: string;
  sealed_key: Buffer;
  sealed: Buffer;
  changed_at: DefaultNow;
}

interface ObservationRow {
  device: number;
  read_at: Date;
  map_name: string;
  map_hash: string;
  readings: JsonOf<Json>;
  covered: Generated<string[]>;
  decoded: JsonOf<Json>;
  change_id: string;
  epoch: JSONColumnType<object> | null;
}

interface StatusRow {
  device: number;
  state: string;
  reason: string;
  message: string;
  since: DefaultNow;
  next_at: Date | null;
  generation: Generated<string>;
  conditions: JSONColumnType<object[]>;
  failures: JsonOf<Json>;
  /** What goes with them: a `FaultMemory`. */
  faults: JsonOf<Json>;
  reachable: boolean | null;
  reach: JsonOf<Json>;
  contact_at: Date | null;
  acs_contact_at: Date | null;
  bootstrapped_at: Date | null;
  converged_at: Date | null;
  fresh_until: Date | null;
  settled_under: JSONColumnType<object> | null;
}

interface WorkRow {
  device: number;
  acs: string;
  class: number;
  due_at: Date;
  gen: Generated<number>;
  reason: string;
  holder: string | null;
  fence: number | null;
  lease_until: Date | null;
  begun_at: Date | null;
}

interface SlotRow {
  acs: string;
  slot: number;
  holder: Generated<string>;
  fence: Generated<number>;
  lease_until: DefaultNow;
  deadline_ms: Generated<number>;
  stats: JSONColumnType<Json>;
  stats_at: Date | null;
  listed_to: string | null;
  closed_at: Date | null;
  closed_why: string | null;
  closed_revision: number | null;
  probe_due_at: Date | null;
  served_at: Date | null;
}

interface AcsCallRow {
  id: Generated<number>;
  acs: string;
  at: Date;
  device: string;
  operation: string;
  class: number;
  change_id: string;
  took_ms: number;
  outcome: string;
  fault: string | null;
  detail: string | null;
  evidence: string | null;
}

interface AcsRequestRow {
  id: Generated<number>;
  acs: string;
  kind: string;
  spec: JSONColumnType<Json>;
  asked_by: string;
  asked_at: DefaultNow;
  expires_at: Date;
  taken_at: Date | null;
  fence: number | null;
  progress: JSONColumnType<Json> | null;
  result: JSONColumnType<Json> | null;
  done_at: Date | null;
}

interface IntentRow {
  id: Generated<number>;
  device: number;
  acs: string;
  slot: number;
  fence: number;
  change_id: string;
  class: number;
  generation: string;
  map_hash: string;
  plan_hash: string;
  step: number;
  steps: number;
  fields: string[];
  edits: JSONColumnType<object[]>;
  settle_ms: Generated<number>;
  reason: string;
  intended_at: DefaultNow;
  outcome: string | null;
  outcome_detail: string | null;
  outcome_at: Date | null;
  verdict: string | null;
  verdict_at: Date | null;
  may_fire_until: Date | null;
  doubted_at: Date | null;
  seen_at: Date | null;
  cause: string | null;
}
