/**
 * Sessions folded from packets. The fold looks at the whole set and never at the order of arrival, so shuffled, repeated and late
 * packets give the same sessions.
 *
 * A session goes by NAS, session id, MAC and credential; the unique id is not used where there is a plain one, as it is made of
 * the port's name too and changes when a port is renamed under a running session. One session id may live several times: a
 * NAS counts from the beginning again after a restart. Each Start opens a life; other packets belong to the life that their
 * session time points at.
 */
import type { Digest, Mac } from "../facts/billing.ts";
import { MINUTE, type Instant } from "../facts/instant.ts";
import type { Packet } from "./packet.ts";

export interface Session {
  readonly key: string;
  readonly nas: string;
  readonly sessionId: string | null;
  readonly multi: string | null;
  readonly credential: Digest | null;
  readonly mac: Mac | null;
  readonly line: string | null;
  readonly baseStation: string | null;
  readonly framedAddress: string | null;
  readonly startAt: Instant;
  /** A Start was seen; else `startAt` follows from a session time, or is the first packet. */
  readonly startSeen: boolean;
  readonly packets: readonly Packet[];
  /** Packets that each prove life at their time, ascending. */
  readonly alive: readonly Packet[];
  readonly stop: Packet | null;
  /** Least delay of the NAS, see `clockOffsets`. */
  readonly offsetMs: number;
}

/** Session times may be off by this before they point at another life. */
const SLACK = 2 * MINUTE;

interface Life {
  startAt: Instant;
  startSeen: boolean;
  packets: Packet[];
}

export interface Fold {
  readonly sessions: readonly Session[];
  /** Packets whose session time reaches back before their own Start: left out of every session. */
  readonly impossible: readonly Packet[];
}

export function foldSessions(
  packets: readonly Packet[],
  offsets: ReadonlyMap<string, number>,
): Fold {
  const restarts = new Map<string, Instant[]>();
  const groups = new Map<string, Packet[]>();
  const named = identitiesById(packets);
  for (const packet of packets) {
    const { kind, estimated } = packet.fact.event;
    if (kind === "nas_on" || kind === "nas_off") {
      if (!estimated) restarts.set(packet.nas, [...(restarts.get(packet.nas) ?? []), packet.at]);
    } else if (kind === "start" || kind === "interim" || kind === "stop") {
      const key = groupKey(packet, named);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [packet]);
      else group.push(packet);
    }
  }
  const impossible: Packet[] = [];
  const sessions = [...groups].flatMap(([key, group]) =>
    livesOf(group, impossible).flatMap((life) => {
      const nas = group[0]?.nas ?? "";
      const restart = (restarts.get(nas) ?? []).find((at) => at > life.startAt) ?? Infinity;
      const kept = life.packets.filter(({ at }) => at <= restart);
      return kept.length === 0 ? [] : [sessionOf(key, life, kept, offsets.get(nas) ?? 0)];
    }),
  );
  sessions.sort((a, b) => a.startAt - b.startAt || (a.key < b.key ? -1 : 1));
  return { sessions, impossible };
}

const idOf = ({ nas, line, fact }: Packet): string =>
  `${nas}|${fact.event.session.id ?? fact.event.session.unique ?? line ?? ""}`;

/** The (MAC, credential) pairs that go by each session id: a packet that lacks one of them joins the only pair that fits. */
function identitiesById(packets: readonly Packet[]): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  for (const packet of packets) {
    if (packet.mac === null || packet.fact.credential === null) continue;
    const pairs = named.get(idOf(packet)) ?? new Set();
    named.set(idOf(packet), pairs.add(`${packet.mac}|${packet.fact.credential}`));
  }
  return named;
}

function groupKey(packet: Packet, named: ReadonlyMap<string, ReadonlySet<string>>): string {
  const id = idOf(packet);
  const { mac } = packet;
  const { credential } = packet.fact;
  const fitting = [...(named.get(id) ?? [])].filter(
    (pair) =>
      (mac === null || pair.startsWith(`${mac}|`)) &&
      (credential === null || pair.endsWith(`|${credential}`)),
  );
  const [only] = fitting;
  return `${id}|${fitting.length === 1 && only !== undefined ? only : `${mac ?? ""}|${credential ?? ""}`}`;
}

function livesOf(group: readonly Packet[], impossible: Packet[]): Life[] {
  const lives: Life[] = [];
  for (const packet of group) {
    if (packet.fact.event.kind !== "start") continue;
    const repeated = lives.find(({ startAt }) => startAt === packet.at);
    if (repeated !== undefined) repeated.packets.push(packet);
    else lives.push({ startAt: packet.at, startSeen: true, packets: [packet] });
  }
  for (const packet of group) {
    const { kind, estimated, session } = packet.fact.event;
    if (kind === "start") continue;
    const running = lives.filter(({ startAt }) => startAt <= packet.at).at(-1);
    const origin =
      estimated || session.seconds === null ? null : packet.at - session.seconds * 1_000;
    if (origin === null) {
      if (running !== undefined) running.packets.push(packet);
      else lives.push({ startAt: packet.at, startSeen: false, packets: [packet] });
      continue;
    }
    const meant = lives
      .filter(({ startAt }) => Math.abs(startAt - origin) <= SLACK)
      .sort((a, b) => Math.abs(a.startAt - origin) - Math.abs(b.startAt - origin))[0];
    // A Stop that was sent late still ends the session that runs: its session time says when that was.
    const ends = kind === "stop" && running !== undefined && !hasStop(running);
    if (meant !== undefined) meant.packets.push(packet);
    else if (ends && origin > running.startAt) running.packets.push(packet);
    else if (running?.startSeen === true && origin < running.startAt) impossible.push(packet);
    else lives.push({ startAt: origin, startSeen: false, packets: [packet] });
    lives.sort((a, b) => a.startAt - b.startAt);
  }
  return lives;
}

const hasStop = ({ packets }: Life): boolean =>
  packets.some(({ fact }) => fact.event.kind === "stop");

function sessionOf(key: string, life: Life, kept: readonly Packet[], offsetMs: number): Session {
  const packets = [...kept].sort((a, b) => a.at - b.at);
  const first = <T>(pick: (packet: Packet) => T | null): T | null =>
    packets.map(pick).find((value) => value !== null) ?? null;
  return {
    key: `${key}|${life.startAt}`,
    nas: packets[0]?.nas ?? "",
    sessionId: first(({ fact }) => fact.event.session.id),
    multi: first(({ fact }) => fact.event.session.multi),
    credential: first(({ fact }) => fact.credential),
    mac: first(({ mac }) => mac),
    line: first(({ line }) => line),
    baseStation: first(({ fact }) => fact.event.line.baseStation),
    framedAddress: first(({ fact }) => fact.event.session.framedAddress),
    startAt: life.startAt,
    startSeen: life.startSeen,
    packets,
    alive: packets.filter((packet, index) => provesLife(packet, packets.slice(0, index), life)),
    stop: packets.find(({ fact }) => fact.event.kind === "stop") ?? null,
    offsetMs,
  };
}

/**
 * An Interim proves life unless its octets from the CPE stand still or run backwards: a NAS goes on reporting a session whose CPE
 * is gone, and its Stop may carry the same figures. A Stop needs a session time. An estimated time proves nothing.
 */
function provesLife(packet: Packet, before: readonly Packet[], life: Life): boolean {
  const { kind, estimated, session } = packet.fact.event;
  if (estimated || kind === "start" || packet.at <= life.startAt) return false;
  if (kind === "stop" && (session.seconds === null || session.seconds <= 0)) return false;
  const counted = before.filter(({ fact }) => fact.event.session.inOctets !== null).at(-1);
  const last = counted?.fact.event.session.inOctets ?? null;
  if (last === null || session.inOctets === null || session.inOctets === 0n) return true;
  return session.inOctets > last || isWrap(last, session.inOctets);
}

/** A 32-bit counter of a NAS that sends no Gigawords began again. */
export function isWrap(before: bigint, after: bigint): boolean {
  return after < before && before < 1n << 32n && before >= 1n << 31n;
}
