/** What a laboratory device answers to GetParameterValues. */
import type { ParameterPath, Reading, Snapshot } from "../../model/parameter.ts";
import { defaultValue } from "../../model/tree/lexical.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import type { LabDevice } from "./device.ts";

/**
 * @param names full names, and partial paths that end in a dot; left out: everything. Tables without rows do not show, as
 *   the answer names parameters only.
 */
export function read({ tree, options }: LabDevice, names?: readonly ParameterPath[]): Snapshot {
  const { values, covered } = snapshotOf(tree, names);
  const shown = new Map<ParameterPath, Reading>();
  for (const [path, reading] of values) {
    const node = tree.nodes.get(path);
    if (path.endsWith(".")) continue;
    if (node !== undefined && options.isCommand?.(path) === true) {
      shown.set(path, { kind: "value", text: "false" });
    } else if (node !== undefined && options.isHidden?.(path) === true) {
      shown.set(path, { kind: "value", text: defaultValue(node.type) });
    } else shown.set(path, reading);
  }
  return { values: shown, covered };
}
