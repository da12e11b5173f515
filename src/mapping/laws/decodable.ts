/** From a device that holds nothing to one whose every binding shows a value, by writing whatever can be written. */
import { isList, type LogicalValue } from "../../model/logical.ts";
import fc from "fast-check";
import { pathsOf } from "../../model/parameter.ts";
import { canonical } from "../../model/tree/lexical.ts";
import { samples } from "../dictionary/samples.ts";
import { apply } from "../lab/apply.ts";
import type { LabDevice } from "../lab/device.ts";
import { read } from "../lab/read.ts";
import { observationOf } from "../outcomes.ts";
import type { Bound, Subject } from "./subject.ts";
import { valuesOf } from "./values.ts";

/** Texts as devices say them, for bindings that cannot be written. */
const SAYINGS = [
  "1",
  "0",
  "true",
  "Up",
  "-70",
  "1.0",
  "02:00:5e:10:00:af",
  "192.0.2.1",
  "2412 MHz",
];
const MAX_PLANS = 6;

/** Does the binding show a value, or something that it knows to hold one? */
export function isShown({ lens, type }: Bound, subject: Subject, device: LabDevice): boolean {
  const { kind } = observationOf(lens.get(subject.view(read(device))), type);
  return kind === "value" || kind === "unreadable";
}

const rowsOf = (subject: Subject, device: LabDevice): string => {
  const view = subject.view(read(device));
  return JSON.stringify([...subject.anchors.keys()].map((name) => view.anchor(name)));
};

/** The device with this value, however it stood before; undefined where the lens has no way. */
function written(
  { lens }: Bound,
  subject: Subject,
  start: LabDevice,
  value: LogicalValue,
): LabDevice | undefined {
  let device = start;
  for (let plans = 0; plans < MAX_PLANS; plans += 1) {
    const view = subject.view(read(device));
    const form = lens.normal(value, view);
    const plan = form.ok ? lens.put(form.value, view) : undefined;
    if (plan?.kind !== "edits") return undefined;
    const open = plan.calls.findIndex((call) => pathsOf(call).some((path) => path.includes("{")));
    const applied = apply(device, open < 0 ? plan.calls : plan.calls.slice(0, open));
    if (applied.kind === "fault") return undefined;
    device = applied.device;
    if (open < 0) return device;
  }
  return undefined;
}

/** @param device takes any text of the right type: what it is told here is only where the laws begin */
export function decodable(subject: Subject, device: LabDevice): LabDevice {
  let current = device;
  for (const bound of subject.bounds.values()) {
    if (isShown(bound, subject, current)) continue;
    current = told(bound, subject, current);
  }
  return current;
}

/** The same for one binding. */
export const told = (bound: Bound, subject: Subject, device: LabDevice): LabDevice =>
  telling(bound, subject, device) ?? saying(bound, subject, device);

/** The first value that can be written, and that leaves the anchors at their rows. */
function telling(bound: Bound, subject: Subject, device: LabDevice): LabDevice | undefined {
  const { domain } = bound.type;
  const rows = rowsOf(subject, device);
  const drawn = fc.sample(valuesOf(domain), { seed: 1, numRuns: 60 });
  for (const value of [...samples(domain), ...drawn]) {
    // A table without rows could not show what its rows are made of.
    if (bound.type.never(value) !== undefined || (isList(value) && value.length === 0)) continue;
    const next = written(bound, subject, device, value);
    if (next === undefined || !isShown(bound, subject, next)) continue;
    if (rowsOf(subject, next) === rows) return next;
  }
  return undefined;
}

/** The device with a text in some parameters; undefined where one of them cannot hold it. */
function holding(device: LabDevice, homes: readonly string[], text: string): LabDevice | undefined {
  const nodes = new Map(device.tree.nodes);
  for (const path of homes) {
    const node = nodes.get(path);
    if (node === undefined) continue;
    const value = canonical(node.type, text);
    if (value === undefined) return undefined;
    nodes.set(path, { ...node, value });
  }
  return { ...device, tree: { ...device.tree, nodes } };
}

/** What it reads says one of the things that devices say. */
function saying(bound: Bound, subject: Subject, device: LabDevice): LabDevice {
  const view = subject.view(read(device));
  const rows = rowsOf(subject, device);
  const homes = bound.lens.needs.flatMap((need) => {
    const where = need.kind === "path" ? view.place(need.path) : undefined;
    return where?.kind === "path" ? [where.path] : [];
  });
  for (const some of [homes, ...homes.map((home) => [home])]) {
    for (const text of SAYINGS) {
      const next = holding(device, some, text);
      if (next === undefined || !isShown(bound, subject, next)) continue;
      if (rowsOf(subject, next) === rows) return next;
    }
  }
  return device;
}
