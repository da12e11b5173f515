/** What the choice of a row rests on, kept beside a plan: where a later read shows another choice, the plan is void. */
import { canonicalJson } from "../lib/hash.ts";
import { earlierOf, type Anchor } from "./anchors.ts";
import type { Need } from "./codecs/codec.ts";
import type { Evidence } from "./mapper.ts";
import type { View } from "./view.ts";

/** Anchors that these needs start at, and those that they rest on, each once. */
function anchorsOf(needs: readonly Need[], anchors: ReadonlyMap<string, Anchor>): string[] {
  const names = new Set<string>();
  const take = (name: string | null): void => {
    const anchor = name === null ? undefined : anchors.get(name);
    if (name === null || anchor === undefined || names.has(name)) return;
    take(earlierOf(anchor));
    names.add(name);
  };
  for (const need of needs) take(need.kind === "table" ? need.row.anchor : need.path.anchor);
  return [...names];
}

/**
 * The conditions that a row has to meet, and the references of a walk. Preferences are left out: a connection that a write
 * of ours has just broken is not another connection.
 */
export function evidenceOf(
  needs: readonly Need[],
  anchors: ReadonlyMap<string, Anchor>,
  view: View,
): Evidence[] {
  return anchorsOf(needs, anchors).flatMap((name) => {
    const anchor = anchors.get(name);
    const state = view.anchor(name);
    if (anchor === undefined || state.kind !== "row") return [];
    const paths =
      anchor.kind === "row" ? anchor.where.map(({ param }) => `${state.path}.${param}`) : state.via;
    const read = paths.map((path) => {
      const found = view.state(path);
      return [path, found.kind === "text" ? found.text : null] as const;
    });
    return [{ anchor: name, row: state.path, read: Object.fromEntries(read) }];
  });
}

/** Does the later choice rest on the same? Anchors that only one of them names are not compared. */
export function stillHolds(earlier: readonly Evidence[], later: readonly Evidence[]): boolean {
  return earlier.every((one) => {
    const now = later.find(({ anchor }) => anchor === one.anchor);
    return now === undefined || canonicalJson(now) === canonicalJson(one);
  });
}
