/** Reads that fall due soon, and evidence that is renewed without one. */
import type { DeviceKey, WorkItem } from "../model/records.ts";
import type { ObservationRecord } from "./observation.ts";
import type { Lease } from "./lease.ts";

export interface RenewalRecord {
  readonly work: WorkItem;
  readonly generation: string;
  /** With the moment at which the CPE gave the oldest of it. */
  readonly observation: ObservationRecord;
  readonly evidenceBudgetMs: number;
  /** From that moment on. */
  readonly goodForMs: number;
  readonly reason: string;
}

export interface RenewalStore {
  /**
   * Converged devices in nobody's hands with nothing open whose next read falls due within `withinMs`, or is due and waits,
   * the earliest first. @param without keys that are passed over
   */
  readsSoon(
    lease: Lease,
    withinMs: number,
    limit: number,
    without: readonly DeviceKey[],
  ): Promise<readonly WorkItem[]>;
  /**
   * Stores what was read and puts off the read that was due. Nothing is stored, and false returned, when anything happened
   * to the device meanwhile, when something was written since that moment, or when the read would not be put off by it.
   */
  renew(lease: Lease, renewal: RenewalRecord): Promise<boolean>;
}
