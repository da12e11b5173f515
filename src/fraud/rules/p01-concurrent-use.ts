/** P01: one credential, two CPEs at once. */
import { grouped } from "../../lib/grouped.ts";
import { allPairs, differ, type Pair } from "./pairs.ts";
import { oneSession, sameSession } from "../guards/same-session.ts";
import { crossed, pseudonym, sameBox, sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { bench, failover, repatched, soldSessions, unplacedPorts } from "../guards/places.ts";
import { firmwareRollout, outage, swapBooked } from "../guards/windows.ts";
import { overlap } from "../timeline/overlap.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { proofExhibits, sessionExhibits, sideOf } from "./use.ts";
import { rule } from "./rule.ts";

/** A one-sided suspicion is dropped when this many intervals bring no proof. */
const THRESHOLDS = { waitIntervals: 4 };

export const concurrentUse = rule({
  id: "P01",
  name: "concurrent-use",
  sources: ["S1"],
  severity: "high",
  onByDefault: true,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    sameSession,
    sameBox,
    sharedMac,
    pseudonym,
    sharedOnPurpose,
    soldSessions,
    bench,
    failover,
    repatched,
    unplacedPorts,
    crossed,
    swapBooked,
    firmwareRollout,
    outage,
  ],
  find: ({ id: credential }, view, { waitIntervals }) => {
    const pairs = allPairs(view.sessionsOf(credential), view).filter(
      ({ a, b }) => differ(a, b) && oneSession(a, b, view) === null,
    );
    const waitMs = waitIntervals * view.settings.interimMs;
    const byKey = grouped(pairs, (pair) => {
      // One box in two places is honest more often than not: without proof from both it is not even suspected.
      const apart = pair.a.mac !== null && pair.b.mac !== null && pair.a.mac !== pair.b.mac;
      const waits = apart && view.now < pair.b.startAt + waitMs;
      return pair.overlap === null && !waits ? null : keysOf(pair, view).join(" ");
    });
    return [...byKey.values()].flatMap((same) => suspect(credential, same, view, waitMs) ?? []);
  },
});

function keysOf({ a, b }: Pair, view: View): readonly string[] {
  const samePlace = a.mac === null || b.mac === null || a.mac === b.mac;
  return [a, b].map((session) => sideOf(session, view, samePlace).key).sort();
}

function suspect(
  credential: string,
  pairs: readonly Pair[],
  view: View,
  waitMs: number,
): Suspicion | null {
  const atBench = ({ a, b }: Pair): boolean => view.placeOf(a).bench || view.placeOf(b).bench;
  const ranked = [...pairs].sort(
    (x, y) =>
      Number(x.overlap === null) - Number(y.overlap === null) ||
      Number(atBench(x)) - Number(atBench(y)) ||
      (x.overlap?.fromAt ?? x.mayAt) - (y.overlap?.fromAt ?? y.mayAt),
  );
  const [best] = ranked;
  if (best === undefined) return null;
  const { a, b } = best;
  const proven = pairs.flatMap((pair) => pair.overlap ?? []);
  const samePlace = a.mac === null || b.mac === null || a.mac === b.mac;
  const beganAt = best.overlap?.fromAt ?? b.startAt;
  return {
    credential,
    service: view.serviceOf(credential),
    sides: [sideOf(a, view, samePlace), sideOf(b, view, samePlace)],
    members: [],
    severity: "high",
    text: `one credential on ${a.mac ?? a.nas} and ${b.mac ?? b.nas} at once`,
    signals: best.overlap === null ? ["may_overlap"] : ["overlap_proven_by_both"],
    beganAt,
    lastAt: proven.reduce((last, { untilAt }) => Math.max(last, untilAt), b.startAt),
    suspectedAt: pairs.reduce((first, { mayAt }) => Math.min(first, mayAt), Infinity),
    confirmedAt: best.overlap?.knownAt ?? null,
    exhibits: () => [
      ...sessionExhibits([a, b], beganAt),
      ...proofExhibits(best.overlap?.proofs ?? []),
    ],
    askAgainAt: best.overlap === null ? b.startAt + waitMs : null,
    standsAfter: (at) => {
      const later = pairs.flatMap((pair) => overlap(pair.a, pair.b, view.settings, at) ?? []);
      return later.length === 0
        ? null
        : { confirmedAt: later.reduce((first, { knownAt }) => Math.min(first, knownAt), Infinity) };
    },
  };
}
