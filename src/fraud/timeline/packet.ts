/** Packets before they are folded: each once, by its earliest receipt, under the NAS's one name, in an order of their own. */
import type { RadiusFact } from "../facts/facts.ts";
import type { Instant } from "../facts/instant.ts";
import type { Nas } from "../facts/network.ts";
import { identifies } from "./mac.ts";

export interface Packet {
  readonly fact: RadiusFact;
  readonly nas: string;
  readonly at: Instant;
  readonly receivedAt: Instant;
  readonly mac: string | null;
  readonly line: string | null;
}

const RANK = {
  nas_off: 0,
  nas_on: 1,
  reject: 2,
  accept: 3,
  login: 4,
  start: 5,
  interim: 6,
  stop: 7,
} as const;

/** `anon@…`, `{am=1}anon@…`, `@realm`: what a supplicant shows outside a tunnel, and no customer's name. */
const PSEUDONYM = /^(\{[^}]*\})?(anon(ymous)?)?(@|$)/;

export function showsPseudonym({ event }: RadiusFact): boolean {
  return event.user !== null && (event.user.outer || PSEUDONYM.test(event.user.normalised));
}

/** One NAS has one name, whatever its packets call it; unknown ones go by what they say. */
export function nasNames(nases: readonly Nas[]): (nas: RadiusFact["event"]["nas"]) => string {
  const names = new Map<string, string>();
  for (const { name, aliases } of nases) {
    for (const alias of [name, ...aliases]) names.set(alias, name);
  }
  return ({ name, claimedAddress, sourceAddress }) => {
    const known = [name, claimedAddress].find((said) => said !== null && names.has(said)) ?? null;
    return (
      (known === null ? null : names.get(known)) ?? name ?? claimedAddress ?? sourceAddress ?? ""
    );
  };
}

export function packetsOf(facts: readonly RadiusFact[], nases: readonly Nas[]): Packet[] {
  const nameOf = nasNames(nases);
  const first = new Map<string, RadiusFact>();
  for (const fact of facts) {
    const known = first.get(fact.event.key);
    if (known === undefined || fact.event.receivedAt < known.event.receivedAt) {
      first.set(fact.event.key, fact);
    }
  }
  return [...first.values()]
    .map((fact): Packet => {
      const { event } = fact;
      return {
        fact: showsPseudonym(fact) ? { ...fact, credential: null } : fact,
        nas: nameOf(event.nas),
        at: event.at.getTime(),
        receivedAt: event.receivedAt.getTime(),
        mac: event.mac !== null && identifies(event.mac) ? event.mac : null,
        line: event.line.circuitId ?? event.line.portId,
      };
    })
    .sort(
      (a, b) =>
        a.at - b.at ||
        RANK[a.fact.event.kind] - RANK[b.fact.event.kind] ||
        (a.fact.event.key < b.fact.event.key ? -1 : 1),
    );
}

/**
 * How far each NAS's clock lies behind our receipt at best: the least delay ever seen. Large and positive: a clock that is slow,
 * or a spool of which nothing fresh has come yet, and the two cannot be told apart; negative: a clock that is fast.
 */
export function clockOffsets(packets: readonly Packet[]): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  for (const { fact, nas, at, receivedAt } of packets) {
    if (fact.event.estimated) continue;
    offsets.set(nas, Math.min(offsets.get(nas) ?? Infinity, receivedAt - at));
  }
  return offsets;
}
