/**
 * Which maps a device gets: all that fit what is known of it, laid over one another. An answer is given only when no
 * unknown fact could change it.
 */
import type { DeviceFacts } from "../model/device.ts";
import { judge, judgeAssuming, type Verdict } from "./fit.ts";
import { isNarrow, layerRank } from "./layer.ts";
import { sameContent, stackOf, type Candidate } from "./layers.ts";
import type { FirmwareFit, Mapper, Selection } from "./mapper.ts";
import { compareRank, TEXT_TERMS, type Matcher } from "./match.ts";
import { probing } from "./probe.ts";
import type { Resolver } from "./resolve.ts";

interface Judged {
  readonly candidate: Candidate;
  readonly verdicts: readonly Verdict[];
}

const isWrong = ({ is }: Verdict): boolean => is === "wrong" || is === "unparsed";
const fits = ({ verdicts }: Judged): boolean => verdicts.every(({ is }) => is === "right");
const isAlive = ({ verdicts }: Judged): boolean => !verdicts.some(isWrong);
const mapsOf = (judged: readonly Judged[]): Candidate[] =>
  judged.filter(fits).map(({ candidate }) => candidate);

/** Something speaks for it; that the root is right does not, as it is for half of all devices. */
const isBacked = ({ verdicts }: Judged): boolean =>
  verdicts.some(({ is, term }) => is === "right" && term !== "root");

/**
 * The map that the device will turn out to have if nothing contradicts it: of the most specific model that something
 * speaks for. Null when two are as good, or none is.
 */
function bestBacked(judged: readonly Judged[]): Candidate | null {
  const [best, second] = judged
    .filter((one) => isNarrow(one.candidate.map.layer) && isAlive(one) && isBacked(one))
    .map(({ candidate }) => candidate)
    .sort(
      (a, b) =>
        layerRank(a.map.layer) - layerRank(b.map.layer) ||
        compareRank(b.matcher.rank, a.matcher.rank),
    );
  const isTied =
    best !== undefined &&
    second?.map.layer === best.map.layer &&
    compareRank(second.matcher.rank, best.matcher.rank) === 0;
  return best === undefined || isTied ? null : best;
}

function firmwareOf(judged: readonly Judged[]): FirmwareFit {
  const named = judged.filter(fits).flatMap(({ candidate }) => {
    const term = candidate.matcher.wanted.find(({ term: name }) => name === "softwareVersion");
    return term === undefined ? [] : [term.texts === null ? "range" : "exact"];
  });
  if (named.includes("exact")) return "exact";
  const isUnparsed = judged.some(
    ({ verdicts }) =>
      verdicts.some(({ is }) => is === "unparsed") && !verdicts.some(({ is }) => is === "wrong"),
  );
  if (isUnparsed) return "unparsed";
  return named.length > 0 ? "range" : "any";
}

/** The narrower map that came nearest, and what keeps it away. */
function nearestOf(judged: readonly Judged[]): string | null {
  const count = ({ verdicts }: Judged, wanted: Verdict["is"]): number =>
    verdicts.filter(({ is }) => is === wanted).length;
  const [nearest] = judged
    .filter((one) => isNarrow(one.candidate.map.layer) && !isAlive(one))
    .sort((a, b) => count(b, "right") - count(a, "right") || count(a, "wrong") - count(b, "wrong"));
  if (nearest === undefined) return null;
  const why = nearest.verdicts.filter(isWrong).map((verdict) => verdict.why);
  return `${nearest.candidate.map.name}: ${why.join(", ")}`;
}

/** Paths whose presence decides about maps that nothing else speaks against. */
function probesOf(judged: readonly Judged[]): string[] {
  const isPresence = ({ term }: Verdict): boolean => term.includes(" ");
  const open = judged.filter(({ verdicts }) =>
    verdicts.every((verdict) => isPresence(verdict) || !isWrong(verdict)),
  );
  return [
    ...new Set(open.flatMap(({ candidate: { matcher } }) => [...matcher.has, ...matcher.lacks])),
  ].sort();
}

/** A map that may turn out to fit, and would change nothing, leaves nothing open. */
function openOf(judged: readonly Judged[]): Judged[] {
  const now = stackOf(mapsOf(judged));
  return judged.filter((one) => {
    if (!isAlive(one) || fits(one)) return false;
    const then = judged.filter((other) => other === one || fits(other));
    return !sameContent(stackOf(then.map(({ candidate }) => candidate)), now);
  });
}

function missingIn(open: readonly Judged[]): string[] {
  const unknown = open.flatMap(({ verdicts }) => verdicts.filter(({ is }) => is === "unknown"));
  const terms = new Set(unknown.map(({ term }) => term));
  const texts = TEXT_TERMS.filter((term) => terms.delete(term));
  return [...texts, ...[...terms].sort()];
}

export function selectFrom(resolver: Resolver, facts: DeviceFacts): Selection {
  const judgedBy = (verdictsOf: (matcher: Matcher) => Verdict[]): Judged[] =>
    resolver.candidates.map((candidate) => ({
      candidate,
      verdicts: verdictsOf(candidate.matcher),
    }));
  const judged = judgedBy((matcher) => judge(matcher, facts));
  const nearest = nearestOf(judged);
  const probes = probesOf(judged);
  const mapperOf = (combination: readonly Candidate[]): Mapper | null => {
    const mapper = resolver.resolve(combination).mapper();
    if (mapper === null) return null;
    return probing(mapper.general ? { ...mapper, nearest } : mapper, probes);
  };

  const sure = mapsOf(judged);
  const open = openOf(judged);
  if (open.length > 0) {
    const best = bestBacked(judged);
    const assumed =
      best === null ? [] : judgedBy((matcher) => judgeAssuming(matcher, facts, best.matcher));
    const likely = mapperOf(mapsOf(assumed)) ?? mapperOf(sure);
    return { kind: "undecided", likely, missing: missingIn(open) };
  }
  const mapper = mapperOf(sure);
  if (mapper !== null) return { kind: "map", mapper, firmware: firmwareOf(judged) };
  return { kind: "none", reason: reasonFor(resolver, sure, nearest) };
}

function reasonFor(resolver: Resolver, sure: readonly Candidate[], nearest: string | null): string {
  const [problem] = resolver.resolve(sure).problems;
  // Each of them loads over what it implies; only together can they go wrong.
  if (problem !== undefined && problem.code !== "no_identity") {
    const names = sure.map(({ map }) => map.name).join(", ");
    return `the parameter maps ${names} do not go together: ${problem.message}`;
  }
  return `no parameter map fits${nearest === null ? "" : `; nearest is ${nearest}`}`;
}
