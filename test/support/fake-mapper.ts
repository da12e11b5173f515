/**
 * A parameter map that is a table: each logical parameter has one path, whose text is the value as JSON. Like a real map
 * it shows secrets as unreadable, leaves equal values alone and writes nothing on the basis of what was not read.
 *
 * It does not imitate anchors, tables or companions; `test/unit/mapping` tests those on the shipped maps.
 */
import { canonicalJson } from "../../src/lib/hash.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Mapper, PutRefusal, PutResult } from "../../src/mapping/mapper.ts";
import { NO_FACTS } from "../../src/model/device.ts";
import { isRecord, type LogicalValue, type Observation } from "../../src/model/logical.ts";
import type { Edit, Operation, Reading, Snapshot } from "../../src/model/parameter.ts";
import type { EffectClass } from "../../src/model/plan.ts";
import { editsOf, setOf } from "./operations.ts";

export interface FakeBinding {
  readonly secret?: boolean;
  readonly observeOnly?: boolean;
  readonly effects?: Partial<EffectClass>;
  /** `put` refuses every value with this. */
  readonly refuses?: PutRefusal;
  /** A list takes one call for each row that differs. */
  readonly rowPerCall?: boolean;
}

const ROOT = "Device.X_FAKE.";
const pathOf = (logical: string): string => ROOT + logical;

/** Texts that `get` takes for something else than a value. */
const FOREIGN = "?";

/** What a read gave: a logical value, or why there is none. */
export type Held = LogicalValue | HeldBadly;

interface HeldBadly {
  readonly is: "failed" | "nil" | "foreign" | "nonconforming";
  readonly value?: LogicalValue;
}
const isHeldBadly = (held: Held): held is HeldBadly =>
  isRecord(held) && typeof held["is"] === "string";

function readingOf(held: Held): Reading {
  if (held instanceof Secret) return { kind: "value", text: "" };
  if (isHeldBadly(held)) {
    if (held.is === "failed") return { kind: "failed", code: 9002, text: "internal error" };
    if (held.is === "nil") return { kind: "null" };
    return { kind: "value", text: FOREIGN + JSON.stringify(held.value ?? null) };
  }
  return { kind: "value", text: JSON.stringify(held) };
}

/** A read of these logical parameters; `covered` says that what is not among them is absent, not unread. */
export function snapshotOf(
  values: Readonly<Record<string, Held>>,
  { covered = false }: { readonly covered?: boolean } = {},
): Snapshot {
  return {
    values: new Map(
      Object.entries(values).map(([logical, held]) => [pathOf(logical), readingOf(held)]),
    ),
    covered: covered ? [ROOT] : [],
  };
}

/** The device after the calls: what the next read shows. Secrets read back empty. */
export function written(
  before: Snapshot,
  calls: readonly Operation[],
  logicals: Readonly<Record<string, LogicalValue>>,
): Snapshot {
  const values = new Map(before.values);
  for (const { path, value } of calls.flatMap(editsOf)) {
    const logical = path.slice(ROOT.length).split("#")[0] ?? "";
    const whole = logicals[logical];
    if (value.kind === "text" && whole !== undefined) {
      values.set(pathOf(logical), { kind: "value", text: JSON.stringify(whole) });
    }
  }
  return { values, covered: before.covered };
}

function observe(logical: string, binding: FakeBinding, snapshot: Snapshot): Observation {
  const path = pathOf(logical);
  const reading = snapshot.values.get(path);
  if (reading === undefined) {
    return snapshot.covered.some((subtree) => path.startsWith(subtree))
      ? { kind: "absent", path, detail: "the device has no such parameter" }
      : { kind: "unread", path };
  }
  if (reading.kind === "failed") return { kind: "unread", path };
  if (binding.secret === true) return { kind: "unreadable", path };
  if (reading.kind === "null") return { kind: "unread", path };
  if (reading.text.startsWith(FOREIGN)) {
    const value = JSON.parse(reading.text.slice(FOREIGN.length)) as LogicalValue | null;
    return value === null
      ? { kind: "foreign", path, detail: "is not a value of this kind" }
      : { kind: "nonconforming", value, path, detail: "its companion is off" };
  }
  return { kind: "value", value: JSON.parse(reading.text) as LogicalValue, paths: [path] };
}

function callsFor(
  logical: string,
  value: LogicalValue,
  binding: FakeBinding,
  observed: Observation,
): Operation[] {
  const path = pathOf(logical);
  if (value instanceof Secret) return [setOf({ path, value: { kind: "secret", logical } })];
  const text = (part: unknown): Edit["value"] => ({ kind: "text", text: JSON.stringify(part) });
  if (binding.rowPerCall !== true || !Array.isArray(value))
    return [setOf({ path, value: text(value) })];
  const before: readonly unknown[] =
    observed.kind === "value" && Array.isArray(observed.value) ? observed.value : [];
  return Array.from({ length: Math.max(value.length, before.length) }, (_, i) => i)
    .filter((i) => canonicalJson(value[i]) !== canonicalJson(before[i]))
    .map((i) => setOf({ path: `${path}#${i}`, value: text(value[i] ?? "") }));
}

export function fakeMapper(
  bindings: Readonly<Record<string, FakeBinding>>,
  name = "fake-map",
): Mapper {
  const refused = (code: PutRefusal, path: string, message: string): PutResult => ({
    kind: "refused",
    code,
    path,
    message,
  });
  const get = (logical: string, snapshot: Snapshot): Observation =>
    observe(logical, bindings[logical] ?? {}, snapshot);
  return {
    name,
    layers: [name],
    general: false,
    suggested: null,
    nearest: null,
    resolved: { general: false, declares: {}, anchors: {}, bind: {}, actions: {} },
    origin: () => null,
    hash: name.padEnd(64, "0"),
    identityPath: `${ROOT}SerialNumber`,
    bindings: new Map(
      Object.entries(bindings).map(([logical, { secret, observeOnly, effects }]) => [
        logical,
        {
          logical,
          secret: secret ?? false,
          observeOnly: observeOnly ?? false,
          effects: { interrupts: [], reboot: "none", applies: "now", settleMs: 0, ...effects },
          after: [],
        },
      ]),
    ),
    evidence: () => [],
    wanted: (logicals) => logicals.map(pathOf),
    facts: () => NO_FACTS,
    get,
    put(logical, value, snapshot) {
      const binding = bindings[logical];
      const path = pathOf(logical);
      if (binding === undefined) return refused("unbound", path, "is not mapped");
      const observed = get(logical, snapshot);
      if (observed.kind === "value" && canonicalJson(observed.value) === canonicalJson(value))
        return { kind: "edits", calls: [] };
      if (binding.observeOnly === true)
        return refused("observe_only", path, "can be read and not written");
      if (binding.refuses !== undefined) return refused(binding.refuses, path, "is refused");
      if (observed.kind === "absent") return refused("absent", path, observed.detail);
      if (observed.kind === "unread") return refused("unread", path, "was not read");
      if (observed.kind === "foreign") return refused("foreign", path, observed.detail);
      return { kind: "edits", calls: callsFor(logical, value, binding, observed) };
    },
  };
}
