/** What a device shows of a table: which rows are ours, what they hold, and the list that they make together. */
import { canonicalJson } from "../../../lib/hash.ts";
import { prefixOf } from "../../path.ts";
import type { NotFound, View } from "../../view.ts";
import type { Got, Plain } from "../codec.ts";
import type { TableRow } from "./assign.ts";
import type { BuiltTable } from "./built.ts";
import { sorted, twinsIn } from "./key.ts";
import type { Home } from "./kind.ts";
import { ownerOf } from "./owner.ts";

export interface SeenRow extends TableRow {
  /** Null for a free row. */
  readonly got: Got | null;
}

/** By row number. */
export interface SeenTable {
  readonly kind: "table";
  readonly home: Home;
  /** Free rows too. */
  readonly ours: readonly SeenRow[];
  readonly strangers: readonly string[];
}

export function lookAt(table: BuiltTable, view: View): SeenTable | NotFound {
  const { kind, lens, owner, key } = table;
  const where = view.rooted(table.row);
  if (where.kind !== "template") return where;
  const row = where.template;
  const prefix = prefixOf(row);
  if (!view.covers(prefix)) return { kind: "unread", path: prefix };
  const rows = view.rows(row);
  const home = { row, rows: rows.length };
  if (rows.length === 0 && !kind.exists(home, view))
    return { kind: "absent", path: prefix, detail: "the device has no such table" };
  const ours: SeenRow[] = [];
  const strangers: string[] = [];
  for (const { path } of rows) {
    if (kind.isFree(path, view)) {
      ours.push({ path, content: null, key: undefined, got: null });
      continue;
    }
    const whose = ownerOf(owner, path, view);
    if (whose === "stranger") strangers.push(path);
    else if (whose !== "us") return { kind: "unread", path: whose.unread };
    else {
      const got = lens.get(view.within(path));
      const value = got.kind === "value" ? got.value : undefined;
      const content = value === undefined ? undefined : canonicalJson(value);
      ours.push({ path, content, key: value === undefined ? undefined : key?.(value), got });
    }
  }
  return { kind: "table", home, ours, strangers };
}

/** The list. A row that cannot be decoded makes all of it what that row is: nobody may conclude from the rest. */
export function listIn(table: BuiltTable, view: View): Got {
  const seen = lookAt(table, view);
  if (seen.kind !== "table") return seen;
  const values: Plain[] = [];
  const paths: string[] = [];
  for (const { got } of seen.ours) {
    if (got === null) continue;
    if (got.kind !== "value") return got;
    values.push(got.value);
    paths.push(...got.paths);
  }
  const value = sorted(values, table.order, table.sortBy);
  const spoilt = faultOf(table, seen.ours);
  if (spoilt !== undefined) return { kind: "nonconforming", value, ...spoilt };
  return { kind: "value", value, paths: paths.length > 0 ? paths : [prefixOf(seen.home.row)] };
}

/** A row that should not be there, though every row can be read. */
function faultOf(
  { kind, key }: BuiltTable,
  rows: readonly SeenRow[],
): { readonly path: string; readonly detail: string } | undefined {
  const spare = kind.spare === "goes" ? rows.find(({ content }) => content === null) : undefined;
  if (spare !== undefined) return { path: spare.path, detail: "the row was made and never filled" };
  if (key === null) return undefined;
  const used = rows.filter(({ content }) => content !== null);
  const again = new Set(twinsIn(used, ({ content }) => content ?? ""));
  const distinct = kind.tellsTwins ? used : used.filter((row) => !again.has(row));
  const [twin] = twinsIn(distinct, (row) => row.key ?? "");
  return twin && { path: twin.path, detail: "another row has the same key" };
}
