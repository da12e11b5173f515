/** The one statement behind a pass, as PostgreSQL answers it: one consistent moment, one round trip. */
import { sql, type Kysely, type Transaction } from "kysely";
import type { DeviceFacts } from "../../model/device.ts";
import type { Epoch } from "../../model/epoch.ts";
import type { FieldName } from "../../model/fields/index.ts";
import type { Reading } from "../../model/parameter.ts";
import type { FaultMemory, OpenIntent, SettledUnder, StoredEdit } from "../../model/records.ts";
import type { Condition } from "../../model/status.ts";
import type { Database } from "../tables.ts";

export type Db = Kysely<Database> | Transaction<Database>;

export interface Row {
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
  faults: Partial<FaultsRow>;
  reachable: boolean | null;
  contact_at: Date | null;
  bootstrapped: string | null;
  settled_under: SettledUnder | null;
  reach: ReachRow | Record<string, never>;
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
  states: { logical: string; digest: string; origin: "assumed" | "written"; epoch: Epoch | null }[];
  observation: {
    read_at: string;
    map_hash: string;
    readings: Record<string, Reading>;
    covered: string[];
    inform_s: number | null;
    epoch: Epoch | null;
  } | null;
  intents: {
    id: number;
    change_id: string;
    fields: FieldName[];
    generation: string;
    intended_at: string;
    outcome: OpenIntent["outcome"];
    reboot: boolean;
    edits: StoredEdit[];
    ticket: string;
    settle_ms: number;
    seen_at: string | null;
  }[];
  ledger: {
    id: number;
    change_id: string;
    fields: FieldName[];
    intended_at: string;
    edits: StoredEdit[];
    overwritten_at: string;
    doubted: boolean;
  }[];
  corrections: { field: FieldName; generation: string; times: number }[];
  attempts: { field: FieldName; generation: string; times: number }[];
  blocks: { firmware: string; map_hash: string; operation: string; devices: string[] }[];
  revocations: { id: number; username: string; realm: string; owed_since: string }[];
  stops: {
    acs: string | null;
    selector: string | null;
    reason: string;
    by_owner: string;
    writes_only: boolean;
    cause: string | null;
  }[];
  asks_secrets: boolean | null;
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

/** A `FaultMemory` in JSON: its times are texts. */
export type FaultsRow = Omit<FaultMemory, "notBefore" | "freedAt"> & {
  readonly notBefore: string | null;
  readonly freedAt: string | null;
};

/** A `DeviceReach` in JSON: its times are texts. */
export interface ReachRow {
  kind: "push" | "pull";
  since: string | null;
  missedAt: string | null;
  asked: { ticket: string; at: string } | null;
}

const rowsOf = (query: ReturnType<typeof sql>) =>
  sql`coalesce((select json_agg(t) from (${query}) t), '[]')`;

/** As `modelOf`. */
export const MODEL = sql<string>`coalesce(nullif(d.facts ->> 'modelName', ''), d.oui || ' ' || coalesce(d.product_class, ''))`;

/**
 * The event names the fields that were whole: one that needs several calls is corrected once, by the last of them. What
 * was corrected because our own write came late is no fight with anybody, and is taken off again.
 */
const correctionsOf = (key: number) => sql`
  select field, generation, greatest(0, sum(times))::int as times from (
    select field, i.generation, count(distinct i.change_id) as times
    from events e join intents i on i.id = (e.data ->> 'intent')::bigint,
      jsonb_array_elements_text(e.data -> 'fields') as field
    where e.device = ${key} and e.type = 'ChangeVerified' and e.at > now() - interval '24 hours'
    group by 1, 2
    union all
    select field, e.data ->> 'generation', -count(*)
    from events e, jsonb_array_elements_text(e.data -> 'fields') as field
    where e.device = ${key} and e.type in ('LateExecution', 'SecretDoubted') and e.at > now() - interval '24 hours'
    group by 1, 2) as counted
  group by field, generation`;

export async function loadRow(db: Db, key: number): Promise<Row | undefined> {
  const found = await sql<Row>`
    select d.device, d.device_id, d.oui, d.product_class, d.serial, d.acs, d.labels, d.facts, d.hold,
      s.state, s.reason, s.since, s.generation, s.conditions, s.failures, s.faults, s.reachable, s.contact_at, s.reach, s.settled_under,
      case when s.acs_contact_at is not null then coalesce(s.bootstrapped_at::text, '') end as bootstrapped, now() as now,
      ${rowsOf(sql`select writer, generation, spec, changed_at, ended_at from desired_documents where device = ${key}`)} as documents,
      ${rowsOf(sql`select writer, field, version, digest, key_id, encode(sealed_key, 'base64') as sealed_key,
                          encode(sealed, 'base64') as sealed from secrets where device = ${key}`)} as secrets,
      ${rowsOf(sql`select logical, digest, origin, epoch from secret_states where device = ${key}`)} as states,
      (select row_to_json(t) from (select read_at, map_hash, readings, covered, epoch,
                                       (decoded #> '{mgmt.periodic-inform-interval,value}')::float8 as inform_s from observations where device = ${key}) t) as observation,
      ${rowsOf(sql`select id, change_id, fields, generation, intended_at, outcome, settle_ms, seen_at,
                          coalesce(edits -> 0 ->> 'action' = 'reboot', false) as reboot, edits,
                          case when outcome = 'accepted' then coalesce(outcome_detail, '') else '' end as ticket
                   from intents where device = ${key} and verdict is null order by id`)} as intents,
      ${rowsOf(sql`select id, change_id, fields, intended_at, edits, doubted_at is not null as doubted,
                          greatest(verdict_at, (select max(at) from secret_states where device = ${key})) as overwritten_at
                   from intents where device = ${key} and may_fire_until > now() order by id`)} as ledger,
      ${rowsOf(correctionsOf(key))} as corrections,
      -- The last ones alone, however long its history is: more than a day of writes of one device has.
      ${rowsOf(sql`select field, generation, count(distinct change_id)::int as times
                   from (select * from intents where device = ${key} order by id desc limit 200) i, unnest(i.fields) as field
                   where i.intended_at > greatest(now() - interval '24 hours', (s.faults ->> 'freedAt')::timestamptz)
                     and i.outcome is distinct from 'not_sent'
                   group by field, generation`)} as attempts,
      ${rowsOf(sql`select firmware, map_hash, operation, devices from model_blocks
                   where model = ${MODEL} and cleared_at is null`)} as blocks,
      ${rowsOf(sql`select id, username, realm, owed_since from revocations where device = ${key} and proven_at is null`)} as revocations,
      ${rowsOf(sql`select acs, selector, reason, by_owner, writes_only, cause from stops where ended_at is null`)} as stops,
      (select (spec #>> '{rules,P10,enabled}')::boolean and coalesce((spec ->> 'detection')::boolean, true)
       from records where kind = 'FraudPolicy' and name = 'default') as asks_secrets,
      ${rowsOf(sql`select name, revision from records where kind = 'ParameterMap' order by name`)} as maps,
      ${rowsOf(sql`select kind, name, revision, owner, spec, changed_at from records
                   where kind in ('Profile', 'FrequencyPlan', 'FirmwareImage') or (kind = 'Acs' and name = d.acs) order by kind, name`)} as records
    from devices d join device_status s on s.device = d.device
    where d.device = ${key}`.execute(db);
  return found.rows[0];
}
