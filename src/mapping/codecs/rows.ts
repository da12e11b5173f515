/**
 * Which row of a table shall hold which item: as few writes as possible, and no row touched that already says it.
 *
 * A set keeps the rows that hold a wanted item, overwrites rows that hold an unwanted one, then takes free rows. A list
 * is positional: the n-th used row, by row number, holds the n-th item; items beyond go to free rows behind the last used
 * one, or, where only slots exist (`fixed`), to all rows from the first on. What finds no row is `extra`, in order.
 */
import type { Plain } from "./codec.ts";

export interface TableRow {
  readonly path: string;
  /** Its content as canonical text; null for a free row, undefined for content that the map cannot decode. */
  readonly content: string | null | undefined;
}

export interface Item {
  readonly content: string;
  readonly value: Plain;
}

export interface Assignment {
  readonly fills: readonly { readonly path: string; readonly item: Item }[];
  /** Rows to be emptied. */
  readonly frees: readonly string[];
  readonly extra: readonly Item[];
}

const isUsed = (row: TableRow): boolean => row.content !== null;

/** `rows` by row number; `items` as wanted, each content once when the table is a set. */
export function assignRows(
  rows: readonly TableRow[],
  items: readonly Item[],
  order: "set" | "index",
  fixed: boolean,
): Assignment {
  return order === "set" ? assignSet(rows, items) : assignList(rows, items, fixed);
}

function assignSet(rows: readonly TableRow[], items: readonly Item[]): Assignment {
  const open = new Map(items.map((item) => [item.content, item]));
  const surplus: TableRow[] = [];
  for (const row of rows.filter(isUsed)) {
    if (typeof row.content !== "string" || !open.delete(row.content)) surplus.push(row);
  }
  const homes = [...surplus, ...rows.filter((row) => !isUsed(row))];
  return place([...open.values()], homes);
}

function assignList(rows: readonly TableRow[], items: readonly Item[], fixed: boolean): Assignment {
  const behind = rows.slice(rows.findLastIndex(isUsed) + 1);
  const homes = [...rows.filter(isUsed), ...behind];
  return place(items, fixed && items.length > homes.length ? rows : homes);
}

function place(items: readonly Item[], homes: readonly TableRow[]): Assignment {
  return {
    fills: homes
      .slice(0, items.length)
      .flatMap(({ path }, index) =>
        items[index] === undefined ? [] : [{ path, item: items[index] }],
      ),
    frees: homes
      .slice(items.length)
      .filter(isUsed)
      .map(({ path }) => path),
    extra: items.slice(homes.length),
  };
}
