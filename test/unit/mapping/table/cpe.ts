/** The laboratory device with one table, for every way of having rows: one call at a time, or a whole plan. */
import { apply } from "../../../../src/mapping/lab/apply.ts";
import type { LabDevice, Numbering, RowTrigger } from "../../../../src/mapping/lab/device.ts";
import type { Operation } from "../../../../src/model/parameter.ts";
import type { TreeNode } from "../../../../src/model/tree/tree.ts";
import type { Tree } from "../fixtures.ts";

export type { Numbering };
export type Members = Readonly<Record<string, string>>;

export interface Cpe {
  /** A row is this and its number: `Device.T.` or `Device.T.Rule`. */
  readonly prefix: string;
  /** Types of what a row made by AddObject holds; empty where the CPE makes none. */
  readonly made: Members;
  readonly trigger?: RowTrigger;
}

/** Parameters by path, all writable, with the objects that they lie in. */
export function treeOf(texts: Members, types: Members = {}): Tree {
  const nodes = new Map<string, TreeNode>();
  for (const [path, value] of Object.entries(texts)) {
    for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
      const object = path.slice(0, dot + 1);
      if (!nodes.has(object))
        nodes.set(object, { path: object, writable: true, type: null, value: null });
    }
    if (!path.endsWith("."))
      nodes.set(path, { path, writable: true, type: types[path] ?? "string", value });
  }
  return { nodes, header: new Map() };
}

const pathOf = ({ prefix }: Cpe, number: number, param: string): string =>
  `${prefix}${number}${param === "" ? "" : `.${param}`}`;

export function withRow(cpe: Cpe, tree: Tree, number: number, members: Members): Tree {
  const texts: Record<string, string> = {};
  const types: Record<string, string> = {};
  for (const [param, text] of Object.entries(members)) {
    const path = pathOf(cpe, number, param);
    texts[path] = text;
    types[path] = cpe.made[param] ?? "string";
  }
  return { ...tree, nodes: new Map([...tree.nodes, ...treeOf(texts, types).nodes]) };
}

/** Row numbers as found, in their order. */
export function numbersOf({ prefix }: Cpe, { nodes }: Tree): string[] {
  const found = new Set<string>();
  for (const path of nodes.keys()) {
    const number = path.startsWith(prefix)
      ? /^\d+/.exec(path.slice(prefix.length))?.[0]
      : undefined;
    if (number !== undefined) found.add(number);
  }
  return [...found].sort((a, b) => Number(a) - Number(b));
}

/** The parameters of a row by name below it. */
export function membersOf({ prefix }: Cpe, { nodes }: Tree, number: string): Members {
  const row = prefix + number;
  const found: Record<string, string> = {};
  for (const { path, value } of nodes.values()) {
    if (path === row) found[""] = value ?? "";
    else if (path.startsWith(`${row}.`) && !path.endsWith("."))
      found[path.slice(row.length + 1)] = value ?? "";
  }
  return found;
}

/** A table without rows still knows what a row looks like. */
function deviceOf(cpe: Cpe, tree: Tree, numbering: Numbering): LabDevice {
  const row = Object.fromEntries(Object.keys(cpe.made).map((param) => [param, ""]));
  return {
    tree,
    first: withRow(cpe, tree, 1, row),
    options: { numbering, triggers: cpe.trigger === undefined ? [] : [cpe.trigger] },
  };
}

/** The tree after one call, or the CWMP fault that it gets. */
export function after(cpe: Cpe, tree: Tree, call: Operation, numbering: Numbering): Tree | number {
  if (call.kind === "set" && call.edits.length === 0) throw new Error("an empty call");
  const done = apply(deviceOf(cpe, tree, numbering), [call]);
  return done.kind === "fault" ? done.code : done.device.tree;
}

/** A whole plan at once, as no engine would do it: the numbers of new rows are filled in as they come. */
export function afterAll(
  cpe: Cpe,
  tree: Tree,
  calls: readonly Operation[],
  numbering: Numbering,
): Tree {
  let device = deviceOf(cpe, tree, numbering);
  const made: string[] = [];
  const numbered = (path: string): string =>
    path.replace(/\{new(\d*)\}/, (_all, n: string) => made[Number(n || 1) - 1] ?? "?");
  for (const call of calls) {
    const done = apply(device, [
      call.kind === "set"
        ? { kind: "set", edits: call.edits.map((edit) => ({ ...edit, path: numbered(edit.path) })) }
        : call,
    ]);
    if (done.kind === "fault") throw new Error(`fault ${done.code} at ${done.path}`);
    device = done.device;
    made.push(...done.added.map((row) => row.slice(cpe.prefix.length, -1)));
  }
  return device.tree;
}
