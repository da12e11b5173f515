/**
 * `extends`: a map with all that it inherits, left to right, later wins, the map itself last. `match` is merged term by
 * term, everything else by name. Name, layer and evidence are not inherited.
 */
import type { Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { MapText, Sections } from "./map-text.ts";

const NOTHING: Sections = {
  declares: new Map(),
  anchors: new Map(),
  bind: new Map(),
  actions: new Map(),
};

/** The upper one laid over the lower one, name by name. */
export function layOver(lower: Sections, upper: Sections): Sections {
  return {
    declares: new Map([...lower.declares, ...upper.declares]),
    anchors: new Map([...lower.anchors, ...upper.anchors]),
    bind: new Map([...lower.bind, ...upper.bind]),
    actions: new Map([...lower.actions, ...upper.actions]),
  };
}

export function inherit(
  map: MapText,
  all: ReadonlyMap<string, MapText>,
  trail: readonly string[] = [],
): { map?: MapText; problems: Problem[] } {
  const path = [...trail, map.name];
  let match: MapText["match"] = {};
  let sections = NOTHING;
  for (const [index, name] of map.extends.entries()) {
    const place = { file: map.file, pointer: `/spec/extends/${index}` };
    const parent = all.get(name);
    if (parent === undefined) {
      const message = `no map "${name}".${didYouMean(name, [...all.keys()])}`;
      return { problems: [{ ...place, code: "unknown_map", message }] };
    }
    if (path.includes(name)) {
      const message = [...path, name].join(" extends ");
      return { problems: [{ ...place, code: "cycle", message }] };
    }
    const inherited = inherit(parent, all, path);
    if (inherited.map === undefined) return inherited;
    match = { ...match, ...inherited.map.match };
    sections = layOver(sections, inherited.map);
  }
  match = { ...match, ...map.match };
  return { map: { ...map, ...layOver(sections, map), match }, problems: [] };
}
