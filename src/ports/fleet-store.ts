/** What services need of the store: records, devices, desired documents, tokens, counts. One transaction each. */
import type { DeviceReach, FieldSet, MapRecord } from "../model/records.ts";
import type { DeviceFacts, DeviceId, DeviceIdentity } from "../model/device.ts";
import type { Condition, Reason, State } from "../model/status.ts";
import type { AcsStore } from "./acs-view.ts";
import type { SignStore } from "./signs.ts";
import type { Actor } from "./actor.ts";
import type { WhyFacts } from "./why-view.ts";

export type { Actor } from "./actor.ts";

export interface TokenRow {
  readonly id: string;
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revoked: boolean;
}

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

/** How one document stands after a write. */
export interface DocumentResult {
  readonly change: "created" | "changed" | "unchanged";
  readonly generation: number;
  readonly view: DocumentView;
}

/** A document without its secrets. */
export interface DocumentView {
  readonly writer: string;
  readonly generation: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changedAt: Date;
  readonly endedAt: Date | null;
}

/** One change of a document. */
export interface OperationName {
  readonly device: number;
  readonly writer: string;
  readonly generation: number;
}

/** A change with its proof, and the device as it is now. */
export interface OperationView {
  readonly writer: string;
  readonly generation: number;
  readonly kind: "change" | "end";
  readonly madeAt: Date;
  /** Final: what the CPE does later is another matter. */
  readonly provenAt: Date | null;
  readonly supersededBy: number | null;
  /** The state of the device was found by a pass that knew of this change. */
  readonly judged: boolean;
  readonly device: DeviceView;
}

export interface ObservedEntry {
  readonly logical: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

export interface DeviceView {
  readonly id: DeviceId;
  readonly name: string;
  readonly identity: DeviceIdentity;
  readonly acs: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: DeviceFacts | null;
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
  readonly since: Date;
  readonly nextAt: Date | null;
  readonly contactAt: Date | null;
  readonly reach: DeviceReach["kind"];
  readonly convergedAt: Date | null;
  readonly conditions: readonly Condition[];
  readonly hold: Readonly<Record<string, unknown>> | null;
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

export interface FleetStore extends AcsStore, SignStore {
  ready(): Promise<void>;

  // tokens
  tokenByHash(hash: Uint8Array): Promise<TokenRow | null>;
  addToken(token: {
    readonly id: string;
    readonly owner: string;
    readonly scopes: readonly string[];
    readonly hash: Uint8Array;
    readonly expiresAt: Date | null;
  }): Promise<void>;
  /** Runs `make` under a lock when no token exists; two processes that start together make one. */
  firstToken(
    make: () => Promise<{ id: string; owner: string; scopes: readonly string[]; hash: Uint8Array }>,
  ): Promise<boolean>;

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

  // desired documents of one writer
  putDocument(
    key: number,
    fields: FieldSet,
    actor: Actor,
    precondition: {
      readonly ifMatch: readonly number[] | "*" | null;
      readonly ifNoneMatch: boolean;
    },
    /** `clearSecret`: a credential without a password from now on; otherwise one that is left out is kept. */
    options: { readonly dryRun: boolean; readonly clearSecret?: boolean },
  ): Promise<DocumentResult>;
  /**
   * As `putDocument`, with what `decide` makes of the document as it stands under the lock: nobody comes in between.
   * `decide` may be called several times. @throws `not_found` where there is no document
   */
  patchDocument(
    key: number,
    decide: (before: DocumentView) => { readonly fields: FieldSet; readonly clearSecret: boolean },
    actor: Actor,
    precondition: Parameters<FleetStore["putDocument"]>[3],
    options: { readonly dryRun: boolean },
  ): Promise<DocumentResult>;
  document(key: number, writer: string): Promise<DocumentView | null>;
  /** Tombstone; owes a revocation when the document held credentials. Repeats give the same answer. */
  endDocument(
    key: number,
    actor: Actor,
    ifMatch: readonly number[] | "*" | null,
  ): Promise<DocumentView | null>;

  // operations
  operation(name: OperationName): Promise<OperationView | null>;

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
