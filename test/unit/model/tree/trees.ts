/** Trees from texts, for tests; a text that is no tree fails the test with its problems. */
import { readFileSync } from "node:fs";
import { parseTree } from "../../../../src/model/tree/parse.ts";
import type { DeviceTree } from "../../../../src/model/tree/tree.ts";

export function treeOf(text: string, file = "tree"): DeviceTree {
  const parsed = parseTree(text, file);
  if (parsed.kind === "tree") return parsed.tree;
  throw new Error(JSON.stringify(parsed.problems, null, 1));
}

const cpes = new URL("../../../../manifests/cpes/", import.meta.url);

/** A shipped tree, by the name of its model. */
export const shippedTree = (name: string): DeviceTree =>
  treeOf(readFileSync(new URL(`${name}.tsv`, cpes), "utf8"), `${name}.tsv`);
