/** The way from what a table holds to the list that is wanted: add, then fill and overwrite at once, then remove. */
import { canonicalJson } from "../../../lib/hash.ts";
import type { PutResult } from "../../mapper.ts";
import { unnumbered } from "../../path.ts";
import { afterCalls, type View } from "../../view.ts";
import {
  isList,
  putChanged,
  refused,
  refusedAs,
  said,
  together,
  unsayable,
  type Coded,
  type Plain,
} from "../codec.ts";
import { assignRows, isUsed, type Item } from "./assign.ts";
import type { BuiltTable } from "./built.ts";
import { inOrder, writeLiteral } from "./edits.ts";
import { sorted, twinsIn } from "./key.ts";
import { ownerOf } from "./owner.ts";
import { lookAt, type SeenTable } from "./read.ts";
import { withNewRow } from "./new-row.ts";

/** The list as it would be shown once written. */
export function normalList(
  { lens, order, sortBy, key }: BuiltTable,
  value: Plain,
  view: View,
): Coded {
  if (!isList(value)) return unsayable("is not a list");
  const entries: Plain[] = [];
  for (const entry of value) {
    const shown = lens.normal(entry, view);
    if (!shown.ok) return { ...shown, message: `an entry ${shown.message}` };
    entries.push(shown.value);
  }
  const list = sorted(entries, order, sortBy);
  if (key !== null && twinsIn(list, key).length > 0)
    return unsayable("has two entries with the same key", "duplicate_key");
  return said(list);
}

export function putList(table: BuiltTable, value: Plain, view: View): PutResult {
  const seen = lookAt(table, view);
  if (seen.kind !== "table") return refusedAs(seen);
  const list = normalList(table, value, view);
  if (!list.ok) return refused(list.code, table.place, list.message);
  const items = itemsOf(table, list.value);
  const stranger = strangerWithKey(table, seen, items, view);
  if (stranger !== undefined)
    return refused("duplicate_key", stranger, "a row that is not ours has the key of an entry");

  const { kind, order } = table;
  const { held, extra } = assignRows(seen.ours, items, order);
  const fills = held
    .filter(({ row, item }) => row.content !== item.content)
    .map(({ row, item }) => {
      const isNew = !isUsed(row) || (table.key !== null && row.key !== item.key);
      return fill(table, row.path, item.value, isNew, view);
    });
  const made = extra.map((item, index) => {
    const path = unnumbered(seen.home.row, index === 0 ? "new" : `new${index + 1}`);
    return fill(table, path, item.value, true, withNewRow(view, path));
  });
  const homes = new Set(held.map(({ row }) => row));
  const spare = seen.ours.filter(
    (row) => !homes.has(row) && (isUsed(row) || kind.spare === "goes"),
  );
  const added = kind.add(
    extra.map((item) => item.value),
    seen.home,
    view,
  );
  const removed = kind.remove(
    spare.map(({ path }) => path),
    items.map((item) => item.value),
    seen.home,
    view,
  );
  // A row that is made whole has nothing to fill; that it could not be filled counts all the same.
  const filled = kind.made === "empty" ? made : made.filter((result) => result.kind === "refused");
  return inOrder([added, together([...fills, ...filled, removed.beside]), removed.after]);
}

function itemsOf({ key }: BuiltTable, list: Plain): Item[] {
  return (isList(list) ? list : []).map((value) => ({
    content: canonicalJson(value),
    key: key?.(value),
    value,
  }));
}

/** The row of a stranger that has the key of an entry which no row of ours has yet. */
function strangerWithKey(
  { key, lens }: BuiltTable,
  { ours, strangers }: SeenTable,
  items: readonly Item[],
  view: View,
): string | undefined {
  const known = new Set(ours.map((row) => row.key));
  const fresh = new Set(items.map((item) => item.key).filter((one) => !known.has(one)));
  if (key === null || fresh.size === 0) return undefined;
  return strangers.find((path) => {
    const got = lens.get(view.within(path));
    return got.kind === "value" && fresh.has(key(got.value));
  });
}

/** An entry in a row, with `onCreate` where it is new there. Refused if it could not be found again as ours. */
function fill(
  { lens, kind, owner, onCreate }: BuiltTable,
  path: string,
  value: Plain,
  isNew: boolean,
  view: View,
): PutResult {
  const edits = together([
    putChanged(lens, value, view.within(path)),
    ...(isNew ? onCreate : []).map(([param, text]) => writeLiteral(`${path}.${param}`, text, view)),
  ]);
  if (edits.kind === "refused") return edits;
  const after = afterCalls(view, edits.calls);
  if (kind.isFree(path, after))
    return refused("domain", path, "an entry would read like a row that holds nothing");
  if (ownerOf(owner, path, after) !== "us")
    return refused("domain", path, "an entry would not be one of our rows");
  return edits;
}
