/** A map as the rules of the linter see it: its anchors and lenses built, its paths listed, the standard beside them. */
import { parseAnchor, type Anchor } from "../anchors.ts";
import type { LogicalDef } from "../dictionary/def.ts";
import { DICTIONARY } from "../dictionary/index.ts";
import type { BindingText } from "../binding.ts";
import { buildBinding } from "../build-binding.ts";
import { contentOf } from "../content.ts";
import type { Stack } from "../layers.ts";
import type { Standard } from "../standard/standard.ts";
import { knowledgeOf, type Known } from "./known.ts";
import { NO_TRIAL, tryWrites, type Trial } from "./trial.ts";
import { usesOfActions, usesOfAnchors, writesOfActions, type ActionWrite } from "./unbound-uses.ts";
import { usesOfBinding, type Use } from "./uses.ts";

export interface Bound {
  readonly logical: string;
  readonly def: LogicalDef;
  readonly text: BindingText;
  readonly file: string;
  readonly pointer: string;
  readonly observeOnly: boolean;
  readonly uses: readonly Use[];
  /** What it writes for the edge values of its domain; nothing where it only observes. */
  readonly trial: Trial;
}

export interface Subject {
  readonly map: Stack;
  readonly anchors: ReadonlyMap<string, Anchor>;
  readonly bindings: readonly Bound[];
  readonly actionWrites: readonly ActionWrite[];
  /** All of the map, each with its place. */
  readonly uses: readonly Use[];
  readonly known: (path: string) => Known;
}

/**
 * @param map what is in force for a device; parts that do not build are left out, as loading says what is wrong with them
 * @param trials filled on the way: what many maps inherit is tried once
 */
export function subjectOf(map: Stack, standard: Standard, trials: Map<string, Trial>): Subject {
  const anchors = new Map<string, Anchor>();
  for (const [name, { value }] of map.anchors) {
    const anchor = parseAnchor(value);
    if (!("fault" in anchor)) anchors.set(name, anchor);
  }
  const names = new Set(map.anchors.keys());
  const bindings: Bound[] = [];
  for (const [logical, placed] of map.bind) {
    const def = DICTIONARY.get(logical);
    const { file, pointer, value: text } = placed;
    if (text === null || def === undefined) continue;
    const built = buildBinding(logical, text, pointer, names);
    if (built.problems.length > 0) continue;
    const observeOnly = def.observeOnly || text.observeOnly === true;
    const place = { logical, file, pointer, observeOnly, text };
    const uses = usesOfBinding(place, built, anchors);
    const key = [file, pointer, ...uses.map(({ path }) => path)].join("\n");
    const trial =
      trials.get(key) ?? (observeOnly ? NO_TRIAL : tryWrites(built.lens, def.type, anchors));
    trials.set(key, trial);
    bindings.push({ ...place, def, uses, trial });
  }
  const known = knowledgeOf(standard, contentOf(map).declares);
  const memo = new Map<string, Known>();
  return {
    map,
    anchors,
    bindings,
    actionWrites: writesOfActions(map),
    uses: [
      ...usesOfAnchors(map, anchors),
      ...bindings.flatMap(({ uses }) => uses),
      ...usesOfActions(map),
    ],
    known(path) {
      const found = memo.get(path) ?? known(path);
      memo.set(path, found);
      return found;
    },
  };
}
