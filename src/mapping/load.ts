/** Loads a set of maps: all or none. The only place of this folder that throws, and only while loading. */
import { AppError, type Problem } from "../lib/errors.ts";
import { checkMixin } from "./bound.ts";
import { conflicts } from "./conflicts.ts";
import { inherit } from "./inherit.ts";
import { isNarrow } from "./layer.ts";
import { compareWidth, stackOf, type Candidate } from "./layers.ts";
import { readMap } from "./map.ts";
import { type MapText } from "./map-text.ts";
import type { MapOrigin, MapSet } from "./mapper.ts";
import { matcherOf } from "./match.ts";
import { remembering } from "./remember.ts";
import { impliedBy, resolverOf } from "./resolve.ts";
import { selectFrom } from "./select.ts";

export interface MapSource {
  /** File or record name, for problems; nothing is read from there. */
  readonly source: string;
  /** One document as plain data. */
  readonly document: unknown;
  /** Default `shipped`. An operator's map stands for the shipped one of its name, which is not loaded. */
  readonly origin?: MapOrigin;
  /** Where a JSON Pointer leads in the text, if there is one. */
  readonly place?: (
    pointer: string,
    of?: "key" | "value",
  ) => Pick<Problem, "file" | "line" | "column">;
}

interface Loading extends MapText {
  readonly origin: MapOrigin;
}

type Read = ReturnType<typeof readMap>;

/**
 * Sets are made again whenever a record changes, of the same shipped documents: what was read of one is kept with it, and
 * so are the lenses that were built of its parts.
 */
const readBefore = new WeakMap<object, { readonly source: string; readonly read: Read }>();

function readOnce({ source, document }: MapSource): Read {
  if (typeof document !== "object" || document === null) return readMap(source, document);
  const before = readBefore.get(document);
  if (before?.source === source) return before.read;
  const read = readMap(source, document);
  readBefore.set(document, { source, read });
  return read;
}

/** Each map of the documents once, the operators' before those that ship. */
function readAll(documents: readonly MapSource[], problems: Problem[]): Map<string, Loading> {
  const texts = new Map<string, Loading>();
  const isOwn = ({ origin }: MapSource): boolean => origin === "operator";
  const own = documents.filter(isOwn);
  const named = new Set(own.map(nameOf));
  const shipped = documents.filter((one) => !isOwn(one) && !named.has(nameOf(one)));
  for (const one of [...own, ...shipped]) {
    const { source, origin = "shipped" } = one;
    const { map, problems: found } = readOnce(one);
    problems.push(...found);
    if (map === undefined) continue;
    const twin = texts.get(map.name);
    if (twin === undefined) texts.set(map.name, { ...map, origin });
    else {
      const message = `the name ${map.name} also stands in ${twin.file}`;
      problems.push({ file: source, pointer: "/metadata/name", code: "duplicate_name", message });
    }
  }
  return texts;
}

/** Before anything is known to be right. */
function nameOf({ document }: MapSource): unknown {
  return (document as { metadata?: { name?: unknown } | null } | null | undefined)?.metadata?.name;
}

function inheritAll(texts: ReadonlyMap<string, Loading>, problems: Problem[]): Loading[] {
  return [...texts.values()].flatMap((text) => {
    const { map, problems: found } = inherit(text, texts);
    problems.push(...found);
    return map === undefined ? [] : [{ ...map, origin: text.origin }];
  });
}

const isChosen = ({ match }: MapText): boolean => Object.keys(match).length > 0;

/**
 * @param documents one `ParameterMap` each, in any order
 * @throws AppError `invalid_map` with every problem that the stage found (shape, then inheritance, then steps), or
 *   `ambiguous_map`; each problem has `file` and `pointer`, and line and column where the document has a `place`
 */
export function loadMaps(documents: readonly MapSource[]): MapSet {
  const places = new Map(documents.map(({ source, place }) => [source, place]));
  const problems: Problem[] = [];
  const check = (code: "invalid_map" | "ambiguous_map"): void => {
    const placed = problems.map((problem): Problem => {
      const of = problem.code === "unknown_field" ? "key" : "value";
      const place = places.get(problem.file ?? "");
      return { ...problem, ...place?.(problem.pointer ?? "", of) };
    });
    const [first] = placed;
    if (first === undefined) return;
    const at = first.line === undefined ? (first.pointer ?? "") : `:${first.line}`;
    throw new AppError(code, `${first.file ?? ""}${at}: ${first.message}`, { problems: placed });
  };

  const texts = readAll(documents, problems);
  check("invalid_map");
  const maps = inheritAll(texts, problems);
  check("invalid_map");

  const candidates = maps
    .filter(isChosen)
    .map((map) => ({ map, matcher: matcherOf(map.match) }))
    .sort(compareWidth)
    .map((one, index): Candidate => ({ ...one, index }));
  const resolver = resolverOf(candidates);
  const over = new Map(candidates.map((one) => [one.map.name, impliedBy(one, candidates)]));
  problems.push(...problemsOf(maps, (map) => resolver.resolve(over.get(map.name) ?? []).problems));
  check("invalid_map");
  problems.push(...conflicts(candidates, over));
  check("ambiguous_map");

  return {
    names: candidates.flatMap(({ map }) => (isNarrow(map.layer) ? [map.name] : [])).sort(),
    maps: maps.map(({ name, file, layer, match, origin }) => ({
      name,
      file,
      layer,
      match,
      origin,
    })),
    evidence: maps.flatMap(({ name, verify }) => verify.map((claim) => ({ map: name, ...claim }))),
    select: remembering(candidates, (facts) => selectFrom(resolver, facts)),
    mapper: (name) => resolver.resolve(over.get(name) ?? []).mapper(),
    stack(name) {
      const alone = maps.find((map) => map.name === name);
      const combination = over.get(name);
      if (combination !== undefined) return resolver.resolve(combination).stack;
      return alone === undefined ? null : stackOf([{ map: alone }]);
    },
  };
}

/** Each map over all that it implies, each problem once however many maps it stands below. */
function problemsOf(
  maps: readonly MapText[],
  compile: (map: MapText) => readonly Problem[],
): Problem[] {
  const found = new Map<string, Problem>();
  for (const map of maps) {
    for (const problem of problemsOfOne(map, compile)) {
      const { file = "", pointer = "", code, message } = problem;
      found.set([file, pointer, code, message].join(" "), problem);
    }
  }
  return [...found.values()];
}

function problemsOfOne(
  map: MapText,
  compile: (map: MapText) => readonly Problem[],
): readonly Problem[] {
  const narrow = isNarrow(map.layer);
  if (isChosen(map)) {
    // What many devices have in common need not be enough to know one of them.
    return compile(map).filter(({ code }) => narrow || code !== "no_identity");
  }
  if (!narrow) return checkMixin(map);
  const message =
    "a map that devices get has to say which; only layers base and vendor may go without match";
  return [{ file: map.file, pointer: "/spec", code: "no_match", message }];
}
