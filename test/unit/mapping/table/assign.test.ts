/** Which row of a table holds which entry. */
import { describe, expect, it } from "vitest";
import { assignRows, isUsed, type TableRow } from "../../../../src/mapping/codecs/table/assign.ts";

describe("which row holds which entry", () => {
  const keyOf = (content: string): string => content.toLowerCase();
  const rows = (...contents: (string | null | undefined)[]): TableRow[] =>
    contents.map((content, index) => ({
      path: `r${index + 1}`,
      content,
      key: typeof content === "string" ? keyOf(content) : undefined,
    }));
  /** `r1=a`: written to row 1; `r2-`: row 2 is left over; `+b`: no row for b. */
  const print = (order: "set" | "index", have: TableRow[], want: string): string => {
    const items = Array.from(want, (content) => ({ content, key: keyOf(content), value: content }));
    const { held, extra } = assignRows(have, items, order);
    const homes = new Set(held.map(({ row }) => row));
    return [
      ...held
        .filter(({ row, item }) => row.content !== item.content)
        .map(({ row, item }) => `${row.path}=${item.content}`),
      ...have.filter((row) => isUsed(row) && !homes.has(row)).map(({ path }) => `${path}-`),
      ...extra.map(({ content }) => `+${content}`),
    ].join(" ");
  };
  it.for([
    {
      order: "set",
      have: rows("a", "b", null),
      want: "b",
      edits: "r1-",
      reason: "a wanted row stays",
    },
    {
      order: "set",
      have: rows("a", "b", null),
      want: "cb",
      edits: "r1=c",
      reason: "an unwanted row is overwritten before a free one",
    },
    {
      order: "set",
      have: rows("a", "a"),
      want: "a",
      edits: "r2-",
      reason: "a double row is emptied",
    },
    {
      order: "set",
      have: rows(undefined, null),
      want: "a",
      edits: "r1=a",
      reason: "an undecodable row is overwritten",
    },
    {
      order: "set",
      have: rows("x", "A", null),
      want: "ba",
      edits: "r2=a r1=b",
      reason: "a row with the key of an entry is changed, and no other one",
    },
    {
      order: "set",
      have: rows("A", "a"),
      want: "a",
      edits: "r1-",
      reason: "of two rows with one key the one that says the same stays",
    },
    {
      order: "set",
      have: rows("a"),
      want: "ab",
      edits: "+b",
      reason: "what finds no row is left over",
    },
    {
      order: "index",
      have: rows("a", "b"),
      want: "ba",
      edits: "r1=b r2=a",
      reason: "a list is positional",
    },
    {
      order: "index",
      have: rows("a", null),
      want: "ab",
      edits: "r2=b",
      reason: "a free row behind is used",
    },
    {
      order: "index",
      have: rows(null, "a"),
      want: "ab",
      edits: "r1=a r2=b",
      reason: "a free row in front, when there is none behind: all move up",
    },
    {
      order: "index",
      have: rows(null, "a"),
      want: "a",
      edits: "",
      reason: "a free row in front is left alone while the others are enough",
    },
  ] as const)("$reason", ({ order, have, want, edits }) => {
    expect(print(order, have, want)).toBe(edits);
  });
});
