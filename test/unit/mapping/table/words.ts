/** What the rows of a tree say, read by hand, and what they should say. */
import type { LogicalValue } from "../../../../src/model/logical.ts";
import type { Tree } from "../fixtures.ts";
import { membersOf, numbersOf, type Members } from "./cpe.ts";
import type { TableCase } from "./table-case.ts";

const rowsIn = ({ cpe }: TableCase, tree: Tree): Members[] =>
  numbersOf(cpe, tree).map((number) => membersOf(cpe, tree, number));

const inOrder = (order: "set" | "index", words: readonly string[]): readonly string[] =>
  order === "set" ? [...words].sort() : words;

/** What rows of ours say: by row number where that counts, otherwise sorted. */
export function saidIn(one: TableCase, tree: Tree): readonly string[] {
  const words = rowsIn(one, tree)
    .filter((members) => !one.isStranger(members))
    .flatMap((members) => one.said(members) ?? []);
  return inOrder(one.order, one.keepsTwins === true ? [...new Set(words)] : words);
}

/** What should be left of a list, in the same order; a code where it has to be refused. */
export function wantedIn(
  one: TableCase,
  value: readonly LogicalValue[],
): readonly string[] | string {
  const { order, word, key, slots } = one;
  const words = order === "index" ? value.map(word) : [...new Set(value.map(word))];
  const keys = new Set(value.map(key));
  if (order === "set" && keys.size < words.length) return "duplicate_key";
  return slots !== undefined && words.length > slots ? "table_full" : inOrder(order, words);
}

export const strangersIn = (one: TableCase, tree: Tree): Members[] =>
  rowsIn(one, tree).filter(one.isStranger);

/** Rows that were made and never filled; a slot may be free. */
export const spareIn = (one: TableCase, tree: Tree): Members[] =>
  Object.keys(one.cpe.made).length === 0
    ? []
    : rowsIn(one, tree).filter((members) => one.said(members) === null);
