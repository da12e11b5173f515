/**
 * The laboratory device as the tests of maps use it: passwords read back empty, and the talk's rule table grows by its
 * trigger and loses a row that is written empty.
 */
import { apply } from "../../../src/mapping/lab/apply.ts";
import { labDevice, type Numbering } from "../../../src/mapping/lab/device.ts";
import { read } from "../../../src/mapping/lab/read.ts";
import type { Operation, Snapshot } from "../../../src/model/parameter.ts";
import type { TreeNode } from "../../../src/model/tree/tree.ts";
import type { Tree } from "./fixtures.ts";

export type { Numbering };

const RULES = "InternetGatewayDevice.X_SW_WiMAX.ChannelTable.";
const TRIGGER = {
  insert: `${RULES}InsertRule`,
  prefix: `${RULES}Rule`,
  digits: 2,
  removal: { by: "text", text: "" },
  maxRows: 99,
  accepts: (text: string) => /^\d+,\d+$/.test(text),
} as const;

/** The tree after the calls. Throws what a CPE would fault: a map must never send it. */
export function applied(
  tree: Tree,
  calls: readonly Operation[],
  numbering: Numbering = "after-last",
): Tree {
  for (const call of calls) {
    if (call.kind === "set" && call.edits.length === 0) throw new Error("an empty call");
  }
  const done = apply(labDevice(tree, { numbering, triggers: [TRIGGER] }), calls);
  if (done.kind === "fault") throw new Error(`fault ${done.code} at ${done.path}`);
  return done.device.tree;
}

/** The answer to a read of these names, as the ACS port gives it. */
export const answer = (tree: Tree, names: readonly string[]): Snapshot =>
  read(labDevice(tree), names);

export const whole = (tree: Tree): Snapshot => read(labDevice(tree));

/** Null takes a parameter away; one that is not there is made, writable. */
export function withText(tree: Tree, changes: Readonly<Record<string, string | null>>): Tree {
  const nodes = new Map<string, TreeNode>(tree.nodes);
  for (const [path, value] of Object.entries(changes)) {
    const made = { path, writable: true, type: "string" };
    if (value === null) nodes.delete(path);
    else nodes.set(path, { ...(nodes.get(path) ?? made), value });
  }
  return { ...tree, nodes };
}
