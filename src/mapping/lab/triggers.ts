/** Rows that a write makes or removes, and writes to such rows. */
import type { ParameterPath } from "../../model/parameter.ts";
import type { TreeNode } from "../../model/tree/tree.ts";
import type { LabOptions, RowTrigger } from "./device.ts";
import { nextNumber, type Draft } from "./rows.ts";

/** Ascending by number, with what they say. */
function rowsOf(
  trigger: RowTrigger,
  draft: Draft,
): { readonly number: number; readonly node: TreeNode }[] {
  const rows = [...draft.values()].flatMap((node) => {
    const number = numberOf(trigger, node.path);
    return number === undefined ? [] : [{ number, node }];
  });
  return rows.sort((a, b) => a.number - b.number);
}

function numberOf({ prefix, digits }: RowTrigger, path: ParameterPath): number | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const found = path.slice(prefix.length);
  return /^\d+$/.test(found) && found.length >= digits ? Number(found) : undefined;
}

/** A fault code, undefined when the write is done, or "no trigger" when this is a parameter like others. */
export function pullTrigger(
  options: LabOptions,
  draft: Draft,
  { path }: TreeNode,
  text: string,
): 9004 | 9007 | undefined | "no trigger" {
  for (const trigger of options.triggers ?? []) {
    const { removal } = trigger;
    if (path === trigger.insert) return insert(trigger, options, draft, text);
    if (removal.by === "trigger" && path === removal.trigger) {
      return remove(trigger, removal.told, draft, text);
    }
    if (numberOf(trigger, path) !== undefined) return overwrite(trigger, draft, path, text);
  }
  return "no trigger";
}

function insert(
  trigger: RowTrigger,
  { numbering = "after-last" }: LabOptions,
  draft: Draft,
  text: string,
): 9004 | 9007 | undefined {
  if (!trigger.accepts(text)) return 9007;
  const taken = rowsOf(trigger, draft).map(({ number }) => number);
  if (taken.length >= trigger.maxRows) return 9004;
  const number = nextNumber(taken, numbering);
  const path = trigger.prefix + String(number).padStart(trigger.digits, "0");
  draft.set(path, { path, writable: true, type: "string", value: text });
  return undefined;
}

function remove(
  trigger: RowTrigger,
  told: "rowName" | "rowText",
  draft: Draft,
  text: string,
): 9007 | undefined {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
  const gone = rowsOf(trigger, draft).filter(({ node }) =>
    told === "rowName" ? nameOf(node.path) === text : node.value === text,
  );
  for (const { node } of gone) draft.delete(node.path);
  return gone.length === 0 ? 9007 : undefined;
}

function overwrite(
  trigger: RowTrigger,
  draft: Draft,
  path: ParameterPath,
  text: string,
): 9007 | undefined {
  const { removal } = trigger;
  const node = draft.get(path);
  if (removal.by === "text" && text === removal.text) draft.delete(path);
  else if (node === undefined || !trigger.accepts(text)) return 9007;
  else draft.set(path, { ...node, value: text });
  return undefined;
}
