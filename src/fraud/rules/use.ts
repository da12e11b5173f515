/** How long and how often something was used, over all its sessions: a thief of many short sessions is one of a long session. */
import { packetExhibit, sideExhibit, type Exhibit } from "../evidence.ts";
import type { Instant } from "../facts/instant.ts";
import type { Packet } from "../timeline/packet.ts";
import type { Session } from "../timeline/session.ts";
import type { Side } from "../verdict.ts";
import type { View } from "../view.ts";

export interface Use {
  readonly beganAt: Instant;
  readonly lastAt: Instant;
  readonly startedAt: Instant;
  /** Packets that prove life, and the time between each Start and the last of them. */
  readonly proofs: number;
  readonly ms: number;
  /** When it was known to be at least this often, or this long; null: not yet. */
  reached(least: {
    readonly proofs: number;
    readonly ms: number;
    readonly both: boolean;
  }): Instant | null;
}

export function useOf(sessions: readonly Session[]): Use | null {
  const [first] = sessions;
  if (first === undefined) return null;
  const steps = sessions
    .flatMap((session) =>
      session.alive.map((packet, index) => ({
        packet,
        ms: packet.at - (session.alive[index - 1]?.at ?? session.startAt),
      })),
    )
    .sort((a, b) => a.packet.receivedAt - b.packet.receivedAt);
  return {
    beganAt: Math.min(...sessions.map(({ startAt }) => startAt)),
    lastAt: Math.max(...sessions.map(({ startAt, packets }) => packets.at(-1)?.at ?? startAt)),
    startedAt: Math.min(
      ...sessions.map(({ startAt, packets }) => packets[0]?.receivedAt ?? startAt),
    ),
    proofs: steps.length,
    ms: steps.reduce((sum, { ms }) => sum + ms, 0),
    reached: ({ proofs, ms, both }) => {
      let count = 0;
      let sum = 0;
      for (const step of steps) {
        count += 1;
        sum += step.ms;
        const often = count >= proofs;
        const long = sum >= ms;
        if (both ? long && (often || step.packet.fact.event.kind === "stop") : often || long) {
          return step.packet.receivedAt;
        }
      }
      return null;
    },
  };
}

/** The part of a session that lies after an instant, for quiet windows; null where nothing does. */
export function after(session: Session, at: Instant): Session | null {
  const alive = session.alive.filter((packet) => packet.at > at);
  if (alive.length === 0) return null;
  return { ...session, startAt: Math.max(session.startAt, at), alive };
}

export const allAfter = (sessions: readonly Session[], at: Instant): readonly Session[] =>
  sessions.flatMap((session) => after(session, at) ?? []);

/** First and last packets and one line for each session, of the first and the last few: a pack is read by people. */
export function sessionExhibits(sessions: readonly Session[], fromAt: Instant): readonly Exhibit[] {
  const shown = sessions.length <= 8 ? sessions : [...sessions.slice(0, 4), ...sessions.slice(-4)];
  return shown.flatMap((session) => [
    sideExhibit(session, fromAt),
    ...[...session.packets.slice(0, 3), ...session.packets.slice(-1)].map(packetExhibit),
  ]);
}

export const proofExhibits = (packets: readonly Packet[]): readonly Exhibit[] =>
  packets.map(packetExhibit);

/** By MAC where there is one, else by line: never by what only a later fact may tell. */
export function sideOf(session: Session, view: View, withPlace = false): Side {
  const place = `${session.nas}/${session.line ?? ""}`;
  const key = session.mac === null ? place : withPlace ? `${session.mac}@${place}` : session.mac;
  const [serial] = session.mac === null ? [] : view.serialsOfMac(session.mac);
  return {
    key,
    mac: session.mac,
    serial: serial ?? null,
    session,
    site: view.placeOf(session).site,
  };
}

export function boundSide(serial: string): Side {
  return { key: serial, mac: null, serial, session: null, site: null };
}

/** Sessions by the box that made them; those without a MAC are left out. */
export function byBox(sessions: readonly Session[], view: View): readonly (readonly Session[])[] {
  const boxes: Session[][] = [];
  for (const session of sessions) {
    const { mac } = session;
    if (mac === null) continue;
    const box = boxes.find(
      ([one]) => one?.mac !== undefined && one.mac !== null && view.isOneBox(one.mac, mac),
    );
    if (box === undefined) boxes.push([session]);
    else box.push(session);
  }
  return boxes;
}
