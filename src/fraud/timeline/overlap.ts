/**
 * Two-sided proof: two sessions ran at once only if each shows life at least `overlapMs` after the later of their starts.
 *
 * The earlier side needs more than one packet: a NAS keeps the session of a CPE that is gone until its own timer ends, so what
 * it says last may speak of nobody. Life is therefore believed up to the last packet but one, or `lingerMs` before the last.
 */
import type { Instant } from "../facts/instant.ts";
import type { Settings } from "../settings.ts";
import type { Packet } from "./packet.ts";
import type { Session } from "./session.ts";

/** Stops by which the CPE, or its user, ended the session itself. All others may be a NAS's timer. */
const CLEAN = new Set(["User-Request", "User-Error", "Callback", "Host-Request"]);

export interface Overlap {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  /** When the packets that prove it had all been received. */
  readonly knownAt: Instant;
  readonly proofs: readonly Packet[];
}

function stopAt(session: Session, stop: Packet): Instant {
  const { seconds } = stop.fact.event.session;
  return seconds === null ? stop.at : Math.min(stop.at, session.startAt + seconds * 1_000);
}

export function isLingering(stop: Packet): boolean {
  const cause = stop.fact.event.session.terminateCause;
  return cause !== null && !CLEAN.has(cause);
}

/** Until when the CPE itself certainly lived, by the clock of its NAS. */
export function provenUntil(session: Session, settings: Settings): Instant {
  const { stop, alive } = session;
  if (stop !== null && alive.includes(stop)) {
    return Math.max(
      session.startAt,
      stopAt(session, stop) - (isLingering(stop) ? settings.lingerMs : 0),
    );
  }
  const last = alive.at(-1);
  if (last === undefined) return session.startAt;
  return Math.max(session.startAt, alive.at(-2)?.at ?? 0, last.at - settings.lingerMs);
}

/** Last moment at which anything at all was heard of it. */
export function lastHeardAt(session: Session): Instant {
  const last = session.packets.at(-1)?.at ?? session.startAt;
  return session.stop === null ? last : stopAt(session, session.stop);
}

interface Proof {
  readonly knownAt: Instant;
  readonly packet: Packet;
}

/** The first proof that the CPE lived at `at` or later. `shiftMs` takes the NAS's clock to ours. */
function firmProof(
  session: Session,
  at: Instant,
  shiftMs: number,
  settings: Settings,
): Proof | null {
  if (provenUntil(session, settings) + shiftMs < at) return null;
  const found = session.alive.flatMap((packet, index): Proof[] => {
    const told = (packet === session.stop ? stopAt(session, packet) : packet.at) + shiftMs;
    const trusted = packet === session.stop && !isLingering(packet) ? 0 : settings.lingerMs;
    if (told - trusted >= at) return [{ knownAt: packet.receivedAt, packet }];
    const next = session.alive[index + 1];
    if (told < at || next === undefined) return [];
    return [{ knownAt: Math.max(packet.receivedAt, next.receivedAt), packet }];
  });
  return found.sort((a, b) => a.knownAt - b.knownAt)[0] ?? null;
}

/** The first packet by which the later side shows that it stayed. */
function looseProof(
  session: Session,
  at: Instant,
  shiftMs: number,
  settings: Settings,
): Proof | null {
  for (const packet of session.alive) {
    const isStop = packet === session.stop;
    const told = isStop
      ? stopAt(session, packet) - (isLingering(packet) ? settings.lingerMs : 0)
      : packet.at;
    if (told + shiftMs >= at) return { knownAt: packet.receivedAt, packet };
  }
  return null;
}

/** @param fromAt only what happened after it counts: the end of a quiet window */
export function overlap(
  a: Session,
  b: Session,
  settings: Settings,
  fromAt: Instant = -Infinity,
): Overlap | null {
  // Clocks of one NAS need no comparing. Between two, a start is taken as late and an end as early as it may have been.
  const differ = a.nas !== b.nas;
  const late = ({ offsetMs }: Session): number =>
    differ && offsetMs > settings.clockToleranceMs ? offsetMs : 0;
  const early = ({ offsetMs }: Session): number =>
    differ && offsetMs < -settings.clockToleranceMs ? offsetMs : 0;
  const startA = a.startAt + late(a);
  const startB = b.startAt + late(b);
  const [first, second] = startA < startB ? [a, b] : [b, a];
  const laterStart = Math.max(startA, startB);
  const from = Math.max(laterStart, fromAt);
  const needed = from + settings.overlapMs;
  const one = firmProof(first, needed, early(first), settings);
  const two = looseProof(second, needed, early(second), settings);
  if (one === null || two === null) return null;
  const until = Math.min(
    provenUntil(first, settings) + early(first),
    (second.alive.at(-1)?.at ?? needed) + early(second),
  );
  const began = second.packets[0]?.receivedAt ?? two.knownAt;
  return {
    fromAt: from,
    untilAt: until,
    knownAt: Math.max(one.knownAt, two.knownAt, began),
    proofs: [one.packet, two.packet],
  };
}

/**
 * The later one began while nothing said that the earlier one had ended: worth a suspicion, and no more.
 * @returns when it was known, or null
 */
export function mayOverlap(a: Session, b: Session, settings: Settings): Instant | null {
  const [first, second] = a.startAt <= b.startAt ? [a, b] : [b, a];
  const heard = lastHeardAt(first);
  if (first.stop !== null && heard < second.startAt + settings.overlapMs) return null;
  if (heard < second.startAt - 2 * settings.interimMs) return null;
  return Math.max(second.packets[0]?.receivedAt ?? 0, first.packets[0]?.receivedAt ?? 0);
}
