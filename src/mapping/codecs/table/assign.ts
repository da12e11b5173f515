/**
 * Which row of a table shall hold which item: as few writes as possible, and no row touched that already says it.
 *
 * A set keeps the rows that hold a wanted item, then changes rows that have the key of one, then overwrites rows that hold
 * an unwanted one, and takes free rows last. A list is positional: the n-th used row, by row number, holds the n-th item;
 * items beyond go to free rows behind the last used one, or, where those are not enough, to all rows from the first on.
 * What finds no row is `extra`, in order.
 */
import type { Plain } from "../codec.ts";

export interface TableRow {
  readonly path: string;
  /** Its content as canonical text; null for a free row, undefined for content that the map cannot decode. */
  readonly content: string | null | undefined;
  /** Undefined where the content has none. */
  readonly key: string | undefined;
}

export interface Item {
  readonly content: string;
  readonly key: string | undefined;
  readonly value: Plain;
}

export interface Assignment {
  /** Also rows that hold their item already. */
  readonly held: readonly { readonly row: TableRow; readonly item: Item }[];
  readonly extra: readonly Item[];
}

export const isUsed = (row: TableRow): boolean => row.content !== null;

/** `rows` by row number; `items` as wanted, each content once when the table is a set. */
export function assignRows(
  rows: readonly TableRow[],
  items: readonly Item[],
  order: "set" | "index",
): Assignment {
  return order === "set" ? assignSet(rows, items) : assignList(rows, items);
}

function assignSet(rows: readonly TableRow[], items: readonly Item[]): Assignment {
  const held: { row: TableRow; item: Item }[] = [];
  const taken = new Set<Item>();
  let homes = rows.filter(isUsed);
  for (const part of ["content", "key"] as const) {
    const wanted = new Map(
      items.filter((item) => !taken.has(item)).map((item) => [item[part], item]),
    );
    homes = homes.filter((row) => {
      const item = typeof row[part] === "string" ? wanted.get(row[part]) : undefined;
      if (item === undefined || taken.has(item)) return true;
      taken.add(item);
      held.push({ row, item });
      return false;
    });
  }
  const open = items.filter((item) => !taken.has(item));
  const rest = place(open, [...homes, ...rows.filter((row) => !isUsed(row))]);
  return { held: [...held, ...rest.held], extra: rest.extra };
}

function assignList(rows: readonly TableRow[], items: readonly Item[]): Assignment {
  const behind = rows.slice(rows.findLastIndex(isUsed) + 1);
  const homes = [...rows.filter(isUsed), ...behind];
  return place(items, items.length > homes.length ? rows : homes);
}

function place(items: readonly Item[], homes: readonly TableRow[]): Assignment {
  return {
    held: homes.flatMap((row, index) => {
      const item = items[index];
      return item === undefined ? [] : [{ row, item }];
    }),
    extra: items.slice(homes.length),
  };
}
