/** What a laboratory device answers to GetParameterValues. */
import type { ParameterPath, Reading, Snapshot } from "../../model/parameter.ts";
import { defaultValue } from "../../model/tree/lexical.ts";
import { answerOf, WHOLE } from "../../model/tree/snapshot.ts";
import type { LabDevice } from "./device.ts";

/**
 * @param names full names, and partial paths that end in a dot; left out: everything. Tables without rows do not show, as
 *   the answer names parameters only.
 */
export function read({ tree, options }: LabDevice, names = WHOLE): Snapshot {
  const { values, covered } = answerOf(tree, names);
  const shown = new Map<ParameterPath, Reading>(values);
  for (const path of values.keys()) {
    const node = tree.nodes.get(path);
    if (node === undefined) continue;
    if (options.isCommand?.(path) === true) shown.set(path, { kind: "value", text: "false" });
    else if (options.isHidden?.(path) === true) {
      shown.set(path, { kind: "value", text: defaultValue(node.type) });
    }
  }
  return { values: shown, covered };
}
