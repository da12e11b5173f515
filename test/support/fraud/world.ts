/**
 * A small network for the misuse rules: two towns with a BNG each, a workshop, customers with a CPE and a binding. Everything
 * comes from a seed: phases of intervals, losses (3 % of Interims), delays, repeats.
 */
import type { RadiusEvent, RadiusKind } from "../../../src/fraud/radius-event.ts";
import type { Sighting } from "../../../src/fraud/facts/acs.ts";
import {
  ONE_SESSION,
  type Binding,
  type Order,
  type Service,
} from "../../../src/fraud/facts/billing.ts";
import { NO_FACTS, type Facts, type RadiusFact } from "../../../src/fraud/facts/facts.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../src/fraud/facts/instant.ts";
import type { Push } from "../../../src/fraud/facts/own-log.ts";
import { hashText } from "../../../src/lib/hash.ts";

export { DAY, HOUR, MINUTE, SECOND };
/** Noon of a Thursday. */
export const T0 = Date.parse("2026-11-26T12:00:00Z");

export type Random = () => number;

/** Mulberry32: the same seed, the same case. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const digest = (text: string): string => `hmac:${hashText(text).slice(0, 16)}`;
export const own = (n: number): string => `000c42aa${(0x1000 + n * 32).toString(16)}`;
export const alien = (n: number): string => `d4ca6dbb${(0x2000 + n * 32).toString(16)}`;
export const JHB = "bng-jhb-1";
export const CPT = "bng-cpt-1";

export interface SessionPlan {
  readonly user: string;
  readonly mac: string | null;
  readonly from: number;
  readonly ms: number;
  readonly nas?: string;
  readonly line?: string | null;
  readonly id?: string;
  readonly multi?: string;
  /** Terminate cause; null: the Stop is lost. */
  readonly stop?: string | null;
  readonly intervalMs?: number;
  /** What the NAS's clock shows more than it is. */
  readonly clockMs?: number;
  /** Held back until then: a spool, or a link that was down. */
  readonly heldUntil?: number;
  readonly outer?: boolean;
  readonly withoutStart?: boolean;
  readonly framed?: string;
  readonly bytesASecond?: number;
  /** The CPE is gone from here on, and the NAS does not know. */
  readonly goneAt?: number;
  readonly estimated?: boolean;
  readonly station?: string;
  readonly sourceAddress?: string;
  readonly class?: string;
  readonly chargeable?: string;
}

export class World {
  readonly facts: { -readonly [K in keyof Facts]: Facts[K][number][] };
  #ids = 0;
  readonly random: Random;

  constructor(seed: number) {
    this.random = random(seed);
    const nas = (name: string) => ({
      name,
      aliases: [],
      sources: [`192.0.2.${name === JHB ? 10 : 11}`],
      role: "access" as const,
      failoverGroup: null,
    });
    const site = (name: string, latitude: number, longitude: number) => ({
      name,
      latitude,
      longitude,
      surveyedAt: T0 - 30 * DAY,
      lines: 3,
    });
    this.facts = {
      ...structuredClone({ ...NO_FACTS }),
    } as never;
    this.facts.nases.push(nas(JHB), nas(CPT));
    this.facts.sites.push(site("jhb", -26.2, 28.05), site("cpt", -33.92, 18.42));
    for (let n = 0; n < 40; n += 1) {
      this.facts.lines.push(
        { nas: JHB, line: `jhb/${n}`, site: `jhb/${n}`, bench: false },
        { nas: CPT, line: `cpt/${n}`, site: `cpt/${n}`, bench: false },
      );
      this.facts.sites.push(
        { ...site("jhb", -26.2, 28.05), name: `jhb/${n}` },
        { ...site("cpt", -33.92, 18.42), name: `cpt/${n}` },
      );
    }
    this.facts.lines.push({ nas: JHB, line: "bench/1", site: "workshop", bench: true });
  }

  /** Between two figures. */
  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  minutes(low: number, high: number): number {
    return Math.round(this.between(low, high) * 60) * SECOND;
  }

  /** Customer `n` at `jhb/n`, with a CPE `SN{n}` that informs through its own line. */
  customer(n: number, more: Partial<Service> = {}): Service {
    const service: Service = {
      ref: `SVC-${n}`,
      credential: digest(user(n)),
      aliases: [],
      bindings: [bound(n)],
      site: `jhb/${n}`,
      plan: ONE_SESSION,
      orders: [],
      tickets: [],
      suspended: [],
      end: null,
      ...more,
    };
    this.facts.services.push(service);
    return service;
  }

  sight(serial: string, at: number, more: Partial<Sighting> = {}): Sighting {
    const sighting: Sighting = {
      key: `${serial}@${at}`,
      serial,
      oui: "000C42",
      at,
      live: true,
      wanMacs: [],
      credential: null,
      secrets: [],
      sourceAddress: null,
      sourceSite: null,
      uptimeSeconds: null,
      events: ["2 PERIODIC"],
      firmware: "1.0",
      ...more,
    };
    this.facts.sightings.push(sighting);
    return sighting;
  }

  /** Informs of customer `n`'s box, hourly or so. */
  informs(n: number, from: number, ms: number, more: Partial<Sighting> = {}, every = HOUR): void {
    for (let at = from + this.minutes(1, 20); at < from + ms; at += every) {
      this.sight(`SN${n}`, at, {
        wanMacs: [own(n)],
        credential: digest(user(n)),
        sourceSite: `jhb/${n}`,
        ...more,
      });
    }
  }

  push(serial: string, what: Push["what"], at: number, more: Partial<Push> = {}): void {
    this.facts.pushes.push({
      serial,
      what,
      at,
      credential: null,
      firmware: null,
      provenAt: at + MINUTE,
      ...more,
    });
  }

  packet(
    kind: RadiusKind,
    at: number,
    plan: Partial<SessionPlan>,
    seconds: number | null,
    octets: bigint | null,
  ): void {
    const told = Math.round((at + (plan.clockMs ?? 0)) / SECOND) * SECOND;
    const nas = plan.nas ?? JHB;
    const received = Math.max(at, plan.heldUntil ?? 0) + Math.round(this.between(20, 1_500));
    const unique = hashText(`${plan.user ?? ""}|${plan.id ?? ""}|${nas}|${plan.line ?? ""}`).slice(
      0,
      32,
    );
    const event: RadiusEvent = {
      key: hashText(`${unique}|${kind}|${seconds ?? ""}|${told}|${plan.mac ?? ""}`),
      kind,
      at: new Date(plan.estimated === true ? received : told),
      estimated: plan.estimated ?? false,
      receivedAt: new Date(received),
      user: plan.user === undefined ? null : { normalised: plan.user, outer: plan.outer ?? false },
      mac: plan.mac ?? null,
      macRaw: plan.mac ?? null,
      nas: {
        name: nas,
        claimedAddress: nas === JHB ? "192.0.2.10" : null,
        sourceAddress:
          plan.sourceAddress ?? (nas === JHB ? "192.0.2.10" : nas === CPT ? "192.0.2.11" : null),
      },
      line: { portId: plan.line ?? null, circuitId: null, baseStation: plan.station ?? null },
      session: {
        id: plan.id ?? null,
        unique,
        multi: plan.multi ?? null,
        class: plan.class ?? null,
        chargeable: plan.chargeable ?? null,
        seconds,
        inOctets: octets,
        outOctets: octets === null ? null : octets * 5n,
        framedAddress: plan.framed ?? null,
        terminateCause: kind === "stop" ? (plan.stop ?? "User-Request") : null,
      },
    };
    this.add(event);
    if (this.random() < 0.05) {
      this.add({ ...event, receivedAt: new Date(received + this.minutes(0.05, 1)) });
    }
  }

  add(event: RadiusEvent): void {
    const credential =
      event.user === null || event.user.outer ? null : digest(event.user.normalised);
    this.facts.radius.push({ event, credential } satisfies RadiusFact);
  }

  /** A session with its Start, Interims and Stop; answers its id. */
  session(plan: SessionPlan): string {
    const id =
      plan.id ?? `${(this.#ids += 1).toString(16)}${Math.floor(this.random() * 1e6).toString(16)}`;
    const line = plan.line === undefined ? "jhb/1" : plan.line;
    const full = { ...plan, id, line };
    const rate = plan.bytesASecond ?? 20_000 + Math.floor(this.random() * 1e5);
    const interval = plan.intervalMs ?? 5 * MINUTE;
    const lived = (at: number): number => Math.max(0, Math.min(at, plan.goneAt ?? at) - plan.from);
    const count = (at: number): bigint => BigInt(Math.round((lived(at) / SECOND) * rate));
    if (plan.withoutStart !== true) this.packet("start", plan.from, full, null, null);
    for (let at = plan.from + interval; at < plan.from + plan.ms; at += interval) {
      if (this.random() < 0.03) continue;
      this.packet("interim", at, full, Math.round((at - plan.from) / SECOND), count(at));
    }
    if (plan.stop !== null) {
      const at = plan.from + plan.ms;
      this.packet("stop", at, full, Math.round(plan.ms / SECOND), count(at));
    }
    return id;
  }

  /** The customer's usual day on his own line. */
  atHome(n: number, from: number, ms: number, more: Partial<SessionPlan> = {}): string {
    return this.session({ user: user(n), mac: own(n), from, ms, line: `jhb/${n}`, ...more });
  }
}

export const user = (n: number): string => `cpe-${n}@isp.example`;

export function bound(n: number, more: Partial<Binding> = {}): Binding {
  return {
    version: 1,
    serial: `SN${n}`,
    macs: [own(n)],
    fromAt: T0 - 100 * DAY,
    untilAt: null,
    by: "billing",
    ...more,
  };
}

export function order(kind: Order["kind"], at: number, more: Partial<Order> = {}): Order {
  return {
    kind,
    at,
    recordedAt: at,
    newMacs: [],
    newSerials: [],
    toSite: null,
    by: "desk",
    cancelled: false,
    ...more,
  };
}
