/** From stored rows to the layers of one device: which profiles match, with their frequency plans filled in. */
import {
  attributesOf,
  matches,
  parseSelector,
  specificity,
  type Selector,
} from "../fleet/selector.ts";
import { FIELDS, FIELD_NAMES } from "../model/fields/index.ts";
import type { DeviceRecord, FieldSet, ProfileLayer } from "../model/records.ts";

export interface RecordForLayers {
  readonly kind: string;
  readonly name: string;
  readonly revision: number;
  readonly owner: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly changedAt: Date;
}

const selectors = new Map<string, Selector | null>();

/** Parsed once for each text. A selector that does not parse matches nothing; it was refused when it was applied. */
export function selectorOf(text: string): Selector | null {
  let selector = selectors.get(text);
  if (selector === undefined) {
    const parsed = parseSelector(text, { allow: "record" });
    selector = parsed.kind === "selector" ? parsed.selector : null;
    if (selectors.size > 10_000) selectors.clear();
    selectors.set(text, selector);
  }
  return selector;
}

/** `{plan: NAME}` becomes the plan's own content; a plan that is gone leaves the field out. */
function fieldsOf(spec: RecordForLayers["spec"], plans: ReadonlyMap<string, unknown>): FieldSet {
  const written = (spec["fields"] ?? {}) as Readonly<Record<string, unknown>>;
  const fields: Record<string, unknown> = {};
  for (const name of FIELD_NAMES) {
    const value = written[name];
    if (value === undefined) continue;
    const reference = (value as { plan?: string }).plan;
    const content = reference === undefined ? value : plans.get(reference);
    const parsed = FIELDS[name].schema.safeParse(content);
    if (parsed.success) fields[name] = parsed.data;
  }
  return fields;
}

/** The profiles that match a device, in no order: their specificity decides. */
export function profileLayers(
  records: readonly RecordForLayers[],
  device: Pick<DeviceRecord, "id" | "acs" | "identity" | "facts" | "labels">,
): ProfileLayer[] {
  const plans = new Map(
    records
      .filter((record) => record.kind === "FrequencyPlan")
      .map((record) => [record.name, record.spec]),
  );
  const attributes = attributesOf(device, null);
  return records.flatMap((record): ProfileLayer[] => {
    if (record.kind !== "Profile") return [];
    const selector = selectorOf(String(record.spec["selector"]));
    if (selector === null || !matches(selector, attributes)) return [];
    return [
      {
        name: record.name,
        revision: record.revision,
        owner: record.owner,
        specificity: specificity(selector),
        fields: fieldsOf(record.spec, plans),
        changedAt: record.changedAt,
      },
    ];
  });
}

/** Does a selector that stands in a record (a stop, the scope of an ACS) cover this device? `all` covers every one. */
export function covers(
  text: string | null,
  device: Pick<DeviceRecord, "id" | "acs" | "identity" | "facts" | "labels">,
): boolean {
  if (text === null) return true;
  const selector = selectorOf(text);
  return selector !== null && matches(selector, attributesOf(device, null));
}
