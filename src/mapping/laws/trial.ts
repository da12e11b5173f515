/** One binding on one device, ready to be tried: read, get, put, and put until there is nothing left to put. */
import fc from "fast-check";
import { canonicalJson } from "../../lib/hash.ts";
import { Secret } from "../../lib/secret.ts";
import { isList, sameValue, type LogicalValue, type Observation } from "../../model/logical.ts";
import {
  EMPTY_SNAPSHOT,
  overlay,
  pathsOf,
  type Operation,
  type ParameterPath,
  type Snapshot,
} from "../../model/parameter.ts";
import { samples } from "../dictionary/samples.ts";
import { apply } from "../lab/apply.ts";
import type { LabDevice, Numbering } from "../lab/device.ts";
import * as lab from "../lab/read.ts";
import type { PutRefusal, PutResult } from "../mapper.ts";
import { pruned } from "./prune.ts";
import type { Bound, Subject } from "./subject.ts";
import { valuesOf } from "./values.ts";

export interface Trial {
  readonly subject: Subject;
  readonly bound: Bound;
  readonly logical: string;
  /** Name of the tree, for reports. */
  readonly tree: string;
  readonly whole: LabDevice;
  /** Nothing but what the map reads for this binding. */
  readonly device: LabDevice;
  readonly names: readonly ParameterPath[];
  /** Can the device be written at all? If not, the refusal that every edge value meets. */
  readonly standing: "open" | PutRefusal;
  /** The order of a list means nothing to this binding. */
  readonly asSet: boolean;
}

/** What a device may do in one way or another. */
export interface Manner {
  readonly numbering: Numbering;
  /** Every call is followed by a read and a new plan, as the engine does it; else only where a plan needs it. */
  readonly stepwise: boolean;
}

const PLAIN: Manner = { numbering: "after-last", stepwise: false };
export const manners: fc.Arbitrary<Manner> = fc.record({
  numbering: fc.constantFrom<Numbering>("after-last", "lowest-free"),
  stepwise: fc.boolean(),
});

export type Settled =
  | { readonly kind: "settled"; readonly device: LabDevice; readonly done: readonly Operation[] }
  | {
      readonly kind: "refused";
      readonly code: PutRefusal;
      readonly path: string;
      readonly message: string;
    }
  /** What no map may do: a fault, half a plan, a plan without end. */
  | { readonly kind: "broken"; readonly message: string };

/** Longer walks along references are given up by the map too. */
const MAX_READS = 10;

/** All that is read of the binding on this device: tables whole, walks to their end. */
function namesFor(subject: Subject, logical: string, device: LabDevice): ParameterPath[] {
  const names = new Set<ParameterPath>();
  let known: Snapshot | null = null;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const before = names.size;
    const wanted = subject.mapper.wanted([logical], known);
    for (const name of wanted) names.add(name);
    known = overlay(known ?? EMPTY_SNAPSHOT, lab.read(device, wanted));
    if (names.size === before || subject.mapper.get(logical, known).kind !== "unread") break;
  }
  return [...names];
}

/** @param whole as it was first: nothing was written to it yet */
export function trialOf(subject: Subject, bound: Bound, tree: string, whole: LabDevice): Trial {
  const { logical } = bound.binding;
  const names = namesFor(subject, logical, whole);
  const cut = pruned(whole.tree, names, bound, subject);
  const device = { ...whole, tree: cut, first: cut };
  const trial: Trial = {
    ...{ subject, bound, logical, tree, whole, device, names },
    standing: "open",
    asSet: false,
  };
  return { ...trial, standing: standingOf(trial), asSet: takesAnyOrder(trial) };
}

function standingOf(trial: Trial): Trial["standing"] {
  let standing: Trial["standing"] = "observe_only";
  for (const value of samples(trial.bound.type.domain)) {
    const result = put(trial, value);
    if (result.kind === "edits") return "open";
    standing = result.code;
    if (standing !== "domain" && standing !== "inexact" && standing !== "table_full") break;
  }
  return standing;
}

/** Does the other order of some list mean no edit? */
function takesAnyOrder(trial: Trial): boolean {
  const { domain } = trial.bound.type;
  if (domain.kind !== "list" || domain.order === "set") return false;
  const drawn = fc.sample(valuesOf(domain), { seed: 1, numRuns: 50 });
  for (const value of [...samples(domain), ...drawn]) {
    if (!isList(value) || new Set(value.map(canonicalJson)).size < 2) continue;
    const settled = settle(trial, trial.device, value);
    if (settled.kind !== "settled") continue;
    const other = put(trial, [...value].reverse(), settled.device);
    return other.kind === "edits" && other.calls.length === 0;
  }
  return false;
}

export const read = ({ names }: Trial, device: LabDevice): Snapshot => lab.read(device, names);

export const get = (trial: Trial, device: LabDevice = trial.device): Observation =>
  trial.subject.mapper.get(trial.logical, read(trial, device));

export const put = (
  trial: Trial,
  value: LogicalValue,
  device: LabDevice = trial.device,
): PutResult => trial.subject.mapper.put(trial.logical, value, read(trial, device));

const makesPlaceholders = (operation: Operation): boolean =>
  pathsOf(operation).some((path) => path.includes("{"));

/** The calls of a plan that can be sent before the device has to be read again. */
function sendable(calls: readonly Operation[], { stepwise }: Manner): readonly Operation[] {
  const open = calls.findIndex(makesPlaceholders);
  return calls.slice(0, stepwise ? 1 : open < 0 ? undefined : open);
}

/** Puts, reads and puts again until there is nothing to write. A secret has no such end: one plan is all. */
export function settle(
  trial: Trial,
  start: LabDevice,
  value: LogicalValue,
  manner: Manner = PLAIN,
): Settled {
  const secretOf = (): string => (value instanceof Secret ? value.open() : "");
  let device: LabDevice = {
    ...start,
    options: { ...start.options, numbering: manner.numbering },
  };
  const done: Operation[] = [];
  let left = Infinity;
  for (;;) {
    const plan = put(trial, value, device);
    if (plan.kind === "refused") {
      if (done.length === 0) return plan;
      const rest = `${plan.code} at ${plan.path}: ${plan.message}`;
      return { kind: "broken", message: `a part was written, and the rest is refused: ${rest}` };
    }
    left = Math.min(left, 3 * plan.calls.length + 6);
    if (plan.calls.length === 0) return { kind: "settled", device, done };
    if (left <= 0) return { kind: "broken", message: "there is no end of edits" };
    const calls = sendable(plan.calls, manner);
    if (calls.some((call) => call.kind === "set" && call.edits.length === 0))
      return { kind: "broken", message: "a call sets nothing" };
    const applied = apply(device, calls, secretOf);
    if (applied.kind === "fault")
      return { kind: "broken", message: `fault ${applied.code} at ${applied.path}` };
    device = applied.device;
    done.push(...calls);
    left -= 1;
    if (value instanceof Secret && calls.length === plan.calls.length)
      return { kind: "settled", device, done };
  }
}

const asTheSame = (value: LogicalValue): string =>
  isList(value) ? [...new Set(value.map(canonicalJson))].sort().join() : canonicalJson(value);

/** Equal as far as the dictionary says, and for a list also in the way in which the map takes its order. */
export const equal = ({ asSet }: Trial, a: LogicalValue, b: LogicalValue): boolean =>
  sameValue(a, b) || (asSet && asTheSame(a) === asTheSame(b));
