/** P17: a workshop's line used as a service. Goes to operations, not to billing. */
import { octetsSince } from "../evidence.ts";
import { DAY, HOUR } from "../facts/instant.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";
import { explains, guard } from "../guards/guard.ts";
import { rule } from "./rule.ts";
import { sessionExhibits, sideOf } from "./use.ts";

const THRESHOLDS = { longestMs: 8 * HOUR, bytesADay: 20e9 };

const burnIn = guard("burn-in ticket", ({ service, beganAt, lastAt }) => {
  const ticket = service?.tickets.find(
    ({ kind, fromAt, untilAt }) => kind === "burn_in" && fromAt <= lastAt && beganAt <= untilAt,
  );
  return ticket === undefined ? null : explains("allowed", "a burn-in is announced");
});

export const greyBench = rule({
  id: "P17",
  name: "grey-bench",
  sources: ["S1", "S4"],
  severity: "low",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [burnIn, sharedOnPurpose],
  find: ({ id: credential }, view, { longestMs, bytesADay }) => {
    const service = view.serviceOf(credential);
    if (service === null) return [];
    return view.sessionsOf(credential).flatMap((session) => {
      if (!view.placeOf(session).bench) return [];
      const long = session.alive.find(({ at }) => at - session.startAt > longestMs);
      const bytesBy = (at: number): number =>
        Number(octetsSince(session, at - DAY) - octetsSince(session, at + 1));
      const much = session.packets.find(({ at }) => bytesBy(at) > bytesADay);
      const known = [long, much].flatMap((packet) => packet?.receivedAt ?? []);
      if (known.length === 0) return [];
      return [
        {
          credential,
          service,
          sides: [{ ...sideOf(session, view), key: `${session.nas}/${session.line ?? ""}` }],
          members: [],
          severity: "low" as const,
          text: `a bench runs ${service.ref} as a service`,
          signals: [
            ...(long === undefined ? [] : ["hours_on_a_bench"]),
            ...(much === undefined ? [] : ["octets_on_a_bench"]),
          ],
          beganAt: session.startAt,
          lastAt: session.packets.at(-1)?.at ?? session.startAt,
          suspectedAt: Math.min(...known),
          confirmedAt: known.length > 1 ? Math.max(...known) : null,
          exhibits: () => sessionExhibits([session], session.startAt),
          standsAfter: () => null,
        },
      ];
    });
  },
});
