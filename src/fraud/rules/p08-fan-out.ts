/** P08: one credential on many CPEs, in use or in their configuration. */
import { sightingExhibit } from "../evidence.ts";
import { bindingAt } from "../facts/billing.ts";
import { DAY } from "../facts/instant.ts";
import { crossed, nextMac, pseudonym, sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { bench, soldSessions } from "../guards/places.ts";
import { modemTest, swapBooked } from "../guards/windows.ts";
import { isLocal } from "../timeline/mac.ts";
import type { Session } from "../timeline/session.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { configuredOn } from "./holders.ts";
import { rule } from "./rule.ts";
import { allAfter, byBox, sessionExhibits, sideOf } from "./use.ts";

const THRESHOLDS = { boxes: 3, withinMs: DAY, configured: 2 };

export const fanOut = rule({
  id: "P08",
  name: "fan-out",
  sources: ["S1", "S2"],
  severity: "critical",
  onByDefault: true,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    sharedOnPurpose,
    pseudonym,
    sharedMac,
    nextMac,
    soldSessions,
    bench,
    modemTest,
    crossed,
    swapBooked,
  ],
  find: ({ id: credential }, view, t) => {
    // The default list is another pattern's: a factory name on many boxes is P09.
    if (view.listed(credential).some(({ kind }) => kind === "default")) return [];
    return [...inUse(credential, view, t), ...inConfiguration(credential, view, t)];
  },
});

/** A box that a swap named is one that came or went, and none of many. */
function isSwapped(session: Session, view: View): boolean {
  const service = view.serviceOf(session.credential);
  if (service === null || session.mac === null) return false;
  const { mac } = session;
  const named = service.orders.some(
    ({ newMacs, cancelled }) => !cancelled && newMacs.includes(mac),
  );
  const bound = service.bindings.some(({ macs }) => macs.includes(mac));
  const inForce = bindingAt(service, session.startAt)?.macs.includes(mac) === true;
  return (named || bound) && !inForce;
}

function inUse(credential: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  const sessions = view
    .sessionsOf(credential)
    .filter((session) => !isSwapped(session, view) && !view.placeOf(session).bench);
  const boxes = byBox(sessions, view);
  if (boxes.length < t.boxes) return [];
  const starts = boxes
    .flatMap((box) => box.map((session) => ({ box, session })))
    .sort((a, b) => a.session.startAt - b.session.startAt);
  for (const [index, { session: first }] of starts.entries()) {
    const within = starts
      .slice(index)
      .filter(({ session }) => session.startAt <= first.startAt + t.withinMs);
    const seen = [...new Set(within.map(({ box }) => box))];
    const firsts = seen.flatMap((box) => within.find((one) => one.box === box)?.session ?? []);
    if (firsts.length < t.boxes) continue;
    return [ofUse(credential, boxes, firsts, view, t)];
  }
  return [];
}

function ofUse(
  credential: string,
  boxes: readonly (readonly Session[])[],
  firsts: readonly Session[],
  view: View,
  t: typeof THRESHOLDS,
): Suspicion {
  const alive = boxes.filter((box) => box.some((session) => session.alive.length > 0));
  const lines = new Set(boxes.flat().map(({ nas, line }) => `${nas}/${line ?? ""}`));
  const third = firsts[t.boxes - 1] ?? firsts[0];
  const proofs = alive.flatMap((box) =>
    box.flatMap((session) => session.alive[0]?.receivedAt ?? []).slice(0, 1),
  );
  const enough = proofs.sort((a, b) => a - b)[t.boxes - 1] ?? null;
  const oneLocal = lines.size === 1 && boxes.flat().some(({ mac }) => mac !== null && isLocal(mac));
  const suspectedAt = third?.packets[0]?.receivedAt ?? 0;
  return {
    credential,
    service: view.serviceOf(credential),
    sides: [
      { key: "in_use", mac: null, serial: null, session: null, site: null },
      ...firsts.slice(0, 3).map((session) => ({ ...sideOf(session, view), key: "in_use" })),
    ],
    members: boxes.flatMap(([session]) => session?.mac ?? []),
    severity: "critical",
    text: `one credential in use on ${boxes.length} boxes`,
    signals: [`boxes_in_use`, ...(lines.size > 1 ? ["several_lines"] : [])],
    beganAt: Math.min(...firsts.map(({ startAt }) => startAt)),
    lastAt: Math.max(...boxes.flat().map(({ startAt, packets }) => packets.at(-1)?.at ?? startAt)),
    suspectedAt,
    confirmedAt:
      enough === null || lines.size === 1 || oneLocal ? null : Math.max(enough, suspectedAt),
    exhibits: () => sessionExhibits(firsts, firsts[0]?.startAt ?? 0),
    standsAfter: (at) => {
      const later = byBox(allAfter(boxes.flat(), at), view);
      return later.length < t.boxes ? null : { confirmedAt: lines.size > 1 ? enough : null };
    },
  };
}

function inConfiguration(
  credential: string,
  view: View,
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  const holders = configuredOn(credential, view);
  if (holders.length < t.configured) return [];
  const shown = holders.map(({ last }) => last);
  const firsts = holders.map(({ first }) => first.at).sort((a, b) => a - b);
  const suspectedAt = firsts[t.configured - 1] ?? 0;
  // Each must have spoken since all but it had the name: an old record of a box in a drawer is no box in use.
  const speaking = holders.filter(
    ({ last }) => last.live && last.at >= suspectedAt + view.settings.overlapMs,
  );
  const confirmed = speaking.length >= t.configured;
  return [
    {
      credential,
      service: view.serviceOf(credential),
      sides: [
        { key: "configured", mac: null, serial: null, session: null, site: null },
        ...holders.map(({ serial }) => ({
          key: "configured",
          mac: null,
          serial,
          session: null,
          site: null,
        })),
      ],
      members: holders.map(({ serial }) => serial),
      severity: "critical",
      text: `one user name configured on ${holders.length} CPEs`,
      signals: ["configured_on_many", ...(confirmed ? ["each_spoke_since"] : [])],
      beganAt: suspectedAt,
      lastAt: Math.max(...shown.map(({ at }) => at)),
      suspectedAt,
      confirmedAt: confirmed
        ? Math.max(...speaking.slice(0, t.configured).map(({ last }) => last.at))
        : null,
      exhibits: () => shown.slice(0, 20).map(sightingExhibit),
      standsAfter: (at) =>
        holders.filter(({ last }) => last.live && last.at > at).length < t.configured
          ? null
          : { confirmedAt: Math.max(...shown.map((one) => one.at)) },
    },
  ];
}
