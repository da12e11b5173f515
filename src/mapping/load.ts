/** Loads a set of maps: all or none. The only place of this folder that throws, and only while loading. */
import { AppError, type Problem } from "../lib/errors.ts";
import { canonicalJson } from "../lib/hash.ts";
import { compileMap } from "./compile.ts";
import { layerRank, readMap, resolveMap, type MapText } from "./map.ts";
import type { MapSet } from "./mapper.ts";
import { compareRank, overlap, selectFrom, specificity, type Candidate } from "./select.ts";

export interface MapSource {
  /** File or record name, for problems; nothing is read from there. */
  readonly source: string;
  /** One document as plain data. */
  readonly document: unknown;
}

/** `base` and `vendor` exist to be extended; a device gets a map of a model or of something narrower. */
const isChosen = (map: MapText): boolean => layerRank(map.layer) >= layerRank("model");

/** What a map does with one logical parameter, anchors included: two maps that agree in it cannot disagree on a device. */
function meaningOf(map: MapText, logical: string): string {
  const anchors = Object.fromEntries([...map.anchors].map(([name, { value }]) => [name, value]));
  return canonicalJson({ anchors, binding: map.bind.get(logical)?.value ?? null });
}

function conflicts(a: MapText, b: MapText): Problem[] {
  const sameRank = compareRank(specificity(a.layer, a.match), specificity(b.layer, b.match)) === 0;
  if (!sameRank || !overlap(a.match, b.match)) return [];
  const logical = [...new Set([...a.bind.keys(), ...b.bind.keys()])].find(
    (name) => meaningOf(a, name) !== meaningOf(b, name),
  );
  if (logical === undefined) return [];
  const place = (map: MapText, other: MapText): Problem => {
    const placed = map.bind.get(logical);
    return {
      file: placed?.file ?? map.file,
      pointer: placed?.pointer ?? "/spec/match",
      code: "ambiguous_map",
      message: `${map.name} and ${other.name} fit the same devices equally well and differ in ${logical}; narrow one match`,
    };
  };
  return [place(a, b), place(b, a)];
}

/**
 * @param documents one `ParameterMap` each, in any order; a name may stand only once (shadowing is the caller's matter)
 * @throws AppError `invalid_map` with every problem that the stage found (shape, then inheritance, then steps), or
 *   `ambiguous_map`; each problem has `file` (the source) and `pointer`
 */
export function loadMaps(documents: readonly MapSource[]): MapSet {
  const problems: Problem[] = [];
  const check = (code: "invalid_map" | "ambiguous_map"): void => {
    const [first] = problems;
    if (first === undefined) return;
    throw new AppError(code, `${first.file ?? ""}${first.pointer ?? ""}: ${first.message}`, {
      problems,
    });
  };

  const texts = new Map<string, MapText>();
  for (const { source, document } of documents) {
    const read = readMap(source, document);
    problems.push(...read.problems);
    if (read.map === undefined) continue;
    const twin = texts.get(read.map.name);
    if (twin === undefined) texts.set(read.map.name, read.map);
    else {
      const message = `the name ${read.map.name} also stands in ${twin.file}`;
      problems.push({ file: source, pointer: "/metadata/name", code: "duplicate_name", message });
    }
  }
  check("invalid_map");

  const resolved: MapText[] = [];
  for (const text of texts.values()) {
    const result = resolveMap(text, texts);
    problems.push(...result.problems);
    if (result.map !== undefined && isChosen(text)) resolved.push(result.map);
  }
  check("invalid_map");

  const candidates: Candidate[] = [];
  for (const map of resolved) {
    if (Object.keys(map.match).length === 0) {
      const message =
        "a map that devices get has to say which; only layers base and vendor may go without match";
      problems.push({ file: map.file, pointer: "/spec", code: "no_match", message });
    }
    const compiled = compileMap(map);
    problems.push(...compiled.problems);
    if (compiled.mapper !== undefined) {
      candidates.push({ mapper: compiled.mapper, layer: map.layer, match: map.match });
    }
  }
  check("invalid_map");

  for (const [index, map] of resolved.entries()) {
    for (const other of resolved.slice(index + 1)) problems.push(...conflicts(map, other));
  }
  check("ambiguous_map");

  return {
    names: candidates.map(({ mapper }) => mapper.name).sort(),
    select: (facts) => selectFrom(candidates, facts),
  };
}
