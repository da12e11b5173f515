/** P02: one MAC in two places at once, under whatever names. */
import { grouped } from "../../lib/grouped.ts";
import { oneSession, sameSession } from "../guards/same-session.ts";
import { sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { bench, failover, nomadic, repatched } from "../guards/places.ts";
import { outage, swapBooked } from "../guards/windows.ts";
import { overlap } from "../timeline/overlap.ts";
import { allPairs } from "./pairs.ts";
import { rule } from "./rule.ts";
import { proofExhibits, sessionExhibits, sideOf } from "./use.ts";

export const macClone = rule({
  id: "P02",
  name: "mac-clone",
  sources: ["S1", "S4"],
  severity: "high",
  onByDefault: false,
  version: 1,
  by: ["mac"],
  thresholds: {},
  guards: [
    sameSession,
    sharedMac,
    sharedOnPurpose,
    failover,
    repatched,
    bench,
    nomadic,
    swapBooked,
    outage,
  ],
  find: ({ id: mac }, view) => {
    const apart = allPairs(view.sessionsOfMac(mac), view).filter(({ a, b, overlap: proven }) => {
      const [one, other] = [view.placeOf(a).site, view.placeOf(b).site];
      return (
        proven !== null &&
        one !== null &&
        other !== null &&
        one !== other &&
        oneSession(a, b, view) === null
      );
    });
    const bySites = grouped(apart, ({ a, b }) =>
      [view.placeOf(a).site, view.placeOf(b).site].sort().join(" "),
    );
    return [...bySites.values()].flatMap((pairs) => {
      const [best] = pairs;
      const proven = best?.overlap ?? null;
      if (best === undefined || proven === null) return [];
      const { a, b } = best;
      const credential = a.credential ?? b.credential;
      return [
        {
          credential: null,
          service: view.servicesOfMac(mac)[0] ?? view.serviceOf(credential),
          sides: [a, b].map((session) => ({
            ...sideOf(session, view),
            key: `${mac}@${view.placeOf(session).site ?? ""}`,
          })),
          members: [],
          severity: "high" as const,
          text: `${mac} at ${view.placeOf(a).site ?? ""} and ${view.placeOf(b).site ?? ""} at once`,
          signals: ["overlap_proven_by_both", "two_sites"],
          beganAt: proven.fromAt,
          lastAt: pairs.reduce(
            (last, pair) => Math.max(last, pair.overlap?.untilAt ?? last),
            -Infinity,
          ),
          suspectedAt: best.mayAt,
          confirmedAt: proven.knownAt,
          exhibits: () => [
            ...sessionExhibits([a, b], proven.fromAt),
            ...proofExhibits(proven.proofs),
          ],
          standsAfter: (at) => {
            const later = pairs.flatMap((pair) => overlap(pair.a, pair.b, view.settings, at) ?? []);
            return later.length === 0
              ? null
              : {
                  confirmedAt: later.reduce(
                    (first, { knownAt }) => Math.min(first, knownAt),
                    Infinity,
                  ),
                };
          },
        },
      ];
    });
  },
});
