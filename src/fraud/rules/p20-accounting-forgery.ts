/**
 * P20: records that cannot be true. Measures the quality of a feed more than anybody's guilt; other rules leave such records out.
 */
import { packetExhibit } from "../evidence.ts";
import { explains, guard, weakens } from "../guards/guard.ts";
import type { Packet } from "../timeline/packet.ts";
import { isWrap, type Session } from "../timeline/session.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

const THRESHOLDS = { slackMs: 120_000 };

/** A NAS that restarted counts anew, and gives its session ids again. */
const restarted = guard("NAS restarted between", ({ sides, lastAt, beganAt }, view) => {
  const nas = sides[0]?.session?.nas ?? sides[0]?.key ?? "";
  const between = view.packets.some(
    ({ fact, nas: of, at }) =>
      (fact.event.kind === "nas_on" || fact.event.kind === "nas_off") &&
      of === nas &&
      at >= beganAt &&
      at <= lastAt,
  );
  return between ? explains("outage", `${nas} restarted`) : null;
});

/** All its packets come from one other address: the NAS moved, or a proxy stands before it, and the inventory was not told. */
const renumbered = guard("NAS renumbered", ({ signals, sides }, view) => {
  if (!signals.includes("source_not_of_nas")) return null;
  const nas = sides[0]?.key ?? "";
  const known = view.nas(nas)?.sources ?? [];
  const right = view.packets.some(
    (packet) => packet.nas === nas && known.includes(packet.fact.event.nas.sourceAddress ?? ""),
  );
  return right ? null : weakens("no packet of it comes from a known address");
});

export const accountingForgery = rule({
  id: "P20",
  name: "accounting-forgery",
  sources: ["S1"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["credential", "nas"],
  thresholds: THRESHOLDS,
  guards: [restarted, renumbered],
  find: (focus, view, t) =>
    focus.kind === "nas"
      ? wrongSource(focus.id, view)
      : [...ofSessions(focus.id, view, t), ...otherMac(focus.id, view)],
});

function ofSessions(credential: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  return view.sessionsOf(credential).flatMap((session) => {
    const back = session.packets.filter((packet, index) => {
      const before = session.packets[index - 1];
      return before !== undefined && runsBackwards(before, packet);
    });
    const inGroup = view.impossible.filter(
      ({ nas, fact }) =>
        nas === session.nas &&
        fact.event.session.id === session.sessionId &&
        fact.credential === credential,
    );
    const tooLong = [...session.packets, ...inGroup].filter(({ at, fact }) => {
      const { seconds } = fact.event.session;
      return (
        session.startSeen &&
        seconds !== null &&
        !fact.event.estimated &&
        seconds * 1_000 > at - session.startAt + t.slackMs
      );
    });
    const found = [...back, ...tooLong].sort((a, b) => a.at - b.at);
    if (found.length === 0) return [];
    const signals = [
      ...(back.length > 0 ? ["counters_run_backwards"] : []),
      ...(tooLong.length > 0 ? ["longer_than_itself"] : []),
    ];
    return [suspicion(credential, view, session, signals, found)];
  });
}

/** 32-bit counters of a NAS without Gigawords wrap. */
function runsBackwards(before: Packet, packet: Packet): boolean {
  const [a, b] = [before.fact.event.session, packet.fact.event.session];
  return [
    [a.inOctets, b.inOctets],
    [a.outOctets, b.outOctets],
  ].some(
    ([was, is]) =>
      was !== null &&
      is !== null &&
      was !== undefined &&
      is !== undefined &&
      is < was &&
      !isWrap(was, is),
  );
}

/** One session key, two MACs at once. */
function otherMac(credential: string, view: View): readonly Suspicion[] {
  const sessions = view.sessionsOf(credential);
  return sessions.flatMap((a, index) =>
    sessions.slice(index + 1).flatMap((b): Suspicion[] => {
      const oneKey = a.sessionId !== null && a.nas === b.nas && a.sessionId === b.sessionId;
      if (!oneKey || a.mac === null || b.mac === null || a.mac === b.mac) return [];
      if ((a.packets.at(-1)?.at ?? a.startAt) < b.startAt) return [];
      return [
        suspicion(
          credential,
          view,
          a,
          ["two_macs_in_one_session"],
          [...a.packets.slice(0, 1), ...b.packets.slice(0, 1)],
        ),
      ];
    }),
  );
}

/** Packets under a NAS's name from an address that is not its own. */
function wrongSource(name: string, view: View): readonly Suspicion[] {
  const known = view.nas(name)?.sources ?? [];
  if (known.length === 0) return [];
  const wrong = view.packets.filter(
    ({ nas, fact }) =>
      nas === name &&
      fact.event.nas.sourceAddress !== null &&
      !known.includes(fact.event.nas.sourceAddress),
  );
  const [first] = wrong;
  if (first === undefined) return [];
  const second = wrong[1] ?? null;
  return [
    {
      credential: null,
      service: null,
      sides: [{ key: name, mac: null, serial: null, session: null, site: null }],
      members: [],
      severity: "medium",
      text: `packets of ${name} from an address that is not its own`,
      signals: ["source_not_of_nas"],
      beganAt: first.at,
      lastAt: wrong.at(-1)?.at ?? first.at,
      suspectedAt: first.receivedAt,
      confirmedAt: second === null ? null : Math.max(first.receivedAt, second.receivedAt),
      exhibits: () => [...wrong.slice(0, 5), ...wrong.slice(-1)].map(packetExhibit),
      standsAfter: () => null,
    },
  ];
}

function suspicion(
  credential: string,
  view: View,
  session: Session,
  signals: readonly string[],
  found: readonly Packet[],
): Suspicion {
  const known = found.map(({ receivedAt }) => receivedAt).sort((a, b) => a - b);
  return {
    credential,
    service: view.serviceOf(credential),
    sides: [{ key: session.key, mac: session.mac, serial: null, session, site: null }],
    members: [],
    severity: "medium",
    text: `records of a session on ${session.nas} that cannot be true`,
    signals,
    beganAt: found[0]?.at ?? session.startAt,
    lastAt: found.at(-1)?.at ?? session.startAt,
    suspectedAt: known[0] ?? session.startAt,
    // One kind alone is a NAS's fault more often than a forger's.
    confirmedAt:
      signals.length > 1 || signals.includes("two_macs_in_one_session")
        ? (known.at(-1) ?? null)
        : null,
    exhibits: () => found.slice(0, 5).map(packetExhibit),
    standsAfter: () => null,
  };
}
