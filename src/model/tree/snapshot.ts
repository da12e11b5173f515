/**
 * A tree as a read of a CPE would show it. Nothing is hidden: what a tree holds of a secret is in the snapshot too.
 *
 * An object without a parameter below it (a table without rows) has no value that could stand for it, so it is there
 * under its own name with the dot, as a nil value. A live read (`answerOf`) knows nothing of such objects.
 */
import type { Reading, Snapshot } from "../parameter.ts";
import { isObject, parentOf, ROOTS, type DeviceTree, type TreeNode } from "./tree.ts";

/** CWMP fault "invalid parameter name". */
const NO_SUCH_NAME: Reading = { kind: "failed", code: 9005, text: "Invalid parameter name" };

const readingOf = ({ value }: TreeNode): Reading =>
  value === null ? { kind: "null" } : { kind: "value", text: value };

const isSubtree = (name: string): boolean => name === "" || name.endsWith(".");

/** What a CPE answers to a read of these names, which names parameters only. */
export function answerOf(tree: DeviceTree, names: readonly string[]): Snapshot {
  const covered = names.filter(isSubtree);
  const values = new Map<string, Reading>();
  for (const name of names) {
    if (isSubtree(name)) continue;
    const node = tree.nodes.get(name);
    values.set(name, node === undefined ? NO_SUCH_NAME : readingOf(node));
  }
  if (covered.length === 0) return { values, covered };
  for (const node of tree.nodes.values()) {
    if (isObject(node) || !covered.some((subtree) => node.path.startsWith(subtree))) continue;
    values.set(node.path, readingOf(node));
  }
  return { values, covered };
}

/** Objects without a parameter anywhere below them. */
function emptyObjects(tree: DeviceTree): string[] {
  const filled = new Set<string>();
  const objects: string[] = [];
  for (const node of tree.nodes.values()) {
    if (isObject(node)) {
      objects.push(node.path);
      continue;
    }
    for (let at = parentOf(node.path); at !== "" && !filled.has(at); at = parentOf(at)) {
      filled.add(at);
    }
  }
  return objects.filter((path) => !filled.has(path));
}

export const WHOLE: readonly string[] = ROOTS.map((root) => `${root}.`);

/**
 * @param names full names, and partial paths that end in a dot (empty: everything); left out: both data models, whole
 */
export function snapshotOf(tree: DeviceTree, names: readonly string[] = WHOLE): Snapshot {
  const { values, covered } = answerOf(tree, names);
  if (covered.length === 0) return { values, covered };
  const objects = emptyObjects(tree).filter((path) =>
    covered.some((subtree) => path.startsWith(subtree)),
  );
  const nothing = objects.map((path): [string, Reading] => [path, { kind: "null" }]);
  return { values: new Map([...values, ...nothing]), covered };
}
