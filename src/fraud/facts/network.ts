/** What the network's inventory says. All of it may be missing or old: an unknown line, site or NAS is never a mismatch (I5). */
import type { Instant } from "./instant.ts";

export interface Nas {
  /** The name that sessions go by here. */
  readonly name: string;
  /** Other names and claimed addresses of the same NAS. */
  readonly aliases: readonly string[];
  /** Where its packets may come from, proxies on the way included; empty: not known. */
  readonly sources: readonly string[];
  /** `lac` and `lns` both report one tunnelled session. */
  readonly role: "access" | "lac" | "lns" | null;
  /** NASes that take each other's sessions over carry the same group. */
  readonly failoverGroup: string | null;
}

/** A line as the NAS inserts it: circuit id, or port id. */
export interface Line {
  readonly nas: string;
  readonly line: string;
  readonly site: string | null;
  readonly bench: boolean;
}

export interface Site {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly surveyedAt: Instant;
  /** Lines that carry these coordinates; many means a town's centre and not a place. */
  readonly lines: number;
}

export interface BaseStation {
  readonly id: string;
  readonly neighbours: readonly string[];
}

/** A time of known trouble or work: an outage of a NAS, a site or a mast, a new frequency plan, a storm. */
export interface Disturbance {
  readonly kind: "nas_outage" | "site_outage" | "frequency_plan" | "storm" | "port_rename";
  readonly of: string;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}
