/**
 * What would be written to the CPE if a change were made: decided as a pass decides it, from what was last read of the
 * device, without a call. A pass reads the device first, so this is what is known now and no promise.
 */
import type { Mapper, MapSet } from "../mapping/mapper.ts";
import { effectiveOf } from "../model/effective.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { Edit, Operation, Snapshot } from "../model/parameter.ts";
import type { Assessment } from "../model/plan.ts";
import type { LoadedDevice } from "../model/records.ts";
import { diff } from "../reconcile/diff.ts";
import { plan } from "../reconcile/plan.ts";

export interface PlannedChange {
  /** A parameter, or a table or row; null for what concerns the whole device. */
  readonly path: string | null;
  readonly does: Exclude<Operation["kind"], "download">;
  /** As last read; null where nothing was. Never of a secret. */
  readonly from: string | null;
  /** Null for a secret: it changes, and that is all that is said. */
  readonly to: string | null;
}

export interface DesiredPlan {
  /** The read that it rests on; null: the device was never read, or no map fits it, so nothing can be said. */
  readonly basis: { readonly readAt: Date; readonly map: string; readonly mapHash: string } | null;
  readonly fields: readonly {
    readonly field: FieldName;
    readonly verdict: Assessment["kind"];
    readonly detail: string;
  }[];
  /** Content address of all writes; null without a basis. */
  readonly hash: string | null;
  /** ACS calls from here: a write and the read that proves it for each step. */
  readonly calls: number;
  readonly steps: readonly {
    readonly fields: readonly FieldName[];
    readonly interrupts: readonly string[];
    readonly reboot: string;
    readonly changes: readonly PlannedChange[];
  }[];
}

const BY_STEPS = "brought step by step, each by an image; a pass decides the next one";
const UNREAD = "nothing is known of the device yet; it is read first";

/** Pure: the same facts give the same plan. */
export function desiredPlan(device: LoadedDevice, maps: MapSet): DesiredPlan {
  const { record, profiles, documents, parking, observation, secretStates } = device;
  const effective = effectiveOf(record, profiles, documents, parking);
  const mapper = mapperOf(device, maps);
  if (observation === null || mapper === null) {
    const fields = effective.fields.map(({ name }) => unknown(name, UNREAD));
    return { basis: null, fields, hash: null, calls: 0, steps: [] };
  }
  const { snapshot } = observation;
  const plain = effective.fields.filter(({ name }) => name !== "firmware");
  const assessments = diff({ ...effective, fields: plain }, mapper, snapshot, secretStates);
  const { hash, calls, steps } = plan(assessments);
  const firmware = effective.fields.length > plain.length ? [unknown("firmware", BY_STEPS)] : [];
  return {
    basis: { readAt: observation.readAt, map: mapper.name, mapHash: mapper.hash },
    fields: [...assessments.map(verdictOf), ...firmware],
    ...{ hash, calls },
    steps: steps.map(({ fields, effect, operation }) => ({
      fields,
      interrupts: effect.interrupts,
      reboot: effect.reboot,
      changes: changesOf(operation, snapshot),
    })),
  };
}

function mapperOf({ record }: LoadedDevice, maps: MapSet): Mapper | null {
  const selection = maps.select(record.facts);
  if (selection.kind === "map") return selection.mapper;
  return selection.kind === "undecided" ? selection.likely : null;
}

function unknown(field: FieldName, detail: string): DesiredPlan["fields"][number] {
  return { field, verdict: "unknown", detail };
}

function verdictOf(assessment: Assessment): DesiredPlan["fields"][number] {
  const { field, kind: verdict } = assessment;
  return { field, verdict, detail: assessment.kind === "equal" ? "as wanted" : assessment.detail };
}

function changesOf(operation: Operation, snapshot: Snapshot): PlannedChange[] {
  const whole = (path: string | null, does: PlannedChange["does"]): PlannedChange[] => [
    { path, does, from: null, to: null },
  ];
  switch (operation.kind) {
    case "set":
      return operation.edits.map((edit) => changeOf(edit, snapshot));
    case "add":
      return whole(operation.table, "add");
    case "delete":
      return whole(operation.row, "delete");
    case "reboot":
    case "factoryReset":
      return whole(null, operation.kind);
    case "download":
      return [];
  }
}

function changeOf({ path, value }: Edit, snapshot: Snapshot): PlannedChange {
  if (value.kind === "secret") return { path, does: "set", from: null, to: null };
  const before = snapshot.values.get(path);
  return { path, does: "set", from: before?.kind === "value" ? before.text : null, to: value.text };
}
