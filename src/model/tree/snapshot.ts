/**
 * A tree as a read of a CPE would show it. Nothing is hidden: what a tree holds of a secret is in the snapshot too.
 *
 * An object without a parameter below it (a table without rows) has no value that could stand for it, so it is there
 * under its own name with the dot, as a nil value. A live read knows nothing of such objects.
 */
import type { Reading, Snapshot } from "../parameter.ts";
import { isObject, parentOf, ROOTS, type DeviceTree, type TreeNode } from "./tree.ts";

/** CWMP fault "invalid parameter name". */
const NO_SUCH_NAME: Reading = { kind: "failed", code: 9005, text: "Invalid parameter name" };

const readingOf = ({ value }: TreeNode): Reading =>
  value === null ? { kind: "null" } : { kind: "value", text: value };

/** Objects with a parameter anywhere below them. */
function filledObjects(tree: DeviceTree): ReadonlySet<string> {
  const filled = new Set<string>();
  for (const node of tree.nodes.values()) {
    if (isObject(node)) continue;
    for (let at = parentOf(node.path); at !== "" && !filled.has(at); at = parentOf(at)) {
      filled.add(at);
    }
  }
  return filled;
}

/**
 * @param names full names, and partial paths that end in a dot (empty: everything); left out: both data models, whole
 */
export function snapshotOf(
  tree: DeviceTree,
  names: readonly string[] = ROOTS.map((root) => `${root}.`),
): Snapshot {
  const isSubtree = (name: string): boolean => name === "" || name.endsWith(".");
  const covered = names.filter(isSubtree);
  const filled = covered.length === 0 ? new Set<string>() : filledObjects(tree);
  const values = new Map<string, Reading>();
  for (const name of names) {
    if (isSubtree(name)) continue;
    const node = tree.nodes.get(name);
    values.set(name, node === undefined ? NO_SUCH_NAME : readingOf(node));
  }
  if (covered.length === 0) return { values, covered };
  for (const node of tree.nodes.values()) {
    if (filled.has(node.path) || !covered.some((subtree) => node.path.startsWith(subtree)))
      continue;
    values.set(node.path, readingOf(node));
  }
  return { values, covered };
}
