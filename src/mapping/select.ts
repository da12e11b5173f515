/**
 * Which map fits a device. A fact that nobody knows neither matches nor contradicts; an answer is given only when no
 * unknown fact could change it.
 */
import type { DeviceFacts } from "../model/device.ts";
import { layerRank, type Layer, type Match } from "./map.ts";
import type { Mapper, Selection } from "./mapper.ts";

export interface Candidate {
  readonly mapper: Mapper;
  readonly layer: Layer;
  readonly match: Match;
}

type Term = keyof Match;
/** From the strongest term to the weakest. productClass counts less than modelName: it is `IGD` for a whole vendor. */
const TERMS: readonly Term[] = [
  "softwareVersion",
  "hardwareVersion",
  "modelName",
  "productClass",
  "oui",
  "manufacturer",
  "root",
];

type Wanted = NonNullable<Match[Term]>;

const texts = (want: Wanted): readonly string[] | undefined =>
  typeof want === "string" ? [want] : Array.isArray(want) ? want : undefined;

function fits(want: Wanted, have: string): boolean {
  const list = texts(want);
  if (list !== undefined) return list.includes(have);
  return typeof want === "object" && "contains" in want && have.includes(want.contains);
}

/** Higher is more specific; compared from the left: layer, then each term (2 exact, 1 contains, 0 not given). */
export function specificity(layer: Layer, match: Match): number[] {
  return [
    layerRank(layer),
    ...TERMS.map((term) => {
      const want = match[term];
      return want === undefined ? 0 : texts(want) === undefined ? 1 : 2;
    }),
  ];
}

export function compareRank(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** Can one device fit both? A term that one of them lacks cannot keep them apart; two `contains` are assumed to meet. */
export function overlap(a: Match, b: Match): boolean {
  return TERMS.every((term) => {
    const [left, right] = [a[term], b[term]];
    if (left === undefined || right === undefined) return true;
    const some = (exact: Wanted, other: Wanted): boolean | undefined =>
      texts(exact)?.some((value) => fits(other, value));
    return some(left, right) ?? some(right, left) ?? true;
  });
}

interface Judged {
  readonly candidate: Candidate;
  readonly rank: readonly number[];
  readonly wrong: readonly Term[];
  readonly unknown: readonly Term[];
  readonly right: readonly Term[];
}

function judge(candidate: Candidate, facts: DeviceFacts): Judged {
  const wrong: Term[] = [];
  const unknown: Term[] = [];
  const right: Term[] = [];
  for (const term of TERMS) {
    const want = candidate.match[term];
    if (want === undefined) continue;
    const have = facts[term];
    (have === null ? unknown : fits(want, have) ? right : wrong).push(term);
  }
  return { candidate, rank: specificity(candidate.layer, candidate.match), wrong, unknown, right };
}

function printWant(want: Wanted): string {
  return (
    texts(want)?.join(" or ") ??
    (typeof want === "object" && "contains" in want ? `…${want.contains}…` : "")
  );
}

/** Names what did not fit, for the map that came nearest. */
function reasonFor(judged: readonly Judged[], facts: DeviceFacts): string {
  const nearest = [...judged].sort(
    (a, b) => b.right.length - a.right.length || a.wrong.length - b.wrong.length,
  )[0];
  if (nearest === undefined) return "no parameter map is loaded";
  const misfits = nearest.wrong.map((term) => {
    const want = nearest.candidate.match[term];
    return `${term} is "${facts[term] ?? ""}" and not ${want === undefined ? "" : printWant(want)}`;
  });
  return `no parameter map fits; nearest is ${nearest.candidate.mapper.name}: ${misfits.join(", ")}`;
}

export function selectFrom(candidates: readonly Candidate[], facts: DeviceFacts): Selection {
  const judged = candidates.map((candidate) => judge(candidate, facts));
  const alive = judged
    .filter(({ wrong }) => wrong.length === 0)
    .sort(
      (a, b) =>
        compareRank(b.rank, a.rank) || (a.candidate.mapper.name < b.candidate.mapper.name ? -1 : 1),
    );
  if (alive.length === 0) return { kind: "none", reason: reasonFor(judged, facts) };

  const best = alive.find(({ unknown }) => unknown.length === 0);
  // A weaker map that may turn out to fit changes nothing; an equal one binds the same, or would not have been loaded.
  const rivals = alive.filter(
    ({ unknown, rank }) =>
      unknown.length > 0 && (best === undefined || compareRank(rank, best.rank) > 0),
  );
  if (best !== undefined && rivals.length === 0)
    return { kind: "map", mapper: best.candidate.mapper };

  // Only a map that something speaks for: a device that nobody knows anything of is not likely anything.
  const backed = alive.filter(({ right }) => right.some((term) => term !== "root"));
  const [first, second] = backed;
  const single =
    first !== undefined && (second === undefined || compareRank(first.rank, second.rank) > 0);
  const missing = TERMS.filter((term) => rivals.some(({ unknown }) => unknown.includes(term)));
  return { kind: "undecided", likely: single ? first.candidate.mapper : null, missing };
}
