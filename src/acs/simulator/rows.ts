/** Rows of tables: AddObject, DeleteObject, and the vendor's trigger parameter. Works on a draft of the overlay. */
import { isObject, type TreeNode } from "../../model/tree/tree.ts";
import { defaultValue } from "../../model/tree/lexical.ts";
import { findNode, nodesBelow, type CpeState } from "./cpe-state.ts";
import type { InsertTrigger } from "./cpe-model.ts";

export type Draft = Map<string, TreeNode | null>;

const draftOf = (state: CpeState, draft: Draft): CpeState => ({ ...state, overlay: draft });

/** Instance numbers among the nodes below a table, ascending. */
function instancesOf(below: readonly TreeNode[], table: string): number[] {
  const found = below.flatMap((node) => {
    const match = /^(\d+)\.$/.exec(node.path.slice(table.length));
    return match === null ? [] : [Number(match[1])];
  });
  return found.sort((a, b) => a - b);
}

/** Counters follow their table; a CPE whose counter was wrong before (BM632w) stays wrong by as much. */
function count(state: CpeState, draft: Draft, table: string, by: number): void {
  const path = `${table.slice(0, -1)}NumberOfEntries`;
  const node = findNode(draftOf(state, draft), path);
  if (node === undefined) return;
  draft.set(path, { ...node, value: String(Math.max(0, Number(node.value ?? "0") + by)) });
}

/**
 * A new instance with the next number. Its members are those of the lowest instance there is, or was at first, set to
 * defaults; instances of tables inside it are not copied. A table that never had an instance gives a row without members:
 * nobody showed us any.
 */
export function addRow(state: CpeState, draft: Draft, table: string): number {
  const now = nodesBelow(draftOf(state, draft), table);
  const numbers = instancesOf(now, table);
  const next = Math.max(0, ...numbers) + 1;
  const row = `${table}${next}.`;
  draft.set(row, { path: row, writable: true, type: null, value: null });
  const known = numbers.length > 0 ? now : state.model.below(table);
  const model = `${table}${instancesOf(known, table)[0] ?? ""}.`;
  for (const node of known.filter(({ path }) => path.startsWith(model) && path !== model)) {
    const rest = node.path.slice(model.length);
    if (/(^|\.)\d+\./.test(rest)) continue;
    const value = isObject(node) ? null : defaultValue(node.type);
    draft.set(row + rest, { ...node, path: row + rest, value });
  }
  count(state, draft, table, 1);
  return next;
}

export function deleteRow(state: CpeState, draft: Draft, row: string): void {
  const gone = nodesBelow(draftOf(state, draft), row).map((node) => node.path);
  for (const path of [row, ...gone]) {
    if (state.model.nodes.has(path)) draft.set(path, null);
    else draft.delete(path);
  }
  count(state, draft, row.replace(/\d+\.$/, ""), -1);
}

/** `centre kHz,bandwidth kHz`. */
const RULE = /^\d{1,9},\d{1,9}$/;

/** `trigger`: the write makes a row; `row`: the write changes or removes one; undefined: an ordinary parameter. */
export function roleOf(trigger: InsertTrigger | null, path: string): "trigger" | "row" | undefined {
  if (trigger === null) return undefined;
  if (path === trigger.insert) return "trigger";
  return path.startsWith(trigger.rowPrefix) && /^\d\d$/.test(path.slice(trigger.rowPrefix.length))
    ? "row"
    : undefined;
}

/**
 * Writes `freq,bw` to the trigger: the next free row appears, and the trigger reads back empty.
 * @returns false when the value is not a rule; "full" when all 99 numbers are taken
 */
export function insertRule(
  state: CpeState,
  draft: Draft,
  trigger: InsertTrigger,
  value: string,
): boolean | "full" {
  if (!RULE.test(value)) return false;
  const view = draftOf(state, draft);
  for (let number = 1; number <= 99; number += 1) {
    const path = trigger.rowPrefix + String(number).padStart(2, "0");
    if (findNode(view, path) !== undefined) continue;
    draft.set(path, { path, writable: true, type: "string", value });
    return true;
  }
  return "full";
}

/**
 * Overwrites a row, or removes it when the value is empty. The removal is our assumption: no public device shows this
 * table, and the talk that names it speaks of inserting only.
 */
export function writeRule(state: CpeState, draft: Draft, node: TreeNode, value: string): boolean {
  if (value !== "" && !RULE.test(value)) return false;
  if (value !== "") draft.set(node.path, { ...node, value });
  else if (state.model.nodes.has(node.path)) draft.set(node.path, null);
  else draft.delete(node.path);
  return true;
}
