/** Why a device is as it is, and what comes next: facts beside its details, as of the same moment. */
import type { SlotStats } from "./engine-store.ts";

export interface ChangeView {
  readonly changeId: string;
  readonly fields: readonly string[];
  readonly step: number;
  readonly steps: number;
  readonly reason: string;
  readonly intendedAt: Date;
  /** Null: the process died between the call and its record. */
  readonly outcome: string | null;
  readonly outcomeDetail: string | null;
  /** Null: no read has settled it. */
  readonly verdict: string | null;
}

export interface WhyFacts {
  /** The database's clock. */
  readonly now: Date;
  /** Those that cover the device, oldest first. */
  readonly stops: readonly { readonly reason: string; readonly by: string }[];
  readonly acs: {
    /** Null: there is no such record. */
    readonly spec: Readonly<Record<string, unknown>> | null;
    /** Null: nobody serves it. */
    readonly holder: string | null;
    readonly stats: Partial<SlotStats>;
  };
  /** Devices of its ACS that are looked for; counted up to a limit. */
  readonly probed: number;
  /** When a read was asked that waits for the next Inform. */
  readonly readWaitsSince: Date | null;
  /** Newest first, the last few. */
  readonly changes: readonly ChangeView[];
}
