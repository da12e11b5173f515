/**
 * The neighbourhood of a change as the rules read it. Everything in it is a function of the facts and of `now`; nothing depends
 * on the order in which they came. `now` only ends what waits (quiet windows, grace times): no rule asks how old a fact is to it.
 */
import type { Sighting } from "./facts/acs.ts";
import type {
  Digest,
  ListedCredential,
  Mac,
  Serial,
  Service,
  StockRecord,
} from "./facts/billing.ts";
import type { Facts } from "./facts/facts.ts";
import type { Instant } from "./facts/instant.ts";
import type { Nas, Site } from "./facts/network.ts";
import type { Settings } from "./settings.ts";
import type { Packet } from "./timeline/packet.ts";
import type { Session } from "./timeline/session.ts";

/** Where a session is, as far as the inventory knows its line. */
export interface Place {
  readonly site: string | null;
  readonly bench: boolean;
}

export interface View {
  readonly now: Instant;
  readonly settings: Settings;
  readonly facts: Facts;
  readonly packets: readonly Packet[];
  readonly impossible: readonly Packet[];
  readonly sessions: readonly Session[];
  sessionsOf(credential: Digest): readonly Session[];
  sessionsOfMac(mac: Mac): readonly Session[];
  placeOf(session: { readonly nas: string; readonly line: string | null }): Place;
  site(name: string | null): Site | null;
  nas(name: string): Nas | null;
  /** By its credential, any alias of it included. */
  serviceOf(credential: Digest | null): Service | null;
  /** Services to which a box was ever bound. */
  servicesOfSerial(serial: Serial): readonly Service[];
  servicesOfMac(mac: Mac): readonly Service[];
  /** Ascending by time. */
  sightingsOf(serial: Serial): readonly Sighting[];
  /** Boxes that were seen with the MAC. */
  serialsOfMac(mac: Mac): ReadonlySet<Serial>;
  /** Credentials whose sessions carried the MAC. */
  credentialsOfMac(mac: Mac): ReadonlySet<Digest>;
  /** Two MACs of one box: equal, in one binding, or shown by one serial. */
  isOneBox(a: Mac, b: Mac): boolean;
  stockOf(serial: Serial): StockRecord | null;
  listed(digest: Digest): readonly ListedCredential[];
  /** Patterns that this or an earlier evaluation found on a credential, with the moment at which each began. */
  suspicionsOf(credential: Digest): readonly Suspected[];
  /** When a person closed a finding of this key: what happened before is settled. */
  decidedAt(key: string): Instant | null;
}

/** What stands already, from the store. */
export interface Standing {
  readonly suspicions: ReadonlyMap<Digest, readonly Suspected[]>;
  readonly decidedAt: ReadonlyMap<string, Instant>;
}

export const NOTHING_STANDS: Standing = { suspicions: new Map(), decidedAt: new Map() };

export interface Suspected {
  readonly pattern: string;
  readonly beganAt: Instant;
}
