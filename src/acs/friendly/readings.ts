/**
 * The parameters of one read: from the two dialects to readings, and the proof that they answer the question.
 *
 * Decisions where the reference leaves room (acs-northbound-apis.md 2.3, 10.1):
 * - a parameter is good with ErrorCode 100 or with none; any other code, 0 too, is *failed*: not read, never empty;
 * - a name twice with one value is one reading; with two values it is `wrong_names`, as one of them answers another
 *   question and nobody can say which;
 * - a subtree is *covered* only if the answer holds a good reading below it (or names the subtree itself as good): this
 *   ACS may drop a name silently, and an object without rows looks the same as a dropped one.
 */
import type { ParameterPath, Reading, Snapshot } from "../../model/parameter.ts";
import { isAsked } from "../asked.ts";
import {
  fault,
  isMembers,
  listOf,
  SUCCESS,
  textOf,
  typedInteger,
  type Fault,
  type Members,
  type Result,
} from "./answer.ts";

export interface Entries {
  readonly kind: "entries";
  readonly readings: ReadonlyMap<ParameterPath, Reading>;
}

/** An object's own name among the parameters: it says that the object is there and has no value. */
function isGoodObject(name: ParameterPath, entries: Entries): boolean {
  return name.endsWith(".") && entries.readings.get(name)?.kind !== "failed";
}

function holdsGood(readings: Entries["readings"], subtree: ParameterPath): boolean {
  for (const [name, reading] of readings) {
    if (name.startsWith(subtree) && reading.kind !== "failed") return true;
  }
  return false;
}

/** The question that a read's answer is held against. */
export interface Question {
  readonly asked: readonly ParameterPath[];
  readonly identityPath: ParameterPath;
  readonly serial: string;
  /** When the question went out. */
  readonly sentAt: Date;
}

/** Why the readings do not answer the question, or undefined. Another device outranks everything else. */
export function disproof(
  readings: Entries["readings"],
  { asked, identityPath, serial }: Question,
): Fault | undefined {
  const identity = readings.get(identityPath);
  const said = identity?.kind === "value" ? identity.text.trim() : "";
  if (said !== "" && said !== serial.trim()) {
    return fault("wrong_device", `${identityPath} names another device`);
  }
  const exact = new Set(asked);
  const subtrees = asked.filter((name) => name.endsWith("."));
  for (const name of readings.keys()) {
    if (!exact.has(name) && !isAsked(name, subtrees)) {
      return fault("wrong_names", `${name.slice(0, 120)} was not asked for`);
    }
  }
  return said === "" ? fault("incomplete", `${identityPath} was not answered`) : undefined;
}

/** What the readings say, once nothing disproves them. */
export function snapshotOf(entries: Entries, { asked }: Question): Snapshot {
  const values = new Map([...entries.readings].filter(([name]) => !isGoodObject(name, entries)));
  const covered = asked.filter((name) => name.endsWith(".") && holdsGood(entries.readings, name));
  return { values, covered };
}

/** What the older dialect says of each name when it refuses the whole call (2.4, wrong names). */
export function complaintsOf(result: Result): string {
  const box = result.members["parameters"];
  if (!isMembers(box)) return "";
  const texts = listOf(box["parameter"]).map((item) =>
    isMembers(item) ? textOf(item["errormessage"]) : null,
  );
  return texts.filter(Boolean).join("; ");
}

export function entriesOf(result: Result): Entries | Fault {
  const typed = result.dialect === "typed";
  const box = result.members[typed ? "Params" : "parameters"];
  const readings = new Map<ParameterPath, Reading>();
  if (!isMembers(box)) {
    const none = textOf(box);
    if (none === null || none?.trim() === "") return { kind: "entries", readings };
    return fault("wrong_type", "the list of parameters is not one");
  }
  for (const item of listOf(box[typed ? "ParamWSDL" : "parameter"])) {
    if (!isMembers(item)) return fault("incomplete", "a parameter without members");
    const name = textOf(item[typed ? "Name" : "name"]);
    if (name === null || name === undefined || name === "") {
      return fault("incomplete", "a parameter without a name");
    }
    const reading = typed ? typedReading(item) : olderReading(item);
    if (reading.kind === "fault") return reading;
    const before = readings.get(name);
    if (before !== undefined && !isSame(before, reading)) {
      return fault("wrong_names", `${name.slice(0, 120)} is answered twice, differently`);
    }
    readings.set(name, reading);
  }
  return { kind: "entries", readings };
}

function isSame(a: Reading, b: Reading): boolean {
  if (a.kind === "value") return b.kind === "value" && a.text === b.text;
  if (a.kind === "failed") return b.kind === "failed" && a.code === b.code;
  return b.kind === "null";
}

function readingOf(value: unknown): Reading | Fault {
  const text = textOf(value);
  if (text === undefined) return fault("wrong_type", "a value that is not a text");
  return text === null ? { kind: "null" } : { kind: "value", text };
}

function typedReading(item: Members): Reading | Fault {
  if (!("ErrorCode" in item)) return readingOf(item["Value"]);
  const code = typedInteger(item["ErrorCode"]);
  if (code === undefined) return fault("wrong_type", "a parameter's ErrorCode is not a number");
  // The value of a failed parameter is not repeated: what stands there is not known, and it might be a secret.
  return code === SUCCESS
    ? readingOf(item["Value"])
    : { kind: "failed", code, text: `ErrorCode ${code}` };
}

/** `errormessage` instead of `value`. It brings no code, which is written 0. */
function olderReading(item: Members): Reading | Fault {
  const message = textOf(item["errormessage"]);
  if (message === undefined) return fault("wrong_type", "an errormessage that is not a text");
  return message === null ? readingOf(item["value"]) : { kind: "failed", code: 0, text: message };
}
