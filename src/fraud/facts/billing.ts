/** What billing says of services, their bindings and their boxes. Instants as told by billing, `recordedAt` by our database. */
import type { Instant } from "./instant.ts";

/** Keyed digest of a normalised user name or secret, made in the store. Equal digests are equal values; nothing else is known. */
export type Digest = string;
/** Serial as `OUI-serial` or a device id: whatever the caller uses, always the same for one box. */
export type Serial = string;
/** 12 lower-case hex digits. */
export type Mac = string;

export interface Binding {
  readonly version: number;
  readonly serial: Serial;
  /** WAN MACs that belong to the box: as billing knows them, and as observed and taken over. */
  readonly macs: readonly Mac[];
  readonly fromAt: Instant;
  /** Null: in force. */
  readonly untilAt: Instant | null;
  /** Who changed it, for the rule on insiders. Null: not known. */
  readonly by: string | null;
}

/** An order that makes a change of box or of place honest. It may be entered late: `recordedAt` says when we learnt of it. */
export interface Order {
  readonly kind: "swap" | "move" | "reactivation";
  readonly at: Instant;
  readonly recordedAt: Instant;
  /** Boxes that come and go, as far as the order says; empty: any one new box. */
  readonly newMacs: readonly Mac[];
  readonly newSerials: readonly Serial[];
  /** Where a move goes; null: not said. */
  readonly toSite: string | null;
  readonly by: string | null;
  readonly cancelled: boolean;
}

/** Work that somebody announced: a failing modem under test, a burn-in on the bench, a migration of many. */
export interface Ticket {
  readonly kind: "modem_test" | "burn_in" | "migration";
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  /** Two different people make a migration honest. */
  readonly approvers: readonly string[];
}

export interface Plan {
  /** How many sessions at once were sold. */
  readonly sessions: number;
  /** May be used anywhere. */
  readonly nomadic: boolean;
  /** The customer's own router behind our box in bridge mode was sold. */
  readonly bridge: boolean;
  readonly softphone: boolean;
}

export interface Service {
  readonly ref: string;
  readonly credential: Digest;
  /**
   * Digests of other spellings of it: without its realm, in another case, under a former realm. Not the value before a rotation:
   * who still holds that one holds nothing that works.
   */
  readonly aliases: readonly Digest[];
  readonly bindings: readonly Binding[];
  readonly site: string | null;
  readonly plan: Plan;
  readonly orders: readonly Order[];
  readonly tickets: readonly Ticket[];
  readonly suspended: readonly { readonly fromAt: Instant; readonly untilAt: Instant | null }[];
  readonly end: { readonly at: Instant; readonly recordedAt: Instant } | null;
}

export type StockState = "in_service" | "in_stock" | "lost" | "stolen" | "written_off" | "returned";

/** Nobody should hear of a box in such a state. */
const GONE: ReadonlySet<string | undefined> = new Set<StockState>([
  "lost",
  "stolen",
  "written_off",
  "returned",
]);

export function isGone(state: StockState | undefined): boolean {
  return GONE.has(state);
}

/** What inventory says of a box, apart from any service. */
export interface StockRecord {
  readonly serial: Serial;
  readonly oui: string | null;
  readonly state: StockState;
  readonly since: Instant;
}

/** Names and secrets that are known to be shared or public. */
export interface ListedCredential {
  readonly digest: Digest;
  readonly kind: "installer" | "parking" | "bootstrap" | "probe" | "default";
  /** Null: no expiry, which an installer's credential should not have. */
  readonly untilAt: Instant | null;
}

export const ONE_SESSION: Plan = { sessions: 1, nomadic: false, bridge: false, softphone: false };

/** The binding in force at a moment; the newest one where billing let two overlap. */
export function bindingAt(service: Service, at: Instant): Binding | null {
  return (
    service.bindings
      .filter(({ fromAt, untilAt }) => fromAt <= at && (untilAt === null || at < untilAt))
      .sort((a, b) => b.version - a.version)[0] ?? null
  );
}
