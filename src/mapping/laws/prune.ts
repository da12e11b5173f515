/**
 * A device with as little as a binding can tell from the whole one, so that thousands of checks are cheap: what it reads
 * by name, the conditions of its anchors, walks, its tables whole with what stands beside them, and of every other row one
 * parameter, as a row is there as soon as anything in it is.
 */
import { isObject, parentOf, type DeviceTree, type TreeNode } from "../../model/tree/tree.ts";
import { withoutNumbers } from "../declares.ts";
import { holderOf, printTemplate, rowOf } from "../path.ts";
import { rowsOf, spread } from "./spread.ts";
import type { Bound, Subject } from "./subject.ts";

interface Relevance {
  /** With `{i}` for every number. */
  readonly paths: ReadonlySet<string>;
  /** Parameters of these names are read on a walk along references, wherever it leads. */
  readonly walked: ReadonlySet<string>;
}

function relevanceOf({ lens }: Bound, { anchors }: Subject): Relevance {
  const paths = new Set<string>();
  const walked = new Set<string>();
  const add = (path: string): void => void paths.add(withoutNumbers(path));
  for (const need of lens.needs) {
    const path = need.kind === "table" ? undefined : spread(need.path, anchors);
    if (path !== undefined) add(printTemplate(path));
  }
  for (const anchor of anchors.values()) {
    if (anchor.kind === "follow") {
      const last = anchor.from.segments.at(-1);
      if (last?.kind === "name") walked.add(last.text);
    } else {
      const row = printTemplate(anchor.row);
      for (const { param } of [...anchor.where, ...anchor.prefer]) add(`${row}.${param}`);
    }
  }
  return { paths, walked };
}

/** Parameters with their paths without numbers; many bindings look at one tree. */
const INDEXES = new WeakMap<DeviceTree, readonly (readonly [path: string, general: string])[]>();

function indexOf(tree: DeviceTree): readonly (readonly [path: string, general: string])[] {
  const known =
    INDEXES.get(tree) ??
    [...tree.nodes.values()]
      .filter((node) => !isObject(node))
      .map(({ path }) => [path, withoutNumbers(path)] as const);
  INDEXES.set(tree, known);
  return known;
}

/** @param names what is read of the binding on this device */
export function pruned(
  tree: DeviceTree,
  names: readonly string[],
  bound: Bound,
  subject: Subject,
): DeviceTree {
  const exact = new Set(names);
  const subtrees = names.filter((name) => name.endsWith("."));
  const { paths, walked } = relevanceOf(bound, subject);
  const rows = rowsOf(bound, subject.anchors);
  const tables = bound.lens.needs.flatMap((need) =>
    need.kind === "table" ? (spread(need.row, subject.anchors) ?? []) : [],
  );
  const holders = new Set(tables.map((row) => withoutNumbers(holderOf(row))));
  const probes = bound.lens.needs.some((need) => need.kind === "subtree");

  const kept = new Set<string>();
  const keep = (path: string): void => {
    for (let at = path; at !== "" && !kept.has(at); at = parentOf(at)) kept.add(at);
  };
  const spare: string[] = [];
  for (const [path, general] of indexOf(tree)) {
    if (exact.has(path)) keep(path);
    else if (subtrees.some((subtree) => path.startsWith(subtree))) {
      const relevant =
        probes ||
        holders.has(parentOf(general)) ||
        walked.has(path.slice(path.lastIndexOf(".") + 1)) ||
        paths.has(general) ||
        tables.some((row) => rowOf(row, path) !== undefined);
      if (relevant) keep(path);
      else spare.push(path);
    }
  }
  for (const path of spare) {
    const inRow = rows.flatMap((row) => rowOf(row, path) ?? []);
    if (inRow.some((row) => !kept.has(`${row.path}.`))) keep(path);
  }
  // AddObject asks for tables that are empty.
  const heads = tables.map(printTemplate);
  if (heads.length > 0) {
    for (const path of tree.nodes.keys()) {
      if (path.endsWith(".") && heads.some((head) => head.startsWith(path))) keep(path);
    }
  }
  const nodes = new Map<string, TreeNode>();
  for (const [path, node] of tree.nodes) if (kept.has(path)) nodes.set(path, node);
  return { ...tree, nodes };
}
