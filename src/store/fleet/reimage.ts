/**
 * Which devices a change of firmware images touches: those that one of them is made for, before or after, and that want
 * another version than they run. With paths of several steps it may be any image on the way that they have waited for, so
 * what the path would be is not asked here: a pass that finds nothing to do costs a read.
 */
import { sql } from "kysely";
import { effectiveOf } from "../../model/effective.ts";
import { NO_FACTS, type DeviceFacts } from "../../model/device.ts";
import type { DesiredDocument, DeviceKey } from "../../model/records.ts";
import type { ManifestRecord } from "../../ports/fleet-store.ts";
import { firmwareSpecOf, type FirmwareSpec } from "../images.ts";
import { profileLayers, selectorOf, type RecordForLayers } from "../layers.ts";
import { anyOf, selectorSql } from "../selector-sql.ts";
import type { Trx } from "../transaction.ts";

type Images = ReadonlyMap<string, FirmwareSpec>;

/** As they are now, of those that an apply is about; empty when it is about none. */
export async function imagesAmong(trx: Trx, records: readonly ManifestRecord[]): Promise<Images> {
  const names = records.flatMap(({ kind, name }) => (kind === "FirmwareImage" ? [name] : []));
  if (names.length === 0) return new Map();
  const rows = await trx
    .selectFrom("records")
    .select(["name", "spec"])
    .where("kind", "=", "FirmwareImage")
    .where("name", "in", names)
    .execute();
  return new Map(rows.map(({ name, spec }) => [name, firmwareSpecOf(spec)]));
}

interface Candidate {
  device: DeviceKey;
  device_id: string;
  oui: string;
  product_class: string | null;
  serial: string;
  acs: string;
  labels: Record<string, string>;
  facts: Partial<DeviceFacts> | null;
  /** What a document of its own says of the field `firmware`. */
  own: DesiredDocument["fields"]["firmware"] | null;
}

/** Managed devices that one of the images is made for. */
async function candidates(trx: Trx, selectors: readonly string[]): Promise<Candidate[]> {
  const parsed = selectors.flatMap((text) => selectorOf(text) ?? []);
  const fits = anyOf(parsed.map((selector) => selectorSql(selector, "record")));
  const found = await sql<Candidate>`
    select d.device, d.device_id, d.oui, d.product_class, d.serial, d.acs, d.labels, d.facts,
      (select o.spec -> 'firmware' from desired_documents o
       where o.device = d.device and o.ended_at is null and o.spec ? 'firmware' limit 1) as own
    from devices d join work w on w.device = d.device
    where ${fits}`.execute(trx);
  return found.rows;
}

function wantedBy(row: Candidate, layers: readonly RecordForLayers[]): string | undefined {
  if (row.own !== null) return row.own?.version;
  const profiles = profileLayers(layers, {
    id: row.device_id,
    acs: row.acs,
    identity: { oui: row.oui, productClass: row.product_class, serial: row.serial },
    facts: { ...NO_FACTS, ...row.facts },
    labels: row.labels,
  });
  const { fields } = effectiveOf({ owedRevocations: [] }, profiles, [], null);
  const field = fields.find(({ name }) => name === "firmware");
  return field?.name === "firmware" ? field.value.version : undefined;
}

/** @param written full names of the records that the apply created or changed */
export async function reimagedDevices(
  trx: Trx,
  before: Images,
  after: Images,
  layers: readonly RecordForLayers[],
  written: ReadonlySet<string>,
): Promise<DeviceKey[]> {
  const selectors = [...before, ...after]
    .filter(([name]) => written.has(`FirmwareImage/${name}`))
    .map(([, { selector }]) => selector);
  if (selectors.length === 0) return [];
  const found: DeviceKey[] = [];
  for (const row of await candidates(trx, [...new Set(selectors)])) {
    const wanted = wantedBy(row, layers);
    if (wanted !== undefined && wanted !== row.facts?.softwareVersion) found.push(row.device);
  }
  return found;
}
