/** P12: two boxes take turns on one credential, and never meet. */
import { DAY } from "../facts/instant.ts";
import {
  crossed,
  nextMac,
  pseudonym,
  sameBox,
  sharedMac,
  sharedOnPurpose,
} from "../guards/boxes.ts";
import { bench, bridged, soldSessions } from "../guards/places.ts";
import { modemTest, swapBooked } from "../guards/windows.ts";
import { overlap } from "../timeline/overlap.ts";
import type { Session } from "../timeline/session.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { allAfter, byBox, sessionExhibits, sideOf } from "./use.ts";

const THRESHOLDS = { flipsADay: 3, flipsOnDay: 2, days: 5, ofDays: 7 };

export const alternating = rule({
  id: "P12",
  name: "alternating",
  sources: ["S1"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    sameBox,
    nextMac,
    sharedMac,
    pseudonym,
    sharedOnPurpose,
    soldSessions,
    bridged,
    bench,
    modemTest,
    crossed,
    swapBooked,
  ],
  find: ({ id: credential }, view, t) => {
    const used = view.sessionsOf(credential).filter(({ alive }) => alive.length > 0);
    const boxes = byBox(used, view);
    return boxes.flatMap((a, index) =>
      boxes.slice(index + 1).flatMap((b) => suspect(credential, a, b, view, t) ?? []),
    );
  },
});

interface Flip {
  readonly at: number;
  readonly session: Session;
}

function flipsOf(a: readonly Session[], b: readonly Session[]): readonly Flip[] {
  const turns = [
    ...a.map((session) => ({ session, box: a })),
    ...b.map((session) => ({ session, box: b })),
  ].sort((x, y) => x.session.startAt - y.session.startAt);
  return turns.flatMap(({ session, box }, index) => {
    const before = turns[index - 1];
    return before === undefined || before.box === box ? [] : [{ at: session.startAt, session }];
  });
}

/** When the pattern stood, by days or within one; null: it does not. */
function standsAt(
  flips: readonly Flip[],
  t: typeof THRESHOLDS,
): { at: Flip; days: boolean } | null {
  const perDay = new Map<number, Flip[]>();
  for (const flip of flips) {
    const day = Math.floor(flip.at / DAY);
    perDay.set(day, [...(perDay.get(day) ?? []), flip]);
  }
  const busy = [...perDay]
    .filter(([, some]) => some.length >= t.flipsOnDay)
    .map(([day, some]) => ({ day, flip: some[t.flipsOnDay - 1] }));
  for (const [index, { day }] of busy.entries()) {
    const last = busy[index + t.days - 1];
    if (last?.flip !== undefined && last.day < day + t.ofDays) return { at: last.flip, days: true };
  }
  for (const [index, { at }] of flips.entries()) {
    const last = flips[index + t.flipsADay - 1];
    if (last !== undefined && last.at <= at + DAY) return { at: last, days: false };
  }
  return null;
}

function suspect(
  credential: string,
  a: readonly Session[],
  b: readonly Session[],
  view: View,
  t: typeof THRESHOLDS,
): Suspicion | null {
  const met = a.some((one) => b.some((other) => overlap(one, other, view.settings) !== null));
  const flips = flipsOf(a, b);
  const found = standsAt(flips, t);
  const [first] = a;
  const [second] = b;
  if (met || found === null || first === undefined || second === undefined) return null;
  const lines = (box: readonly Session[]) =>
    new Set(box.map(({ nas, line }) => `${nas}/${line ?? ""}`));
  const apart = [...lines(a)].every((line) => !lines(b).has(line));
  const knownAt = found.at.session.alive[0]?.receivedAt ?? found.at.at;
  const all = [...a, ...b].sort((x, y) => x.startAt - y.startAt);
  return {
    credential,
    service: view.serviceOf(credential),
    sides: [sideOf(first, view), sideOf(second, view)],
    members: [],
    severity: "medium",
    text: `two boxes take turns on one credential, ${flips.length} times`,
    signals: [
      "turns_without_overlap",
      ...(apart ? ["two_lines"] : []),
      ...(found.days ? ["day_after_day"] : []),
    ],
    beganAt: flips[0]?.at ?? first.startAt,
    lastAt: Math.max(...all.map(({ startAt, packets }) => packets.at(-1)?.at ?? startAt)),
    suspectedAt: found.at.session.packets[0]?.receivedAt ?? found.at.at,
    confirmedAt: apart || found.days ? knownAt : null,
    exhibits: () => sessionExhibits(all, first.startAt),
    standsAfter: (at) =>
      standsAt(flipsOf(allAfter(a, at), allAfter(b, at)), t) === null
        ? null
        : { confirmedAt: apart || found.days ? knownAt : null },
  };
}
