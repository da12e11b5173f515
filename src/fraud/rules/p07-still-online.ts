/** P07: a session that outlives the end of its service. */
import { packetExhibit, sideExhibit } from "../evidence.ts";
import { MINUTE } from "../facts/instant.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";
import { bench } from "../guards/places.ts";
import { reactivated } from "../guards/windows.ts";
import { clockOffsets } from "../timeline/packet.ts";
import type { Session } from "../timeline/session.ts";
import { endOf, trueAt } from "./p06-after-end.ts";
import { rule } from "./rule.ts";
import { sideOf } from "./use.ts";

const THRESHOLDS = { intervals: 2, leastMs: 15 * MINUTE };

export const stillOnline = rule({
  id: "P07",
  name: "still-online",
  sources: ["S1", "S3"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [reactivated, sharedOnPurpose, bench],
  find: ({ id: credential }, view, { intervals, leastMs }) => {
    const service = view.serviceOf(credential);
    const ended = endOf(service, view);
    if (service === null || ended === null) return [];
    const offsets = clockOffsets(view.packets);
    return view.sessionsOf(credential).flatMap((session) => {
      if (session.startAt > ended) return [];
      const wait = Math.max(intervals * intervalOf(session, view.settings.interimMs), leastMs);
      const late = session.packets.filter(
        (packet) =>
          packet.fact.event.kind === "interim" &&
          trueAt(packet, offsets, view) > ended - view.settings.endGraceMs + wait,
      );
      const [first, second] = late;
      if (first === undefined) return [];
      return [
        {
          credential,
          service,
          sides: [sideOf(session, view)],
          members: [],
          severity: "medium" as const,
          text: `a session of ${service.ref} outlives its end`,
          signals: ["interim_after_end"],
          beganAt: first.at,
          lastAt: late.at(-1)?.at ?? first.at,
          suspectedAt: first.receivedAt,
          confirmedAt: second === undefined ? null : Math.max(first.receivedAt, second.receivedAt),
          exhibits: () => [sideExhibit(session, ended), ...late.slice(0, 3).map(packetExhibit)],
          standsAfter: (at) =>
            late.some((one) => one.at > at) ? { confirmedAt: second?.receivedAt ?? null } : null,
        },
      ];
    });
  },
});

/** The usual time between two Interims of the session; the median, as single ones get lost. */
function intervalOf({ packets }: Session, otherwise: number): number {
  const times = packets.filter(({ fact }) => fact.event.kind === "interim").map(({ at }) => at);
  const gaps = times
    .slice(1)
    .map((at, index) => at - (times[index] ?? at))
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? otherwise;
}
