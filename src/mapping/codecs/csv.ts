/**
 * `csv`: a list of texts in one text. An empty text is the empty list; an empty item is foreign, spaces around items are
 * not read. `order: keep` is a list, duplicates and all; `order: set` is shown and written sorted (numbers
 * as numbers), each item once. `readSep` names further separators, read and never written.
 */
import { z } from "zod";
import { isList, said, unsayable, type Step } from "./codec.ts";
import { joinPieces, piecesOf, readSepSchema, sepSchema, type Separators } from "./separators.ts";

/** Two spellings of one number (`007`, `7`, `7.0`; `0`, `-0`) are one item, and the first spelling stays; up to 15 digits, exact in a double. */
function asSet(items: readonly string[]): string[] {
  if (!items.every((item) => /^-?\d{1,12}(\.\d{1,3})?$/.test(item))) {
    return [...new Set(items)].sort((a, b) => (a < b ? -1 : 1));
  }
  const byNumber = new Map<number, string>();
  for (const item of items) if (!byNumber.has(Number(item))) byNumber.set(Number(item), item);
  return [...byNumber].sort(([a], [b]) => a - b).map(([, item]) => item);
}

export const csv: Step<Separators & { order: "keep" | "set" }> = {
  name: "csv",
  meaning: "a list in one text",
  shape: "value",
  options: () =>
    z.strictObject({
      sep: sepSchema,
      readSep: readSepSchema,
      order: z
        .enum(["keep", "set"])
        .describe("keep: the order means something; set: sorted, each item once."),
    }),
  build({ order, ...separators }) {
    const arrange = (items: readonly string[]): readonly string[] =>
      order === "set" ? asSet(items) : items;
    return {
      encode(value) {
        const items: string[] = [];
        for (const item of isList(value) ? value : []) {
          if (typeof item !== "string") return unsayable("has an item that is not text");
          items.push(item);
        }
        if (!isList(value)) return unsayable("is not a list");
        const text = joinPieces(arrange(items), separators);
        return text === undefined
          ? unsayable("has an item that could not be read back from a list in a text")
          : said(text);
      },
      decode(wire) {
        if (typeof wire !== "string") return unsayable("is not text");
        const items = piecesOf(wire, separators);
        return items.includes("") ? unsayable("has an empty item") : said(arrange(items));
      },
    };
  },
};
