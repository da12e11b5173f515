/**
 * What to read. Without earlier knowledge: exact names, and the whole table wherever a row has to be found. With an
 * earlier snapshot in which the anchor found its row: the evidence and the bound parameters of every row that is known,
 * one by one, so that a steady device costs a dozen names and not a whole WAN branch. Where the anchor finds no row, the
 * table is asked for again. Tables that are the value itself are always read whole: a set is known only when all of it is.
 */
import type { Anchor } from "./anchors.ts";
import type { Need } from "./codecs/codec.ts";
import { holderOf, prefixOf, printTemplate, type Template } from "./path.ts";
import type { View } from "./view.ts";

/** Names without those that a wanted subtree holds anyway; facts first, order otherwise as found. */
export function wantedNames(
  needs: readonly Need[],
  anchors: ReadonlyMap<string, Anchor>,
  view: View | null,
): string[] {
  const names = new Set<string>();
  for (const need of needs) {
    const found =
      need.kind === "table" ? tableNames(need, anchors, view) : pathNames(need.path, anchors, view);
    for (const name of found) names.add(need.kind === "subtree" ? asSubtree(name) : name);
  }
  const subtrees = [...names].filter((name) => name.endsWith("."));
  return [...names].filter(
    (name) => !subtrees.some((subtree) => subtree !== name && name.startsWith(subtree)),
  );
}

const asSubtree = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

/** The table, or the object that it stands in where it may be empty. */
function tableNames(
  { row, mayBeEmpty }: Extract<Need, { kind: "table" }>,
  anchors: ReadonlyMap<string, Anchor>,
  view: View | null,
): string[] {
  const subtree = mayBeEmpty === true ? holderOf(row) : prefixOf(row);
  if (row.anchor === null) return [subtree];
  const rest = subtree.slice(`$${row.anchor}.`.length);
  return anchorNames(row.anchor, anchors, view, (path, isChosen) =>
    // Whole tables of rows that are not chosen would be a high price for the case that the choice moves.
    isChosen ? [`${path}.${rest}`] : [],
  );
}

function pathNames(
  path: Template,
  anchors: ReadonlyMap<string, Anchor>,
  view: View | null,
): string[] {
  if (path.anchor === null) return [printTemplate(path)];
  const rest = printTemplate({ anchor: null, segments: path.segments });
  return anchorNames(path.anchor, anchors, view, (row) => [rest === "" ? row : `${row}.${rest}`]);
}

/** What an anchor is chosen by, and what is wanted `below` the rows that it knows. */
function anchorNames(
  name: string,
  anchors: ReadonlyMap<string, Anchor>,
  view: View | null,
  below: (row: string, isChosen: boolean) => string[],
): string[] {
  // `$row` belongs to a table, which is read whole.
  const anchor = anchors.get(name);
  if (anchor === undefined) return [];
  const chosen = view === null ? null : view.anchor(name);
  if (anchor.kind === "row") {
    const inner = anchor.holds === null ? [] : anchorNames(anchor.holds, anchors, view, () => []);
    if (view === null || chosen?.kind !== "row") return [...inner, prefixOf(anchor.row)];
    const evidence = [...anchor.where, ...anchor.prefer].map((test) => test.param);
    const rows = view
      .rows(anchor.row)
      .flatMap((row) => [
        ...evidence.map((param) => `${row.path}.${param}`),
        ...below(row.path, row.path === chosen.path),
      ]);
    return [...inner, ...rows];
  }
  const start = pathNames(anchor.from, anchors, view);
  if (view === null || chosen === null) return [...start, prefixOf(anchor.to)];
  if (chosen.kind === "row") return [...start, ...chosen.via, ...below(chosen.path, true)];
  // The walk goes on from where the last read ended, and what it read until then is read again.
  const via = "via" in chosen ? (chosen.via ?? []) : [];
  const open = chosen.kind === "unread" ? [chosen.path] : [];
  return [...start, ...via, ...open, prefixOf(anchor.to)];
}
