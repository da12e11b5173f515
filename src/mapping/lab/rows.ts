/** Rows that AddObject makes and DeleteObject takes away. */
import type { ParameterPath } from "../../model/parameter.ts";
import { defaultValue } from "../../model/tree/lexical.ts";
import { isObject, type TreeNode } from "../../model/tree/tree.ts";
import type { LabDevice, Numbering } from "./device.ts";

/** What a device will hold if the call succeeds. */
export type Draft = Map<string, TreeNode>;

type Nodes = ReadonlyMap<string, TreeNode>;

/** Ascending. */
function instancesOf(nodes: Nodes, table: ParameterPath): number[] {
  const found: number[] = [];
  for (const path of nodes.keys()) {
    if (!path.startsWith(table)) continue;
    const instance = /^(\d+)\.$/.exec(path.slice(table.length));
    if (instance !== null) found.push(Number(instance[1]));
  }
  return found.sort((a, b) => a - b);
}

export function nextNumber(taken: readonly number[], numbering: Numbering): number {
  if (numbering === "after-last") return Math.max(0, ...taken) + 1;
  let number = 1;
  while (taken.includes(number)) number += 1;
  return number;
}

/** Counters follow their table; one that was wrong before stays wrong by as much. */
function count(draft: Draft, table: ParameterPath, by: number): void {
  const path = `${table.slice(0, -1)}NumberOfEntries`;
  const node = draft.get(path);
  if (node === undefined) return;
  draft.set(path, { ...node, value: String(Math.max(0, Number(node.value ?? "0") + by)) });
}

/**
 * A row with the members of the lowest one that there is, or was at first, in the null values of their types. Tables inside
 * it are there and empty. A table that never had a row gives one without members: nobody showed us any.
 *
 * @returns the path of the row, or 9004 when there is no room
 */
export function addRow(
  { options, first }: LabDevice,
  draft: Draft,
  table: ParameterPath,
): ParameterPath | 9004 {
  const taken = instancesOf(draft, table);
  const room = options.maxRows?.(table);
  if (room !== undefined && taken.length >= room) return 9004;
  const row = `${table}${nextNumber(taken, options.numbering ?? "after-last")}.`;
  const known = taken.length > 0 ? draft : first.nodes;
  const model = `${table}${instancesOf(known, table)[0] ?? ""}.`;
  const members = [...known.values()].filter(
    ({ path }) => path.startsWith(model) && path !== model && !inInnerRow(path, model),
  );
  draft.set(row, { path: row, writable: true, type: null, value: null });
  for (const node of members) {
    const path = row + node.path.slice(model.length);
    draft.set(path, { ...node, path, value: isObject(node) ? null : defaultValue(node.type) });
  }
  count(draft, table, 1);
  return row;
}

const inInnerRow = (path: string, row: string): boolean =>
  /(^|\.)\d+\./.test(path.slice(row.length));

export function deleteRow(draft: Draft, row: ParameterPath): void {
  for (const path of [...draft.keys()]) {
    if (path.startsWith(row)) draft.delete(path);
  }
  count(draft, row.replace(/\d+\.$/, ""), -1);
}
