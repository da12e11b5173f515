/**
 * The fault of a task as the CPE's own word, or as trouble on the way to it (genieacs-nbi.md 1, Fault). Pure.
 *
 * The outer code of a rejected set is always 9003; the useful one stands in `setParameterValuesFault`. The member
 * `provisions` repeats the values of the task, passwords included, and is never looked at.
 */
import type { Unknown } from "../../ports/acs.ts";
import { isMembers, textOf, unknown, type Members } from "./answer.ts";

export interface Rejected {
  readonly kind: "rejected";
  readonly code: number;
  readonly text: string;
}

/** The session broke off (0.15): the CPE is away, and how much of the task it did is not known. */
export interface BrokenOff {
  readonly kind: "broken_off";
  readonly detail: string;
}

const BROKEN_OFF: ReadonlySet<string> = new Set(["session_terminated", "timeout"]);

/** @param id of the fault document; undefined when the list does not hold it */
export function decodeFault(
  documents: readonly Members[],
  id: string,
): Rejected | BrokenOff | Unknown | undefined {
  const found = documents.find((document) => document["_id"] === id);
  if (found === undefined) return undefined;
  const code = textOf(found["code"]);
  const message = textOf(found["message"]);
  const cwmp = /^cwmp\.(\d{4,5})$/.exec(code)?.[1];
  const detail = `${code}: ${message}`;
  if (BROKEN_OFF.has(code)) return { kind: "broken_off", detail };
  if (cwmp === undefined) return unknown("acs_fault", detail);
  return innerFault(found["detail"]) ?? { kind: "rejected", code: Number(cwmp), text: message };
}

/** The first parameter that the CPE refused, and how many more. */
function innerFault(detail: unknown): Rejected | undefined {
  const inner = isMembers(detail) ? detail["setParameterValuesFault"] : undefined;
  if (!Array.isArray(inner)) return undefined;
  const [first, ...others] = inner.filter(isMembers);
  const code = Number(textOf(first?.["faultCode"]));
  if (first === undefined || !Number.isInteger(code) || code <= 0) return undefined;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const text = `${textOf(first["parameterName"])}: ${textOf(first["faultString"])}${more}`;
  return { kind: "rejected", code, text };
}
