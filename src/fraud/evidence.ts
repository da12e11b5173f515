/** What a rule saw, as plain JSON: digests only, never a secret. */
import type { Sighting } from "./facts/acs.ts";
import { bindingAt, type Service } from "./facts/billing.ts";
import { printInstant, type Instant } from "./facts/instant.ts";
import type { Packet } from "./timeline/packet.ts";
import type { Session } from "./timeline/session.ts";

/** One thing that was seen. */
export interface Exhibit {
  readonly kind: "radius" | "sighting" | "binding" | "log" | "voice" | "side";
  readonly key: string;
  /** RFC 3339. */
  readonly at: string;
  readonly says: Readonly<Record<string, string | number | boolean | null>>;
}

function exhibit(kind: Exhibit["kind"], key: string, at: Instant, says: Exhibit["says"]): Exhibit {
  return { kind, key, at: printInstant(at), says };
}

export function packetExhibit(packet: Packet): Exhibit {
  const { event, credential } = packet.fact;
  return exhibit("radius", event.key, packet.at, {
    type: event.kind,
    receivedAt: printInstant(packet.receivedAt),
    estimated: event.estimated,
    credential,
    mac: event.mac,
    macRaw: event.macRaw,
    nas: packet.nas,
    nasAddress: event.nas.claimedAddress,
    sourceAddress: event.nas.sourceAddress,
    line: packet.line,
    baseStation: event.line.baseStation,
    session: event.session.id,
    seconds: event.session.seconds,
    inOctets: event.session.inOctets?.toString() ?? null,
    outOctets: event.session.outOctets?.toString() ?? null,
    framedAddress: event.session.framedAddress,
    terminateCause: event.session.terminateCause,
  });
}

/** One side in a line: first and last time, and the octets that it moved from `fromAt` on, both directions together. */
export function sideExhibit(session: Session, fromAt: Instant): Exhibit {
  const last = session.packets.at(-1);
  return exhibit("side", session.key, session.startAt, {
    nas: session.nas,
    line: session.line,
    mac: session.mac,
    credential: session.credential,
    session: session.sessionId,
    startSeen: session.startSeen,
    lastAt: printInstant(last?.at ?? session.startAt),
    octetsSince: octetsSince(session, fromAt).toString(),
  });
}

/** Running totals: the last one, less the last one before `at`. */
export function octetsSince({ packets }: Session, at: Instant): bigint {
  const total = ({ fact }: Packet): bigint =>
    (fact.event.session.inOctets ?? 0n) + (fact.event.session.outOctets ?? 0n);
  const most = (some: readonly Packet[]): bigint =>
    some.map(total).reduce((a, b) => (a > b ? a : b), 0n);
  return most(packets) - most(packets.filter((packet) => packet.at < at));
}

export function sightingExhibit(sighting: Sighting): Exhibit {
  return exhibit("sighting", sighting.key, sighting.at, {
    serial: sighting.serial,
    oui: sighting.oui,
    live: sighting.live,
    macs: sighting.wanMacs.join(" "),
    credential: sighting.credential,
    sourceAddress: sighting.sourceAddress,
    sourceSite: sighting.sourceSite,
    uptimeSeconds: sighting.uptimeSeconds,
    events: sighting.events.join(", "),
    firmware: sighting.firmware,
  });
}

/** The binding in force then; nothing where there was none. */
export function bindingExhibits(service: Service | null, at: Instant): readonly Exhibit[] {
  const binding = service === null ? null : bindingAt(service, at);
  if (service === null || binding === null) return [];
  return [
    exhibit("binding", `${service.ref}#${binding.version}`, binding.fromAt, {
      service: service.ref,
      version: binding.version,
      serial: binding.serial,
      macs: binding.macs.join(" "),
      site: service.site,
    }),
  ];
}

export function logExhibit(
  kind: "log" | "voice",
  key: string,
  at: Instant,
  says: Exhibit["says"],
): Exhibit {
  return exhibit(kind, key, at, says);
}

/** Each once, by time; what happens at one time by kind and key. */
export function sortExhibits<T extends Exhibit>(exhibits: readonly T[]): readonly T[] {
  const once = new Map(exhibits.map((one) => [`${one.kind}|${one.key}`, one]));
  const rank = ({ at, kind, key }: T): string => `${at}|${kind}|${key}`;
  return [...once.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
