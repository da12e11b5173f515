/** What a rule says before its guards (a suspicion), what a guard answers, and what is left (a verdict). */
import type { Digest, Mac, Serial, Service } from "./facts/billing.ts";
import type { Instant } from "./facts/instant.ts";
import type { Exhibit } from "./evidence.ts";
import type { PatternId } from "./rules/pattern.ts";
import type { Session } from "./timeline/session.ts";

export type Severity = "low" | "medium" | "high" | "critical";

/** Why a finding was closed, or why there never was one. */
export type Explanation =
  | "swap"
  | "move"
  | "clone"
  | "mistake"
  | "fraud"
  | "our_error"
  | "firmware"
  | "outage"
  | "same_session"
  | "allowed"
  | "shared_identity"
  | "reactivated"
  | "ended";

/** One of the two (or more) boxes or places that a suspicion is about. */
export interface Side {
  /** What the side goes by in the key of a finding; never depends on facts that may come later. */
  readonly key: string;
  readonly mac: Mac | null;
  readonly serial: Serial | null;
  readonly session: Session | null;
  readonly site: string | null;
}

export interface Suspicion {
  readonly credential: Digest | null;
  readonly service: Service | null;
  readonly sides: readonly Side[];
  /** Devices, sorted, where the finding is one of a group. */
  readonly members: readonly string[];
  readonly severity: Severity;
  readonly text: string;
  /** Independent grounds, sorted. */
  readonly signals: readonly string[];
  readonly beganAt: Instant;
  readonly lastAt: Instant;
  readonly suspectedAt: Instant;
  /** Null: not proven by the rule's own standard. */
  readonly confirmedAt: Instant | null;
  /** Asked only where somebody will read them. */
  readonly exhibits: () => readonly Exhibit[];
  /** When time alone may give it another ground; null: never. */
  readonly askAgainAt?: Instant | null;
  /** Does it stand on what happened after an instant alone? Asked when a quiet window covers its beginning. */
  readonly standsAfter: (at: Instant) => { readonly confirmedAt: Instant | null } | null;
}

export type GuardEffect =
  | { readonly kind: "none" }
  /** It was not that at all. */
  | { readonly kind: "explains"; readonly as: Explanation }
  /** What happened until `untilAt` does not count. */
  | { readonly kind: "quiet"; readonly untilAt: Instant; readonly as: Explanation }
  /** May be true, but must not be confirmed on this. */
  | { readonly kind: "weakens"; readonly untilAt: Instant | null };

export interface GuardResult {
  readonly guard: string;
  readonly effect: GuardEffect;
  readonly detail: string;
}

export interface Verdict {
  readonly pattern: PatternId;
  /** One open finding for each: credential, pattern and pair. */
  readonly key: string;
  /** The thing whose evaluation made it; see `Evaluation.covered`. */
  readonly focus: string;
  readonly credential: Digest | null;
  readonly serviceRef: string | null;
  readonly sides: readonly string[];
  readonly members: readonly string[];
  readonly severity: Severity;
  readonly state:
    | { readonly kind: "suspected" }
    | { readonly kind: "confirmed"; readonly at: Instant }
    | { readonly kind: "held"; readonly untilAt: Instant; readonly as: Explanation }
    | { readonly kind: "explained"; readonly as: Explanation };
  readonly text: string;
  readonly signals: readonly string[];
  readonly beganAt: Instant;
  readonly lastAt: Instant;
  readonly suspectedAt: Instant;
  readonly guards: readonly GuardResult[];
  readonly exhibits: readonly Exhibit[];
  /** Time alone may change the verdict then: the end of a quiet window or of a grace time. */
  readonly askAgainAt: Instant | null;
  readonly ruleVersion: number;
}
