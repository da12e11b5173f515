/**
 * What the engine needs of the store. Every method is one transaction and may be called twice; the clock is the
 * database's. A method that changes something names the lease it acts under, and does nothing when that lease is gone.
 */
import type { AcsSettings } from "../model/acs-settings.ts";
import type { CallClass } from "../model/call-class.ts";
import type { Conclusion } from "../model/conclusion.ts";
import type { DeviceId } from "../model/device.ts";
import type { Epoch } from "../model/epoch.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { Credential } from "../model/logical.ts";
import type { Neighbours } from "../model/records.ts";
import type { AcsCapabilities, ListedDevice } from "./acs.ts";
import type { Lease } from "./lease.ts";
import type { ObservationRecord } from "./observation.ts";
import type { RenewalStore } from "./renewal-store.ts";
import type { SlotStore } from "./slot-store.ts";

import type {
  DeviceKey,
  DeviceReach,
  LoadedDevice,
  MapRecord,
  SettledUnder,
  WorkItem,
} from "../model/records.ts";

export type { Lease } from "./lease.ts";

export interface NewIntent {
  readonly key: DeviceKey;
  readonly changeId: string;
  readonly class: CallClass;
  readonly generation: string;
  readonly mapHash: string;
  readonly planHash: string;
  readonly step: number;
  readonly steps: number;
  readonly fields: readonly FieldName[];
  /** Paths and values; a secret stands as its logical name. */
  readonly edits: readonly object[];
  /** How long the device may be away after it. */
  readonly settleMs: number;
  readonly reason: string;
  /** Why it is corrected though nobody wants anything new: counted against the budget of that cause. */
  readonly cause: string | null;
}

export type IntentResult =
  | { readonly kind: "recorded"; readonly id: number }
  | { readonly kind: "fenced" }
  | { readonly kind: "stopped"; readonly reason: string; readonly hold: StopHold };

/** How a stop shows on the devices that it keeps waiting. */
export type StopHold = "Stopped" | "WritesStopped" | "TooManyAlike";

export type { ObservationRecord } from "./observation.ts";

/** Everything that a pass found out, stored in one transaction. */
export interface PassRecord {
  readonly work: WorkItem;
  readonly lease: Lease;
  readonly generation: string;
  readonly conclusion: Conclusion;
  /** How long the proof of this pass holds. */
  readonly evidenceBudgetMs: number;
  /** Oldest first. */
  readonly observations: readonly ObservationRecord[];
  /** A sign of life in this pass, other than an observation. */
  readonly contact: boolean;
  readonly reach: DeviceReach;
  /** `mayFireMs`: from now on, the ACS may still execute it; null: it will not. */
  readonly verdicts: readonly {
    readonly id: number;
    readonly verdict: string;
    readonly mayFireMs: number | null;
  }[];
  /** Writes of the ledger that were found to be done. */
  readonly executedLate: readonly number[];
  /** The intent of a download whose new version was seen to run for the first time, and when. */
  readonly firmwareSeen: { readonly id: number; readonly at: Date } | null;
  /** Secrets found in place when the device was first compared in this life of it. */
  readonly believed: readonly SecretInPlace[];
  /** Set when it was read, and differs in nothing that we write. */
  readonly settledUnder: SettledUnder | null;
  /** Fields that this pass read equal, with nothing of them waiting for a reboot. */
  readonly equal: readonly FieldName[];
  readonly revocationsProven: readonly { readonly id: number; readonly proof: string }[];
  /** The kind whose proof this device waits for. */
  readonly waitsFor: MapKind | null;
  readonly mapProven: MapKind | null;
  /** The operation for which the device goes into quarantine, and what of it other devices share. */
  readonly quarantines: { readonly operation: string; readonly kind: MapKind } | null;
}

export interface SecretInPlace {
  readonly logical: string;
  readonly digest: string;
  readonly epoch: Epoch | null;
}

/** What a proof speaks of: one model, with one firmware, through one content of a map. */
export interface MapKind {
  readonly model: string;
  readonly firmware: string;
  readonly hash: string;
}

export interface SlotStats {
  readonly calls: number;
  readonly busyMs: number;
  readonly probeMs: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly byFault: Readonly<Record<string, number>>;
  readonly callP50Ms: number | null;
  readonly callP90Ms: number | null;
  /** Devices that reached their end in the last 15 minutes or since start. */
  readonly perMinute: number | null;
  readonly breakerOpen: boolean;
  /** Why, and to how much, work that is not urgent is slowed; null while it is not. */
  readonly slowed: string | null;
  /** Calls that may be in flight now; 1 while the gate is closed. */
  readonly limit: number;
  /** What the adapter can do here. */
  readonly capabilities: AcsCapabilities | null;
  /** In what its own description differs from what the adapter expects; null until it was asked. */
  readonly differences: readonly string[] | null;
}

export interface DueNow {
  /** Classes that have something to be claimed. */
  readonly classes: readonly CallClass[];
  /** The stop that covers the whole ACS, if one does. */
  readonly stop: string | null;
  /** Those in hand that an urgent change waits for, since their pass was begun or before. */
  readonly awaited: readonly DeviceId[];
  /** Until the next device falls due that is not due yet; null when none does. */
  readonly nextMs: number | null;
  /** The database's clock. */
  readonly now: Date;
}

export interface EngineStore extends SlotStore, RenewalStore {
  acsSettings(): Promise<readonly AcsSettings[]>;
  /** By name. */
  mapRecords(): Promise<readonly MapRecord[]>;
  /** Makes the parts of the history tables for the coming months. */
  prepareHistory(): Promise<void>;

  /**
   * Takes the lease; null while somebody else holds it or its last call may still be under way. Where nobody has served
   * this ACS for a day, or the database forgot that somebody did, writes to it are stopped in the same transaction.
   *
   * @param remembered as `servedAt` told this process or an earlier one; null where it never did
   */
  acquireLease(
    acs: string,
    slot: number,
    holder: string,
    ttlMs: number,
    deadlineMs: number,
    remembered?: Date | null,
  ): Promise<Lease | null>;
  /** When a holder of this ACS last showed itself; database time. */
  servedAt(acs: string): Promise<Date | null>;
  /** False when the lease is no longer ours. */
  renewLease(lease: Lease, ttlMs: number, stats: SlotStats): Promise<boolean>;
  /** Gives it back, with no call in flight: the next holder need not wait. */
  releaseLease(lease: Lease): Promise<void>;

  /** How far the list of an ACS was followed; null: nobody has begun. */
  listedTo(acs: string): Promise<string | null>;
  /**
   * Notes the last contacts of a page, and makes those due that made contact since and are waited for: they were away, or
   * something of ours waits for their Inform, or they were reset. @returns how many
   */
  contacted(lease: Lease, devices: readonly ListedDevice[], next: string | null): Promise<number>;

  /** @param inHand devices that passes of the caller have in hand, by key */
  due(acs: string, inHand: readonly number[]): Promise<DueNow>;
  /** Takes due devices of one class; nothing when the lease is gone. */
  claim(lease: Lease, cls: CallClass, limit: number, ttlMs: number): Promise<readonly WorkItem[]>;
  load(key: DeviceKey): Promise<LoadedDevice | null>;

  /** The intent stands before its call is sent, or the call is not sent. */
  intend(lease: Lease, intent: NewIntent): Promise<IntentResult>;
  /** What became of the call. `secrets` are now believed to be on the device. */
  recordOutcome(
    id: number,
    outcome: "done" | "accepted" | "rejected" | "away" | "unknown" | "not_sent",
    detail: string,
    secrets: readonly SecretInPlace[],
  ): Promise<void>;
  /** What was believed of these secrets of a device is believed no more, so that they are written anew. */
  secretsLost(key: DeviceKey, logicals: readonly string[]): Promise<void>;
  /** False when the lease or the work row was not ours any more: then nothing was stored. */
  record(pass: PassRecord): Promise<boolean>;
  /**
   * Changes that waited in the ACS were taken back before the device got them. What was believed of their secrets is
   * believed no more, so that they are written anew.
   */
  withdrawn(intents: readonly number[]): Promise<void>;
  /**
   * Writes of the ledger may have replaced these secrets: what was believed of them is believed no more. Once for each
   * write. @returns false when all of them have had their turn
   */
  doubtSecrets(
    key: DeviceKey,
    intents: readonly number[],
    logicals: readonly string[],
  ): Promise<boolean>;
  /** Gives a device back untouched. */
  release(work: WorkItem, lease: Lease, inMs: number): Promise<void>;

  /** Is the map proven for this kind, or may this device prove it? Claims the right to, when `automatic`. */
  proof(
    kind: MapKind,
    key: DeviceKey,
    proving: "automatic" | "manual",
  ): Promise<"proven" | "ours" | "other" | "nobody">;
  /** Has a write through this map been verified on this device? */
  hasVerified(key: DeviceKey, mapHash: string): Promise<boolean>;
  /**
   * What is known of the other devices of its site (label `site`), or of its ACS where it has none: nobody is asked.
   * @param missedAt when the device was first missed
   */
  neighbours(key: DeviceKey, sentAt: Date, missedAt: Date): Promise<Neighbours>;
  /**
   * The other device of which this credential is wanted; null when it is nobody's, and when it was once wanted of this very
   * device: then it is its own former one.
   */
  ownerOf(credential: Credential, key: DeviceKey): Promise<DeviceId | null>;
  /** Devices around which an answer went astray are read again before they are believed. */
  doubt(ids: readonly DeviceId[], reason: string): Promise<void>;
}
