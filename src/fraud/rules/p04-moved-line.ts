/** P04: the right CPE on a line of another site. Mostly a move that nobody wrote down. */
import { bindingAt } from "../facts/billing.ts";
import { MINUTE } from "../facts/instant.ts";
import { crossed, sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { bench, failover, nomadic, repatched } from "../guards/places.ts";
import { clocks, lateTicket, outage, swapBooked } from "../guards/windows.ts";
import type { Session } from "../timeline/session.ts";
import { rule } from "./rule.ts";
import { allAfter, sessionExhibits, sideOf, useOf } from "./use.ts";

const THRESHOLDS = { interims: 2, leastMs: 10 * MINUTE };

export const movedLine = rule({
  id: "P04",
  name: "moved-line",
  sources: ["S1", "S4"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    bench,
    nomadic,
    failover,
    repatched,
    crossed,
    sharedMac,
    sharedOnPurpose,
    swapBooked,
    outage,
    clocks,
    lateTicket,
  ],
  find: ({ id: credential }, view, { interims, leastMs }) => {
    const service = view.serviceOf(credential);
    if (service?.site === undefined || service.site === null) return [];
    const elsewhere = new Map<string, Session[]>();
    for (const session of view.sessionsOf(credential)) {
      const { site } = view.placeOf(session);
      const binding = bindingAt(service, session.startAt);
      if (site === null || site === service.site || session.mac === null) continue;
      if (binding?.macs.includes(session.mac) !== true) continue;
      const key = `${session.mac}@${site}`;
      elsewhere.set(key, [...(elsewhere.get(key) ?? []), session]);
    }
    const least = { proofs: interims, ms: leastMs, both: true };
    return [...elsewhere].flatMap(([key, sessions]) => {
      const [first] = sessions;
      const use = useOf(sessions);
      const suspectedAt = use?.reached(least) ?? null;
      if (first === undefined || use === null || suspectedAt === null) return [];
      // Longer than an order may be late, it is no move that is being written down.
      const stays = use.lastAt - use.beganAt >= view.settings.swapAfterMs;
      return [
        {
          credential,
          service,
          sides: [{ ...sideOf(first, view), key }],
          members: [],
          severity: "medium" as const,
          text: `move? ${service.ref} is used at ${view.placeOf(first).site ?? ""}`,
          signals: ["line_of_another_site", ...(stays ? ["no_order_for_a_day"] : [])],
          beganAt: use.beganAt,
          lastAt: use.lastAt,
          suspectedAt,
          confirmedAt: stays
            ? Math.max(suspectedAt, use.beganAt + view.settings.swapAfterMs)
            : null,
          exhibits: () => sessionExhibits(sessions, use.beganAt),
          standsAfter: (at) =>
            (useOf(allAfter(sessions, at))?.reached(least) ?? null) === null
              ? null
              : { confirmedAt: null },
        },
      ];
    });
  },
});
