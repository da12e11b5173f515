/**
 * What a change of records does to the fleet: the devices whose effective desired state is another one afterwards.
 *
 * Exact, and of a cost that follows the number of kinds of devices rather than of devices: SQL finds the candidates
 * (whatever an old or a new selector of a changed profile covers), and two candidates that match the same profiles and
 * own the same fields in documents meet the same fate, so the merge is done once for each such kind.
 */
import { sql } from "kysely";
import { attributesOf, matches } from "../../fleet/selector.ts";
import { effectiveOf, type Effective, type FieldClash } from "../../model/effective.ts";
import { NO_FACTS, type DeviceFacts, type DeviceId } from "../../model/device.ts";
import { hashValue } from "../../lib/hash.ts";
import { FIELDS, FIELD_NAMES, type FieldName } from "../../model/fields/index.ts";
import type { DesiredDocument, DeviceKey } from "../../model/records.ts";
import { profileLayers, selectorOf, type RecordForLayers } from "../layers.ts";
import { anyOf, selectorSql } from "../selector-sql.ts";
import type { Before } from "./apply-devices.ts";
import { fullName, planName } from "./apply-records.ts";
import type { Trx } from "../transaction.ts";

type Records = readonly RecordForLayers[];
type DeviceForLayers = Parameters<typeof profileLayers>[1];

export interface Change {
  readonly before: Records;
  readonly after: Records;
  /** Full names of records that the apply created or changed. */
  readonly written: ReadonlySet<string>;
  readonly devices: ReadonlyMap<DeviceKey, Before>;
}

export interface Effect {
  /** Devices whose effective fields changed; a new device counts only for what profiles of the same apply give it. */
  readonly touched: readonly DeviceKey[];
  /** Those of them of which nothing but paced fields changed. */
  readonly paced: ReadonlySet<DeviceKey>;
  /** New devices that profiles of before already cover: not counted, but something is wanted of them now. */
  readonly claimed: readonly DeviceKey[];
  /** The first disagreement of profiles that this apply made. */
  readonly conflict: { readonly device: DeviceId; readonly clash: FieldClash } | null;
}

interface Candidate {
  device: DeviceKey;
  device_id: DeviceId;
  oui: string;
  product_class: string | null;
  serial: string;
  acs: string;
  labels: Record<string, string>;
  facts: Partial<DeviceFacts> | null;
  /** Fields that documents hold; profiles say nothing there. */
  owned: FieldName[];
}

/** Rows in memory at a time. */
const BATCH = 5_000;

/** Profiles that this apply wrote, or whose frequency plan it wrote. */
function affected(change: Change): Records {
  return [...change.before, ...change.after].filter((record) => {
    const plan = planName(record);
    const planned = plan !== undefined && change.written.has(`FrequencyPlan/${plan}`);
    return record.kind === "Profile" && (planned || change.written.has(fullName(record)));
  });
}

async function* candidates(trx: Trx, change: Change): AsyncGenerator<Candidate> {
  const texts = new Set(affected(change).map((profile) => String(profile.spec["selector"])));
  const selectors = [...texts].flatMap((text) => selectorOf(text) ?? []);
  const devices = [...change.devices.keys()];
  if (selectors.length === 0 && devices.length === 0) return;
  const covered = anyOf(selectors.map((selector) => selectorSql(selector, "record")));
  for (let after = 0; ;) {
    const page = await sql<Candidate>`
      select d.device, d.device_id, d.oui, d.product_class, d.serial, d.acs, d.labels, d.facts,
        coalesce((select array_agg(field order by field) from desired_documents o, jsonb_object_keys(o.spec) as field
                  where o.device = d.device and o.ended_at is null), '{}') as owned
      from devices d
      where d.device > ${after} and (d.device = any(${devices}::bigint[]) or ${covered})
      order by d.device limit ${BATCH}`.execute(trx);
    yield* page.rows;
    if (page.rows.length < BATCH) return;
    after = page.rows.at(-1)?.device ?? Infinity;
  }
}

function forLayers(row: Candidate, before: Before): DeviceForLayers {
  const { oui, product_class: productClass, serial } = row;
  return {
    id: row.device_id,
    acs: before?.acs ?? row.acs,
    identity: { oui, productClass, serial },
    facts: { ...NO_FACTS, ...row.facts },
    labels: before?.labels ?? row.labels,
  };
}

function matching(records: Records, device: DeviceForLayers): readonly string[] {
  const attributes = attributesOf(device, null);
  return records.flatMap(({ kind, name, spec }) => {
    const selector = kind === "Profile" ? selectorOf(String(spec["selector"])) : null;
    return selector !== null && matches(selector, attributes) ? [name] : [];
  });
}

/** Values of documents are the same before and after, so they need not be known: only that they stand there. */
function effective(
  records: Records,
  device: DeviceForLayers,
  owned: readonly FieldName[],
): Effective {
  const fields = Object.fromEntries(owned.map((name) => [name, "of a document"]));
  const document: DesiredDocument = {
    writer: "",
    generation: 0,
    fields: fields,
    secretDigest: null,
    changedAt: new Date(0),
    endedAt: null,
  };
  // Parking credentials stay out: a profile never holds credentials, so they are the same before and after.
  return effectiveOf({ owedRevocations: [] }, profileLayers(records, device), [document], null);
}

interface Fate {
  readonly changed: boolean;
  readonly paced: boolean;
  readonly wanted: boolean;
  readonly clash: FieldClash | undefined;
}

function onlyPaced(before: Effective, after: Effective): boolean {
  const said = ({ fields, clashes }: Effective, name: FieldName): string =>
    hashValue([
      fields.find((field) => field.name === name)?.value ?? null,
      clashes.filter(({ field }) => field === name),
    ]);
  return FIELD_NAMES.filter((name) => said(before, name) !== said(after, name)).every(
    (name) => FIELDS[name].paced === true,
  );
}

function fateOf(change: Change, row: Candidate, old: DeviceForLayers, now: DeviceForLayers): Fate {
  const before = effective(change.before, old, row.owned);
  const after = effective(change.after, now, row.owned);
  const blamed = new Set(affected(change).map(({ name }) => name));
  return {
    changed: before.generation !== after.generation,
    paced: onlyPaced(before, after),
    wanted: after.fields.length + after.clashes.length > 0,
    // A clash that a label made is shown on the device and refuses nothing: only profiles answer for profiles.
    clash: after.clashes.find(({ records }) => records.some((name) => blamed.has(name))),
  };
}

export async function effectOf(trx: Trx, change: Change): Promise<Effect> {
  const touched: DeviceKey[] = [];
  const claimed: DeviceKey[] = [];
  const paced = new Set<DeviceKey>();
  const fates = new Map<string, Fate>();
  for await (const row of candidates(trx, change)) {
    const before = change.devices.get(row.device);
    const old = forLayers(row, before ?? null);
    const now = forLayers(row, null);
    const kind = JSON.stringify([
      matching(change.before, old),
      matching(change.after, now),
      row.owned,
    ]);
    const fate = fates.get(kind) ?? fateOf(change, row, old, now);
    fates.set(kind, fate);
    const { clash } = fate;
    if (clash !== undefined) {
      return { touched, paced, claimed, conflict: { device: row.device_id, clash } };
    }
    if (fate.changed && fate.paced) paced.add(row.device);
    if (fate.changed) touched.push(row.device);
    else if (before === null && fate.wanted) claimed.push(row.device);
  }
  return { touched, paced, claimed, conflict: null };
}
