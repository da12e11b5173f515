/** P13: too far, too fast. Never more than a suspicion: coordinates and clocks are too often wrong. */
import type { View } from "../view.ts";
import { DAY, HOUR } from "../facts/instant.ts";
import type { Site } from "../facts/network.ts";
import { oneSession, sameSession } from "../guards/same-session.ts";
import { pseudonym, sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { bench, failover, nomadic, repatched, soldSessions } from "../guards/places.ts";
import { clocks, outage, swapBooked } from "../guards/windows.ts";
import { provenUntil } from "../timeline/overlap.ts";
import type { Session } from "../timeline/session.ts";
import { distanceKm } from "./distance.ts";
import { rule } from "./rule.ts";
import { sessionExhibits, sideOf } from "./use.ts";

const THRESHOLDS = { leastKm: 50, kmAnHour: 300, surveyDays: 365, sharedByLines: 500 };

export const impossibleMove = rule({
  id: "P13",
  name: "impossible-move",
  sources: ["S1", "S4"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    sameSession,
    sharedMac,
    pseudonym,
    sharedOnPurpose,
    soldSessions,
    nomadic,
    bench,
    failover,
    repatched,
    clocks,
    swapBooked,
    outage,
  ],
  find: ({ id: credential }, view, t) => {
    const sessions = view.sessionsOf(credential);
    return sessions.flatMap((b, index) => {
      const a = sessions.slice(0, index).findLast((one) => view.placeOf(one).site !== null);
      const [from, to] = [placed(a, view, t), placed(b, view, t)];
      if (a === undefined || from === null || to === null || oneSession(a, b, view) !== null)
        return [];
      const km = distanceKm(from, to);
      const gapMs = Math.max(
        1,
        b.startAt + Math.max(0, b.offsetMs) - provenUntil(a, view.settings),
      );
      const speed = km / (gapMs / HOUR);
      if (km <= t.leastKm || speed <= t.kmAnHour || b.packets[0] === undefined) return [];
      return [
        {
          credential,
          service: view.serviceOf(b.credential),
          sides: [a, b].map((session) => ({
            ...sideOf(session, view),
            key: `${session.mac ?? ""}@${view.placeOf(session).site ?? ""}`,
          })),
          members: [],
          severity: "medium" as const,
          text: `${Math.round(km)} km in ${Math.round(gapMs / 60_000)} min`,
          signals: ["too_far_too_fast"],
          beganAt: b.startAt,
          lastAt: b.packets.at(-1)?.at ?? b.startAt,
          suspectedAt: b.packets[0].receivedAt,
          confirmedAt: null,
          exhibits: () => sessionExhibits([a, b], b.startAt),
          standsAfter: (at: number) => (b.startAt > at ? { confirmedAt: null } : null),
        },
      ];
    });
  },
});

/** The site of a line, where its coordinates are fresh and its own. */
function placed(session: Session | undefined, view: View, t: typeof THRESHOLDS): Site | null {
  if (session === undefined) return null;
  const site = view.site(view.placeOf(session).site);
  if (site === null || site.lines > t.sharedByLines) return null;
  return session.startAt - site.surveyedAt > t.surveyDays * DAY ? null : site;
}
