/**
 * A set, before and after (genieacs-nbi.md 0.1, 0.2, 0.4). Pure.
 *
 * GenieACS drops what it takes for unknown or read-only, sets the rest, and answers 200. The port promises all or nothing,
 * so its cache is looked at first: what it would drop, or cut to fit a type, is refused before anything is sent. The
 * engine has read these very names a moment before, so the cache knows them.
 *
 * Afterwards a leaf that was read or written since the task, and holds the value, is the CPE's own word: it either
 * answered GetParameterValues with it, or took it in SetParameterValues.
 */
import type { ParameterPath, WriteValue } from "../../model/parameter.ts";
import type { Members } from "./answer.ts";
import { treeOf, type Leaf } from "./document.ts";
import type { Rejected } from "./faults.ts";

/** CWMP: invalid name, invalid value, not writable. */
const [UNKNOWN_NAME, WRONG_VALUE, READ_ONLY] = [9005, 9007, 9008] as const;

function dropped(path: ParameterPath, leaf: Leaf | undefined): Rejected | undefined {
  if (leaf === undefined) {
    const text = `${path}: GenieACS knows no such parameter of the device, and would drop it`;
    return { kind: "rejected", code: UNKNOWN_NAME, text };
  }
  if (leaf.writable !== false) return undefined;
  const text = `${path}: GenieACS holds it for read-only, and would drop it`;
  return { kind: "rejected", code: READ_ONLY, text };
}

const FORMS: Readonly<Record<string, RegExp>> = {
  "xsd:int": /^[+-]?\d+$/,
  "xsd:unsignedInt": /^\+?\d+$/,
  "xsd:boolean": /^(0|1|true|false)$/,
};

function open(value: WriteValue["value"]): string {
  return typeof value === "string" ? value : value.open();
}

/** @returns why the set must not be sent, or undefined */
export function objectionTo(
  document: Members,
  values: readonly WriteValue[],
): Rejected | undefined {
  const { leaves } = treeOf(document);
  for (const { path, value } of values) {
    const leaf = leaves.get(path);
    const found = dropped(path, leaf);
    if (found !== undefined) return found;
    if (FORMS[leaf?.type ?? ""]?.test(open(value)) === false) {
      const text = `${path}: not a value of its type ${leaf?.type ?? ""}`;
      return { kind: "rejected", code: WRONG_VALUE, text };
    }
  }
  return undefined;
}

/**
 * @param since the time of the task, on the ACS's clock, ms
 * @returns `not_shown`: the values are not there, or were there before; whether the task ran is to be found out
 */
export function decodeWritten(
  document: Members,
  values: readonly WriteValue[],
  since: number,
): Rejected | { readonly kind: "done" } | { readonly kind: "not_shown" } {
  const { leaves } = treeOf(document);
  const seen = values.map(({ path, value }) => ({ path, value, leaf: leaves.get(path) }));
  for (const { path, leaf } of seen) {
    const found = dropped(path, leaf);
    if (found !== undefined) return found;
  }
  const shown = seen.every(
    ({ value, leaf }) => leaf?.at !== undefined && leaf.at >= since && isSame(leaf, open(value)),
  );
  return { kind: shown ? "done" : "not_shown" };
}

function isSame({ type, reading }: Leaf, text: string): boolean {
  if (reading?.kind !== "value") return false;
  switch (type) {
    case "xsd:boolean":
      return reading.text === (text === "1" || text === "true" ? "true" : "false");
    case "xsd:int":
    case "xsd:unsignedInt":
      return Number(reading.text) === Number(text);
    case "xsd:dateTime":
      return Date.parse(reading.text) === Date.parse(text);
    default:
      return reading.text === text;
  }
}
