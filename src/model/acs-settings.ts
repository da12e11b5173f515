/** The `Acs` record as the engine uses it: durations in ms, shares in [0, 1], secrets resolved. */
import type { Secret } from "../lib/secret.ts";
import type { ReadLimits } from "./read-limits.ts";

export interface AcsSettings {
  readonly name: string;
  readonly revision: number;
  readonly kind: string;
  readonly address: string;
  /** Of Friendly's REST twin. */
  readonly restAddress?: string;
  readonly auth:
    | { readonly kind: "none" }
    | {
        readonly kind: "basic" | "usernametoken" | "both";
        readonly username: string;
        readonly password: Secret;
      };
  /** `observe` is the default: nothing is written until a person says `write`. */
  readonly mode: "observe" | "write";
  /** Selector text; outside it no call is made. */
  readonly scope: string;
  readonly concurrency: number;
  /** Share of the ACS's time that is ours. */
  readonly dutyCycle: number;
  readonly proving: "automatic" | "manual";
  /** How long after its verified write the first device of a kind is read again to prove the map. */
  readonly proveAfterMs: number;
  /** Our deadline for one call; the lease outlives it. */
  readonly callDeadlineMs: number;
  /** How long an accepted write may take to show on the device before it counts as ignored. */
  readonly verifyWithinMs: number;
  /** How long a device that was told to fetch a firmware may take to run it. */
  readonly firmwareWithinMs: number;
  /** How long it has to run it, without another boot, before that counts as proven. */
  readonly soakMs: number;
  /** A value older than this is unknown. */
  readonly evidenceBudgetMs: number;
  /** Of reads that nobody waits for. */
  readonly reads: ReadLimits;
  /** Share of the ACS's time that may be spent on devices without a sign of life. */
  readonly probeShare: number;
  /** How often, and how far, it is measured how many calls at once it answers rightly; null: only when asked. */
  readonly probe: {
    readonly everyMs: number;
    readonly sample: number;
    readonly upTo: number;
  } | null;
}
