/** What we and our people did ourselves: the rules must not take our own work for somebody's misuse, nor overlook our own people. */
import type { Digest, Serial } from "./billing.ts";
import type { Instant } from "./instant.ts";

/** One push of a credential or a firmware to a box. `provenAt`: when a later read showed it (I4); null: not yet. */
export interface Push {
  readonly serial: Serial;
  readonly what: "credential" | "firmware" | "frequency_plan" | "factory_reset";
  readonly credential: Digest | null;
  /** A rollout did it, which is why many boxes change at once. */
  readonly firmware: string | null;
  readonly at: Instant;
  readonly provenAt: Instant | null;
}

/** A change of ours that waits or runs: what the box shows meanwhile is no drift. */
export interface Pending {
  readonly serial: Serial;
  readonly sinceAt: Instant;
}

/** A secret was read, or a binding or finding touched, by a person or by a system. */
export interface Act {
  readonly key: string;
  readonly kind: "reveal" | "bind" | "swap" | "close_finding";
  readonly actor: string;
  readonly person: boolean;
  readonly credential: Digest;
  readonly caseId: string | null;
  readonly at: Instant;
}
