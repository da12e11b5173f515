/**
 * Desired against observed, field by field. Unknown is not drift; a secret that reads back empty is neither drift nor
 * proof. Everything is compared as logical values in normal form, never as wire text.
 */
import { jointEffect, sideBySide } from "../mapping/arrange.ts";
import type { Mapper, PutRefusal, PutResult } from "../mapping/mapper.ts";
import type { Effective, EffectiveField } from "../model/effective.ts";
import { FIELDS } from "../model/fields/index.ts";
import {
  printLogical,
  type LogicalValue,
  type LogicalValues,
  type Observation,
} from "../model/logical.ts";
import type { Operation, Snapshot } from "../model/parameter.ts";
import type { Assessment } from "../model/plan.ts";
import { DOUBTED, LOST_SECRET, type SecretState } from "../model/records.ts";
import type { Reason } from "../model/status.ts";
import { carrierOf, fitting, type AnyField } from "./carriers.ts";

/** Why a secret is written once more though its record stands as it was, by what stands in place of its digest. */
const GONE: Readonly<Record<string, string>> = {
  [DOUBTED]: "may have been replaced by a write that was executed late",
  [LOST_SECRET]: "was lost with other values when the device was reset",
};

type SecretStates = ReadonlyMap<string, SecretState>;

/** What was found, as people may see it. */
function shown(observation: Observation): string {
  switch (observation.kind) {
    case "value":
      return printLogical(observation.value);
    case "nonconforming":
      return `${printLogical(observation.value)}, but ${observation.path} ${observation.detail}`;
    case "absent":
    case "unread":
    case "unreadable":
    case "foreign":
      return observation.kind;
  }
}

/** What a refusal means to a person; any other is the device's: it cannot hold the value. */
const REFUSED: { readonly [Code in PutRefusal]?: Reason } = {
  observe_only: "ObserveOnlyField",
  foreign: "ForeignValue",
  absent: "ParameterAbsent",
  no_instance: "NoInstance",
  ambiguous_instance: "AmbiguousInstance",
};

/** Why the map would not write it. What was not read is unknown (I5): neither the device nor its map refused anything. */
function refusal(
  field: EffectiveField["name"],
  logical: string,
  put: Extract<PutResult, { kind: "refused" }>,
): Assessment {
  const detail = `${logical}: ${put.message}`;
  if (put.code === "unread") return { kind: "unknown", field, detail };
  return { kind: "cannot", field, reason: REFUSED[put.code] ?? "ValueRefused", detail };
}

function assess(
  field: EffectiveField,
  mapper: Mapper,
  snapshot: Snapshot,
  secrets: SecretStates,
): Assessment {
  const def = FIELDS[field.name] as AnyField;
  if (mapper.general) {
    const nearest = mapper.nearest === null ? "" : ` (nearest is ${mapper.nearest})`;
    const detail =
      mapper.suggested !== null
        ? `the map ${mapper.suggested} is only suggested; read it, then take its label "status" away`
        : `only the general map ${mapper.name} fits${nearest}; nothing is written through it; plumb map learn proposes one`;
    return { kind: "unmapped", field: field.name, detail };
  }
  const carrier = carrierOf(def, mapper);
  if (carrier === null) {
    const wanted = def.carriers.map((c) => c.required.join(" + ")).join(", or ");
    const how = fitting(def, mapper).length > 1 ? "several" : "none";
    return {
      kind: "unmapped",
      field: field.name,
      detail: `map ${mapper.name} binds ${how} of: ${wanted}`,
    };
  }
  const desired = new Map(
    [...def.toLogical(field.value, carrier)].filter(([logical]) => mapper.bindings.has(logical)),
  );
  const plain: [string, LogicalValue][] = [];
  const secret: [string, LogicalValue][] = [];
  for (const entry of desired) {
    (mapper.bindings.get(entry[0])?.secret === true ? secret : plain).push(entry);
  }
  const calls = new Map<string, readonly Operation[]>();
  const differences: string[] = [];
  for (const [logical, value] of plain) {
    const observation = mapper.get(logical, snapshot);
    if (observation.kind === "unread") {
      return {
        kind: "unknown",
        field: field.name,
        detail: `${observation.path} was not in the answer`,
      };
    }
    const put = mapper.put(logical, value, snapshot);
    if (put.kind === "refused") return refusal(field.name, logical, put);
    if (put.calls.length === 0) continue;
    calls.set(logical, put.calls);
    differences.push(`${logical} is ${shown(observation)}`);
  }
  for (const [logical] of secret) {
    const observation = mapper.get(logical, snapshot);
    if (observation.kind !== "absent") continue;
    const detail = `${logical}: ${observation.path} does not exist on this device`;
    return { kind: "cannot", field: field.name, reason: "ParameterAbsent", detail };
  }
  const changedSecrets = secret.filter(([logical]) => {
    const state = secrets.get(logical);
    return state !== undefined && state.digest !== field.secretDigest;
  });
  // A new user name with the old password would cut the line, so a changed identity takes its secret along.
  const writeSecrets = calls.size > 0 ? secret : changedSecrets;
  for (const [logical, value] of writeSecrets) {
    const put = mapper.put(logical, value, snapshot);
    if (put.kind === "refused") return refusal(field.name, logical, put);
    calls.set(logical, put.calls);
  }
  for (const [logical] of changedSecrets) {
    const why = GONE[secrets.get(logical)?.digest ?? ""] ?? "was changed in its record";
    differences.push(`${logical} ${why}`);
  }
  if (calls.size === 0) {
    const believed = secret.map(([logical]) => logical).filter((logical) => !secrets.has(logical));
    return { kind: "equal", field: field.name, believed };
  }
  const written = [...calls.keys()].flatMap((logical) => mapper.bindings.get(logical) ?? []);
  const values: LogicalValues = new Map([...desired].filter(([logical]) => calls.has(logical)));
  return {
    kind: "drift",
    field: field.name,
    values,
    calls: sideBySide([...calls.values()]).map(({ operation }) => operation),
    effect: jointEffect(written.map(({ effects }) => effects)),
    after: written.flatMap(({ after }) => after),
    detail: differences.join("; "),
  };
}

/** One assessment for each desired field, in the order of `effective`. */
export function diff(
  effective: Effective,
  mapper: Mapper,
  snapshot: Snapshot,
  secrets: SecretStates,
): Assessment[] {
  return effective.fields.map((field) => assess(field, mapper, snapshot, secrets));
}
