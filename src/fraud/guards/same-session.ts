/**
 * Pairs that are never evidence of overlap, because both report one session: dual stack, handover and multilink under one multi
 * session id; a session whose port or NAS was renamed while it ran; LAC and LNS, or a wholesale partner, that both account for one
 * tunnelled session; a pair of NASes that mirror each other.
 */
import type { View } from "../view.ts";
import { isOneBoxOrUnknown } from "./boxes.ts";
import type { Session } from "../timeline/session.ts";
import { explains, guard } from "./guard.ts";

const NAMED_TWICE_MS = 5_000;

/** @returns why the two are one, or null */
export function oneSession(a: Session, b: Session, view: View): string | null {
  if (a.multi !== null && a.multi === b.multi) return "one multi session id";
  const mayBeOne = isOneBoxOrUnknown(a.mac, b.mac, view);
  if (a.nas === b.nas && a.sessionId !== null && a.sessionId === b.sessionId && mayBeOne) {
    return "one session id of one NAS";
  }
  const { settings } = view;
  const apartMs = Math.abs(a.startAt - b.startAt);
  const skewMs = a.nas === b.nas ? 0 : Math.abs(a.offsetMs - b.offsetMs);
  if (
    a.sessionId !== null &&
    a.sessionId === b.sessionId &&
    mayBeOne &&
    apartMs <= NAMED_TWICE_MS
  ) {
    return "one session under two names of a NAS";
  }
  const roles = new Set([view.nas(a.nas)?.role, view.nas(b.nas)?.role]);
  if (roles.has("lac") && roles.has("lns") && mayBeOne) return "LAC and LNS report one tunnel";
  if (!mayBeOne || apartMs > settings.coStartMs + skewMs) return null;
  if (a.nas === b.nas) return "one NAS, one box, begun together: two stacks of one line";
  if (a.mac === null || b.mac === null || trafficAgrees(a, b)) {
    return "begun together with the same traffic: one session reported twice";
  }
  return null;
}

/** Octets from the CPE within a tenth of each other at like ages of the two; true where nobody counts. */
function trafficAgrees(a: Session, b: Session): boolean {
  const counts = ({ packets, startAt }: Session): { at: number; octets: bigint }[] =>
    packets.flatMap(({ at, fact }) => {
      const octets = fact.event.session.inOctets;
      return octets === null || octets === 0n ? [] : [{ at: at - startAt, octets }];
    });
  const theirs = counts(b);
  const pairs = counts(a).flatMap(({ at, octets }) => {
    const near = theirs.find((other) => Math.abs(other.at - at) <= 90_000);
    return near === undefined ? [] : [{ one: octets, other: near.octets }];
  });
  return pairs.every(({ one, other }) => {
    const apart = one > other ? one - other : other - one;
    return apart * 10n <= (one > other ? one : other);
  });
}

export const sameSession = guard("one session reported twice", ({ sides }, view) => {
  const [a, b] = sides.map(({ session }) => session);
  if (a === undefined || b === undefined || a === null || b === null) return null;
  const why = oneSession(a, b, view);
  return why === null ? null : explains("same_session", why);
});
