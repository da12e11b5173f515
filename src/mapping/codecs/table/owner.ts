/**
 * Whose a row is. Ours are those that meet all conditions of `owns` (without it: all rows) and none of `ignore`. Rows of
 * strangers are neither shown nor touched; they count where a table is full, and hold their keys.
 */
import { meets, type Condition } from "../../conditions.ts";
import type { View } from "../../view.ts";

export interface Owner {
  readonly where: readonly Condition[];
  readonly ignore: readonly Condition[];
}

/** A condition that was not read decides nothing where another could: then it is the path that is missing. */
export function ownerOf(
  { where, ignore }: Owner,
  row: string,
  view: View,
): "us" | "stranger" | { readonly unread: string } {
  const wanted = where.map((condition) => meets(condition, row, view));
  const unwanted = ignore.map((condition) => meets(condition, row, view));
  if (wanted.includes(false) || unwanted.includes(true)) return "stranger";
  const unread = [...wanted, ...unwanted].find((result) => typeof result === "string");
  return typeof unread === "string" ? { unread } : "us";
}
