/** What services need of the store: records, devices, desired documents, tokens, counts. One transaction each. */
import type { MapRecord } from "../model/records.ts";
import type { DeviceFacts, DeviceId, DeviceIdentity } from "../model/device.ts";
import type { AcsStore } from "./acs-view.ts";
import type { DeviceView } from "./device-view.ts";
import type { DocumentStore, DocumentView } from "./document-store.ts";
import type { ImportStore } from "./import-store.ts";
import type { ReplayStore } from "./replay-store.ts";
import type { SignStore } from "./signs.ts";
import type { Actor } from "./actor.ts";
import type { SuspensionStore } from "./suspension-store.ts";
import type { TokenStore } from "./token-store.ts";
import type { WhyFacts } from "./why-view.ts";

export type { Actor } from "./actor.ts";
export type { DeviceView } from "./device-view.ts";
export type {
  DocumentResult,
  DocumentView,
  OperationName,
  OperationView,
  Planned,
} from "./document-store.ts";

export interface StoredRecord {
  readonly kind: string;
  readonly name: string;
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly changedAt: Date;
}

export interface ManifestRecord {
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface DeviceManifest {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly identity: DeviceIdentity;
  readonly acs: string;
  readonly hold: { readonly reason: string; readonly until: string | null } | null;
  /** The spec as written, for history. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface ApplyPlan {
  readonly records: readonly ManifestRecord[];
  readonly devices: readonly DeviceManifest[];
  /**
   * Needed where the plan writes maps, and asked in its transaction: all map records of before and of after. It throws
   * when those of after do not go together, and then nothing is applied.
   */
  readonly remap?: (before: readonly MapRecord[], after: readonly MapRecord[]) => Remap;
}

/** Does a device that says this of itself get another map, or the same one with another meaning? */
export type Remap = (facts: DeviceFacts) => boolean;

export interface ApplyResult {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Devices whose effective state the change touches; the number that `expect` has to name. */
  readonly touched: number;
}

export interface ObservedEntry {
  readonly logical: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

export interface DeviceDetail extends DeviceView {
  readonly documents: readonly DocumentView[];
  readonly effective: readonly Readonly<Record<string, unknown>>[];
  readonly observation: {
    readonly readAt: Date;
    readonly mapName: string;
    readonly mapHash: string;
    readonly entries: readonly ObservedEntry[];
  } | null;
  readonly work: {
    readonly class: string;
    readonly dueAt: Date;
    readonly reason: string;
    readonly ahead: number;
  } | null;
  readonly openIntents: readonly Readonly<Record<string, unknown>>[];
  readonly owedRevocations: readonly { readonly username: string; readonly since: Date }[];
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface WhyView extends WhyFacts {
  readonly device: DeviceDetail;
}

export interface FleetCounts {
  readonly total: number;
  readonly states: Readonly<Record<string, number>>;
  readonly queue: Readonly<Record<string, number>>;
  readonly acs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly stops: readonly Readonly<Record<string, unknown>>[];
  /** Operations that are blocked for a model. */
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface FleetStore
  extends
    AcsStore,
    DocumentStore,
    ImportStore,
    ReplayStore,
    SignStore,
    SuspensionStore,
    TokenStore {
  ready(): Promise<void>;

  // records
  records(kind: string): Promise<readonly StoredRecord[]>;
  record(kind: string, name: string): Promise<StoredRecord | null>;
  /**
   * Applies everything or nothing. With `dryRun` it is rolled back at the end, so the plan is the apply with another last
   * step. `expect` must equal the number of touched devices when that is more than may change unasked (I12).
   */
  apply(
    plan: ApplyPlan,
    actor: Actor,
    options: { readonly dryRun: boolean; readonly expect: number | null },
  ): Promise<ApplyResult>;

  // devices
  /** Canonical id, then re-encoded canonical, then unique alias; `ambiguous_id` with candidates. */
  resolveDevice(idOrAlias: string): Promise<{ readonly key: number; readonly id: DeviceId } | null>;
  devices(selector: string, limit: number, cursor: string | null): Promise<Page<DeviceView>>;
  device(key: number): Promise<DeviceDetail>;
  /** Its details with what keeps it, its place and its last changes, as of one moment. */
  why(key: number): Promise<WhyView>;
  fleet(): Promise<FleetCounts>;
  hold(
    key: number,
    hold: { readonly reason: string; readonly until: string | null },
    actor: Actor,
  ): Promise<void>;
  /** Ends its hold and its quarantine, and forgets what failed on it. */
  release(key: number, reason: string, actor: Actor): Promise<void>;
  /** Ends what is blocked for a model. @throws `not_found` when nothing is */
  releaseModel(
    model: string,
    reason: string,
    actor: Actor,
  ): Promise<{
    /** Each the fields that may be written again, joined by `+`. */
    readonly operations: readonly string[];
    /** Made due by it. */
    readonly devices: number;
  }>;
  /**
   * The same for every device that a selector chooses, all of them or none. `expect` must be their number when that is more
   * than may change unasked (I12). What is held is not made due, and is counted.
   */
  actOn(
    selector: string,
    action:
      | {
          readonly kind: "hold";
          readonly hold: { readonly reason: string; readonly until: string | null };
        }
      | { readonly kind: "release"; readonly reason: string }
      | { readonly kind: "reconcile" },
    actor: Actor,
    expect: number | null,
  ): Promise<{ readonly selected: number; readonly changed: number; readonly held: number }>;
  prove(key: number, actor: Actor): Promise<void>;
  /** Makes a device due now. */
  wake(key: number, actor: Actor): Promise<void>;

  // stop
  stop(
    stop: {
      readonly acs: string | null;
      readonly selector: string | null;
      readonly reason: string;
    },
    actor: Actor,
  ): Promise<{
    readonly id: number;
    /** What the ACS may still execute. */
    readonly outstanding: readonly Readonly<Record<string, unknown>>[];
  }>;
  /** `expect` must name the number of devices that are set free, when given by a person. */
  resume(
    scope: { readonly acs: string | null },
    actor: Actor,
    expect: number | null,
  ): Promise<{ readonly ended: number; readonly devices: number }>;
}
