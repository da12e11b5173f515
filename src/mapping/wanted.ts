/**
 * What to read. Without earlier knowledge: exact names, and the whole table wherever a row has to be found. With an
 * earlier snapshot in which the anchor found its row: the evidence and the bound parameters of every row that is known,
 * one by one, so that a steady device costs a dozen names and not a whole WAN branch. Where the anchor finds no row, the
 * table is asked for again. Tables that are the value itself are always read whole: a set is known only when all of it is.
 */
import type { Anchor } from "./anchors.ts";
import type { Need } from "./codecs/codec.ts";
import { prefixOf, printTemplate, type Template } from "./path.ts";
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
      need.kind === "table" ? [prefixOf(need.row)] : pathNames(need.path, anchors, view);
    for (const name of found) names.add(need.kind === "subtree" ? asSubtree(name) : name);
  }
  const subtrees = [...names].filter((name) => name.endsWith("."));
  return [...names].filter(
    (name) => !subtrees.some((subtree) => subtree !== name && name.startsWith(subtree)),
  );
}

const asSubtree = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

function pathNames(
  path: Template,
  anchors: ReadonlyMap<string, Anchor>,
  view: View | null,
): string[] {
  if (path.anchor === null) return [printTemplate(path)];
  // `$row` belongs to a table, which is read whole.
  const anchor = anchors.get(path.anchor);
  if (anchor === undefined) return [];
  const rest = printTemplate({ anchor: null, segments: path.segments });
  const below = (row: string): string => (rest === "" ? row : `${row}.${rest}`);
  const chosen = view === null ? null : view.anchor(path.anchor);
  if (anchor.kind === "row") {
    if (view === null || chosen?.kind !== "row") return [prefixOf(anchor.row)];
    const evidence = [...anchor.where, ...anchor.prefer].map((test) => test.param);
    return view
      .rows(anchor.row)
      .flatMap((row) => [...evidence.map((param) => `${row.path}.${param}`), below(row.path)]);
  }
  const start = pathNames(anchor.from, anchors, view);
  if (view === null || chosen === null) return [...start, prefixOf(anchor.to)];
  if (chosen.kind === "row") return [...start, ...chosen.via, below(chosen.path)];
  // The walk goes on from where the last read ended.
  return [...start, ...(chosen.kind === "unread" ? [chosen.path] : []), prefixOf(anchor.to)];
}
