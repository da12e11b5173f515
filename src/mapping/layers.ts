/** All maps that fit a device, laid over one another: the widest first, name by name, the later wins. */
import { isNarrow, layerRank } from "./layer.ts";
import { compareRank, type Match, type Matcher } from "./match.ts";
import { SECTIONS, type MapText, type Placed, type Sections } from "./map-text.ts";

/** A map that devices can fit, with all that it inherits. */
export interface Candidate {
  /** Its place in the order of laying over; candidates are compared by it. */
  readonly index: number;
  readonly map: MapText;
  readonly matcher: Matcher;
}

/** What is in force for one device. */
export interface Stack extends Sections {
  /** The data model that all of it is about, where one of the maps says so. */
  readonly root: Match["root"] | null;
  /** The narrowest of them. */
  readonly name: string;
  readonly file: string;
  /** Names, the widest first. */
  readonly layers: readonly string[];
  /** Nothing of a model or narrower is in it, or nobody has approved it: it may be read through, and never written. */
  readonly general: boolean;
  /** The map among them that nobody has approved yet. */
  readonly suggested: string | null;
}

/** base, vendor, model, firmware, site; inside a layer the less specific first. The name decides nothing but the order. */
export function compareWidth(
  a: Pick<Candidate, "map" | "matcher">,
  b: Pick<Candidate, "map" | "matcher">,
): number {
  return (
    layerRank(a.map.layer) - layerRank(b.map.layer) ||
    compareRank(a.matcher.rank, b.matcher.rank) ||
    (a.map.name < b.map.name ? -1 : 1)
  );
}

/**
 * What a map adds where maps of these names are laid over one another. What it inherited from one of them stands in that
 * one's place already; said here once more, it would cover what lies between the two.
 */
export function additionsOf(map: MapText, names: ReadonlySet<string>): Sections {
  const own = <T>(parts: ReadonlyMap<string, Placed<T>>): ReadonlyMap<string, Placed<T>> =>
    new Map([...parts].filter(([, { by }]) => by === map.name || !names.has(by)));
  return {
    declares: own(map.declares),
    anchors: own(map.anchors),
    bind: own(map.bind),
    actions: own(map.actions),
  };
}

/** @param candidates in their order */
export function stackOf(candidates: readonly Pick<Candidate, "map">[]): Stack {
  const layers = candidates.map(({ map }) => map.name);
  const names = new Set(layers);
  const added = candidates.map(({ map }) => additionsOf(map, names));
  const laid = <T>(pick: (sections: Sections) => ReadonlyMap<string, Placed<T>>) =>
    new Map(added.flatMap((sections) => [...pick(sections)]));
  const bind = laid(({ bind: all }) => all);
  const narrowest = candidates.at(-1)?.map;
  const suggested = candidates.find(({ map }) => map.suggested);
  return {
    root: candidates.find(({ map }) => map.match.root !== undefined)?.map.match.root ?? null,
    name: narrowest?.name ?? "",
    file: narrowest?.file ?? "",
    layers,
    general: suggested !== undefined || !candidates.some(({ map }) => isNarrow(map.layer)),
    suggested: suggested?.map.name ?? null,
    declares: laid(({ declares }) => declares),
    anchors: laid(({ anchors }) => anchors),
    bind: new Map([...bind].filter(([, { value }]) => value !== null)),
    actions: laid(({ actions }) => actions),
  };
}

export function sameContent(a: Stack, b: Stack): boolean {
  return (
    a.general === b.general &&
    SECTIONS.every(
      (section) =>
        a[section].size === b[section].size &&
        [...a[section]].every(([name, { text }]) => b[section].get(name)?.text === text),
    )
  );
}
