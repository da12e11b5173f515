/**
 * A CPE for the laws: applies calls to a tree, whole or not at all, and refuses what a CPE refuses (unknown name 9005,
 * read-only 9008, wrong type 9006, control characters 9007). Passwords read back empty. The rule table grows by its
 * trigger and loses a row that is written empty.
 */
import type { Operation, Reading, Snapshot } from "../../../src/model/parameter.ts";
import { editsOf } from "../../support/operations.ts";
import type { Leaf, Tree } from "./fixtures.ts";

const TRIGGER = "InternetGatewayDevice.X_SW_WiMAX.ChannelTable.InsertRule";
const RULE = "InternetGatewayDevice.X_SW_WiMAX.ChannelTable.Rule";

/** Where a new rule goes: nobody knows, so the laws must hold for both. */
export type Numbering = "after-last" | "lowest-free";

function nextRule(tree: Tree, numbering: Numbering): string {
  const taken = [...tree.keys()]
    .filter((path) => path.startsWith(RULE))
    .map((path) => Number(path.slice(RULE.length)));
  let number = numbering === "after-last" ? Math.max(0, ...taken) + 1 : 1;
  while (taken.includes(number)) number += 1;
  return RULE + String(number).padStart(2, "0");
}

function fault(leaf: Leaf | undefined, text: string): number | undefined {
  if (leaf === undefined) return 9005;
  if (!leaf.writable) return 9008;
  if (/int/i.test(leaf.type) && !/^-?\d+$/.test(text)) return 9006;
  return /[\u0000-\u001f\u007f]/.test(text) ? 9007 : undefined;
}

/** The tree after the calls. Throws what a CPE would fault: a map must never send it. Secrets are swallowed. */
export function applied(
  tree: Tree,
  calls: readonly Operation[],
  numbering: Numbering = "after-last",
): Tree {
  const next = new Map(tree);
  for (const call of calls.map(editsOf)) {
    const names = call.map(({ path }) => path);
    if (new Set(names).size < names.length) throw new Error("a name stands twice in one call");
    if (call.length === 0) throw new Error("an empty call");
    for (const { path, value } of call) {
      const text = value.kind === "text" ? value.text : "";
      const leaf = next.get(path);
      const code = fault(leaf, text);
      if (leaf === undefined || code !== undefined)
        throw new Error(`fault ${code ?? 0} at ${path}`);
      if (value.kind === "secret") continue;
      if (path === TRIGGER) next.set(nextRule(next, numbering), { ...leaf, text });
      else if (path.startsWith(RULE) && text === "") next.delete(path);
      else next.set(path, { ...leaf, text });
    }
  }
  return next;
}

const readingOf = ({ text }: Leaf): Reading =>
  text === null ? { kind: "null" } : { kind: "value", text };

/** The answer to a read of these names, as the ACS port gives it. */
export function answer(tree: Tree, names: readonly string[]): Snapshot {
  const values = new Map<string, Reading>();
  for (const name of names) {
    const leaf = tree.get(name);
    if (leaf !== undefined) values.set(name, readingOf(leaf));
    else if (!name.endsWith("."))
      values.set(name, { kind: "failed", code: 9005, text: "Invalid parameter name" });
    else
      for (const [path, below] of tree)
        if (path.startsWith(name)) values.set(path, readingOf(below));
  }
  return { values, covered: names.filter((name) => name.endsWith(".")) };
}

export const whole = (tree: Tree): Snapshot => answer(tree, ["InternetGatewayDevice.", "Device."]);

/** Adds `by` to the instance right behind `table`, in paths and in references to them. */
export function renumbered(tree: Tree, table: string, by: number): Tree {
  const pattern = new RegExp(`${table.replaceAll(".", "\\.")}(\\d+)`, "g");
  const moved = (text: string): string =>
    text.replace(
      pattern,
      (_all, digits: string) => table + String(Number(digits) + by).padStart(digits.length, "0"),
    );
  return new Map(
    [...tree].map(([path, leaf]) => [
      moved(path),
      { ...leaf, text: leaf.text === null ? null : moved(leaf.text) },
    ]),
  );
}

export const withText = (tree: Tree, changes: Readonly<Record<string, string | null>>): Tree => {
  const next = new Map(tree);
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) next.delete(path);
    else next.set(path, { ...(next.get(path) ?? { writable: true, type: "string" }), text });
  }
  return next;
};
