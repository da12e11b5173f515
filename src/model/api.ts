/**
 * What the HTTP API says, as JSON: times are RFC 3339 texts, and a secret is never in it. The server answers with these
 * shapes and the client reads them, so that neither can drift from the other. Members are only added within `/v1`.
 */
import type { Problem, Retry } from "../lib/errors.ts";
import type { DeviceFacts, DeviceId, DeviceIdentity } from "./device.ts";
import type { Condition, State } from "./status.ts";

export type Members = Readonly<Record<string, unknown>>;

/** RFC 9457, for every failure. `type` is `/problems/` and the code with dashes. */
export interface ApiProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
  readonly requestId: string;
  readonly retry: Retry;
  /** Seconds; with `retry: after`. */
  readonly retryAfter?: number;
  readonly errors?: readonly Problem[];
  /** Facts for a program: counts, candidates, generations. */
  readonly details?: Members;
}

export interface ApiStatus {
  readonly state: State;
  readonly reason: string;
  readonly message: string;
  readonly since: string;
  /** When something happens next without anybody asking; null: nothing will. */
  readonly nextAt: string | null;
  readonly contactAt: string | null;
  /** `pull`: no connection request gets through to it; it is read and written at its own Informs. */
  readonly reach: "push" | "pull";
  readonly convergedAt: string | null;
}

export interface ApiDevice {
  readonly id: DeviceId;
  readonly name: string;
  readonly identity: DeviceIdentity;
  readonly acs: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: DeviceFacts | null;
  readonly status: ApiStatus;
  readonly conditions: readonly Condition[];
  readonly hold: Members | null;
  readonly links: { readonly self: string; readonly desired: string };
}

export interface ApiDeviceDetail extends ApiDevice {
  /** Effective desired state: one entry for each field, with who set it, in which record, when. */
  readonly desired: readonly Members[];
  readonly documents: readonly {
    readonly writer: string;
    readonly generation: number;
    readonly fields: Members;
    readonly changedAt: string;
    readonly endedAt: string | null;
    readonly scheduled: ApiScheduled | null;
    /** Null: it holds no password. */
    readonly credential: ApiCredentialSides | null;
  }[];
  /** Null: never read. */
  readonly observed: {
    readonly readAt: string;
    readonly map: { readonly name: string; readonly hash: string };
    readonly values: readonly { readonly logical: string; readonly entry: Members }[];
  } | null;
  readonly work: {
    readonly class: string;
    readonly dueAt: string;
    readonly reason: string;
    /** Devices that go first. */
    readonly ahead: number;
  } | null;
  /** What the ACS may still execute. */
  readonly openIntents: readonly Members[];
  readonly owedRevocations: readonly { readonly username: string; readonly since: string }[];
  /** Newest first. */
  readonly events: readonly Members[];
}

export interface ApiPage<T> {
  readonly items: readonly T[];
  /** Opaque; the `cursor` of the next page. Null: this was the last one. */
  readonly next: string | null;
}

export interface ApiFleet {
  readonly total: number;
  readonly states: Readonly<Record<string, number>>;
  readonly queue: Readonly<Record<string, number>>;
  readonly acs: Readonly<Record<string, Members>>;
  readonly stops: readonly Members[];
  /** What is written to nobody of a model, with the three devices that went into quarantine by it. */
  readonly blocks: readonly Members[];
}

/** How many devices of the model are due again, and for what. */
export interface ApiModelReleased {
  readonly operations: readonly string[];
  readonly devices: number;
}

export interface ApiRecord {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Members;
  readonly status: {
    readonly revision: number;
    readonly owner: string;
    readonly changedAt: string;
  };
}

/**
 * The caller's own document: its fields by name, as they are put, with two members that can only be read. They may be
 * sent back in a PUT and are ignored there, so that what was read can be changed and sent.
 */
export type ApiDocument = Members & {
  readonly document: {
    readonly device: DeviceId;
    readonly writer: string;
    readonly generation: number;
    readonly changedAt: string;
    readonly endedAt: string | null;
    /** In the answer to a GET. */
    readonly service?: ApiServiceState;
    /** In the answer to a GET of a document with a password. */
    readonly credential?: ApiCredentialSides;
    /** In the answer to a PUT. */
    readonly change?: "created" | "changed" | "unchanged" | "scheduled";
    /** What the document becomes later. */
    readonly scheduled?: ApiScheduled;
    readonly dryRun?: boolean;
  };
  /** In the answer to a dry run. */
  readonly plan?: ApiDesiredPlan;
  /** In the answer to a GET. */
  readonly status?: ApiStatus & { readonly conditions: readonly Condition[] };
};

/** The document as it is of the new CPE. */
export type ApiSwapped = ApiDocument & {
  readonly swap: { readonly from: DeviceId; readonly to: DeviceId };
};

/** What would be written to the CPE, as far as that is known without a call. */
export interface ApiDesiredPlan {
  /** The read that it rests on; null: the device was never read, or no map fits it, so nothing can be said. */
  readonly basis: {
    readonly readAt: string;
    readonly map: string;
    readonly mapHash: string;
  } | null;
  readonly fields: readonly {
    readonly field: string;
    /** `equal`, `drift` (it is written), `unknown`, `unmapped`, `cannot`. */
    readonly verdict: string;
    readonly detail: string;
  }[];
  /** Content address of all writes. */
  readonly hash: string | null;
  readonly calls: number;
  readonly steps: readonly {
    readonly fields: readonly string[];
    readonly interrupts: readonly string[];
    readonly reboot: string;
    /** `to: null` of a `set`: a secret, which changes. */
    readonly changes: readonly {
      readonly path: string | null;
      readonly does: string;
      readonly from: string | null;
      readonly to: string | null;
    }[];
  }[];
}

export interface ApiApplied {
  /** `Kind/name`. */
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Devices whose desired state this changes: the number for `expect`. */
  readonly touched: number;
  readonly dryRun: boolean;
  /** It is applied, and somebody should look at it: one sentence each. */
  readonly warnings: readonly string[];
}

export interface ApiStopped {
  readonly id: number;
  /** Writes that were sent before the stop and that no read has settled: the ACS may still execute them. */
  readonly outstanding: readonly Members[];
}

/** What became of one change of a desired document. */
export interface ApiOperation {
  readonly id: string;
  readonly kind: "change" | "end";
  readonly status: string;
  readonly writer: string;
  readonly generation: number;
  readonly at: string;
  /** When a read of the CPE showed it. */
  readonly provenAt: string | null;
  /** The generation that took its place before it was proven. */
  readonly supersededBy: number | null;
  /** Why it goes on, or failed, and when something happens next; null when it came to its end. */
  readonly device: {
    readonly reason: string;
    readonly message: string;
    readonly nextAt: string | null;
  } | null;
  readonly links: { readonly device: string; readonly desired: string };
}

/** What a document becomes at a time, by the database's clock; a later change of its writer takes its place. */
export interface ApiScheduled {
  readonly effectiveAt: string;
  /** `end`: the document ends. */
  readonly action: "put" | "end";
  readonly fields: Members;
  /** Why it could not become current when it was due. */
  readonly failure: string | null;
}

/** What each side has of a password: first the AAA, then the CPE. */
export interface ApiCredentialSides {
  readonly aaa: {
    readonly version: number;
    /**
     * How it is known that the AAA takes it: `put`, its writer gave it and says so by that; `word`, the writer's word for a
     * password of ours; `test_login`, a login of ours that was accepted.
     */
    readonly proof: "put" | "word" | "test_login";
    /** The `Aaa` record that accepted the login. */
    readonly by: string | null;
    readonly at: string;
  };
  /** `shown`: a read showed it on the CPE, at `at`; `waiting`: not yet. */
  readonly cpe: { readonly state: "shown" | "waiting"; readonly at: string | null };
  /** A password of ours that is not proven at the AAA, and that no CPE is given. */
  readonly next: { readonly version: number; readonly since: string } | null;
}

/** What the AAA has to know of a service. */
export interface ApiServiceState {
  readonly state: "active" | "suspended";
  /** Why it is suspended; each is lifted by its owner. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly owner: string;
    readonly since: string;
  }[];
}

export interface ApiService {
  readonly device: DeviceId;
  readonly changed: boolean;
  readonly service: ApiServiceState;
}

/** A password of our making. It is wanted of the CPE when it is proven, by word or test login, that the AAA takes it. */
export interface ApiRotation {
  readonly device: DeviceId;
  readonly version: number;
  readonly awaits: "aaaUpdated";
  /** In this answer and never again. */
  readonly password: string;
}

/** An action on all devices that a selector chose. */
export interface ApiActed {
  readonly selected: number;
  readonly changed: number;
  /** Left as they are, because a person holds them. */
  readonly held: number;
}

export interface ApiResumed {
  readonly ended: number;
  readonly devices: number;
}
