/**
 * The port to an ACS: data and a handful of verbs, all of which end in a closed set of results. An adapter never throws
 * for what an ACS can do to it; a throw is a bug of ours.
 *
 * Two rules that every adapter keeps (I2, I3):
 * - an answer is used only if it answers the question: exact response element, a result code of the dialect, no name
 *   that was not asked for, and for reads the parameter that proves the device's identity. Anything else is `unknown`;
 * - a write's answer names no device, so at best it is `accepted`; a call that ended without an answer is `unknown`, and
 *   nothing may be written again before the device was read.
 */
import type { Secret } from "../lib/secret.ts";
import type { CallClass } from "../model/call-class.ts";
import type { DeviceFacts, DeviceId, DeviceIdentity } from "../model/device.ts";
import type { Change, ParameterPath, Snapshot } from "../model/parameter.ts";
import type { AcsDevice, AnswerFault, NotSent, Refused, Unknown } from "./acs-answers.ts";
import type { Recall, RecallResult } from "./acs-memory.ts";

export type { AcsDevice, AnswerFault, NotSent, Refused, Unknown } from "./acs-answers.ts";

/** Goes with each call from the pass to the socket. */
export interface CallContext {
  /** What the device is meant to hold: taken out of every text of the answer, as an ACS may quote it back (I18). */
  readonly secrets?: () => readonly Secret[];
  readonly class: CallClass;
  /** Our change id; written into the ACS's own audit trail where it has one. */
  readonly changeId: string;
  readonly signal: AbortSignal;
  /** Set by the guard, and asked at the socket once more: why nothing may go to this device any longer. */
  readonly held?: () => NotSent | undefined;
  /** Told of each call how long the ACS was busy with it. ms */
  readonly took?: (ms: number) => void;
  /** Told of each answer that was not believed and does not decide the result: something else was asked instead. */
  readonly passedOver?: (fault: AnswerFault, detail: string) => void;
  /** For measuring: so many calls of this kind may be in flight, and no other beside them. Absent: as the gate allows. */
  readonly width?: number;
}

/**
 * `contactAt`: its last contact by the ACS's clock, where the ACS says so. `unreached`: it was knocked at, and the
 * connection request did not get through; that is so for a CPE without power, and for one behind NAT.
 */
export type StatusResult =
  | { readonly kind: "online"; readonly contactAt?: Date }
  | { readonly kind: "offline"; readonly contactAt?: Date; readonly unreached?: boolean }
  | Refused
  | Unknown
  | NotSent;

export type IdentifyResult =
  { readonly kind: "facts"; readonly facts: DeviceFacts } | Refused | Unknown | NotSent;

/** What was asked of the CPE, now or before, waits in the ACS for its next Inform. */
export interface Waiting {
  readonly kind: "waiting";
  readonly detail: string;
  /** What is being read, to be handed in with the next read; null while a change waits. */
  readonly ticket: string | null;
  /** Until its next Inform, as far as the ACS knows its interval. */
  readonly inMs: number | null;
}

export type ReadResult =
  | {
      readonly kind: "values";
      readonly snapshot: Snapshot;
      /** The moment at which our question was sent: the values cannot be older than the call. */
      readonly readAt: Date;
      /** The answer to the ticket's question: so long after it the CPE gave it, by the ACS's clock. */
      readonly afterMs?: number;
    }
  /** The ACS answered, and the CPE did not: nothing was read. */
  | { readonly kind: "away"; readonly detail: string; readonly unreached?: boolean }
  | Waiting
  | Refused
  | Unknown
  | NotSent;

export type WriteOutcome =
  /** The CPE itself said so. Still to be proven by a read. */
  | { readonly kind: "done" }
  /** The ACS will do it; `id` is its transaction, if it names one. */
  | { readonly kind: "accepted"; readonly id: string | null }
  | { readonly kind: "rejected"; readonly code: number; readonly text: string }
  /** The ACS could not reach the CPE and keeps nothing of the change: nothing happened, and nothing will. */
  | { readonly kind: "away"; readonly detail: string; readonly unreached?: boolean }
  | Unknown
  | NotSent;

export type WithdrawResult =
  { readonly kind: "withdrawn" } | { readonly kind: "nothing" } | Unknown | NotSent;

/**
 * What became of what a write's `id` stands for, by the ACS's own word. Evidence, and no proof: a read proves. `failed`
 * says that nothing more will come of it.
 */
export type TaskStatusResult =
  { readonly kind: "done" | "pending" | "failed" } | Refused | Unknown | NotSent;

/** `differences`: one sentence for each thing in which the ACS's own description of itself is not what we know of it. */
export type CheckResult =
  { readonly kind: "checked"; readonly differences: readonly string[] } | Unknown | NotSent;

/** A device as the ACS lists it. Times are the ACS's own. */
export interface ListedDevice {
  readonly id: DeviceId;
  /** Null when the ACS's record does not spell the identity that its id stands for. */
  readonly identity: DeviceIdentity | null;
  readonly lastContactAt: Date;
  /** Its last Inform with `0 BOOTSTRAP`: a later one than the one that is known means reset or replaced. */
  readonly bootstrappedAt: Date | null;
}

export type ListResult =
  | {
      readonly kind: "page";
      readonly devices: readonly ListedDevice[];
      /** Where to go on, now or at any later time; null while the ACS knows no device. */
      readonly next: string | null;
      readonly more: boolean;
    }
  | Refused
  | Unknown
  | NotSent;

/** What an ACS can do decides which promises hold. */
export interface AcsCapabilities {
  /** Then the adapter has `list`. */
  readonly listDevices: boolean;
  /** When each device last spoke, without asking it. */
  readonly lastContact: boolean;
  /** Whether one change was done can be asked. Then the adapter has `taskStatus`. */
  readonly taskStatus: boolean;
  /** What waits can be taken back: a write that did not reach its CPE ends as `away`, and leaves nothing behind. */
  readonly cancelTask: boolean;
  readonly events: boolean;
  /** How often, or when last, a device informed with `0 BOOTSTRAP`: a reset shows by itself. */
  readonly bootstrapCount: boolean;
  /** A read asks the CPE, and not the ACS's memory. */
  readonly liveReads: boolean;
  /** A write says of which type its values are, and the ACS heeds it. */
  readonly typedWrites: boolean;
  /** A CPE can be asked to make contact without being asked for anything else. */
  readonly connectionRequest: boolean;
  /** What a CPE that no connection request reaches is to do can wait for its next Inform, and be replaced till then. */
  readonly waitsForInform: boolean;
  /** What it remembers of many CPEs, and how old that is, can be had in one call. Then the adapter has `recall`. */
  readonly bulkReads: boolean;
  /** Calls at once at which nobody has seen it mix up answers; more have to be measured on the site's own (`acs probe`). */
  readonly safeConcurrency: number;
}

export interface Acs {
  readonly capabilities: AcsCapabilities;
  /** Is the CPE there now? A cheap call that does not touch its parameters. */
  status(device: AcsDevice, context: CallContext): Promise<StatusResult>;
  /** The ACS's own record of the device; only for a device whose model nobody told us. */
  identify(device: AcsDevice, context: CallContext): Promise<IdentifyResult>;
  /**
   * Reads from the CPE itself, not from the ACS's memory. `identityPath` (the serial number) is added to the names and
   * compared with the device's serial; a subtree ends in a dot.
   */
  read(
    device: AcsDevice,
    names: readonly ParameterPath[],
    identityPath: ParameterPath,
    context: CallContext,
  ): Promise<ReadResult>;
  /**
   * Changes the CPE. `set` is one SetParameterValues, all of it or none of it, and may be called twice with the same
   * values. The number of an added row is not in the outcome: the table is read again anyway, and that is believed.
   */
  write(device: AcsDevice, change: Change, context: CallContext): Promise<WriteOutcome>;
  /**
   * Takes back what waits for the CPE's next Inform; only with `capabilities.waitsForInform`. `nothing`: it has run, or
   * never was there.
   */
  withdraw?(device: AcsDevice, context: CallContext): Promise<WithdrawResult>;
  /**
   * What became of a write that was `accepted`; only with `capabilities.taskStatus`.
   *
   * @param id of the outcome of that write, to the same device
   */
  taskStatus?(id: string, device: AcsDevice, context: CallContext): Promise<TaskStatusResult>;
  /**
   * Compares the ACS's own description with ours, where it gives one. What it lacks is not called any more from then on.
   */
  check?(context: CallContext): Promise<CheckResult>;
  /**
   * One page of the ACS's devices, by last contact, earliest first; only with `capabilities.listDevices`. Asked again
   * with the last page's `next`, it gives those that made contact since. A device may come twice, and none is left out.
   *
   * @param after `next` of the page before; null for the first one
   */
  list?(after: string | null, context: CallContext): Promise<ListResult>;
  /** What the ACS remembers of these, without asking any of them; only with `capabilities.bulkReads`. */
  recall?(wanted: readonly Recall[], context: CallContext): Promise<RecallResult>;
}

/** One HTTP exchange with an ACS. The gate stands between the adapter, which builds it, and the socket. */
export interface Exchange {
  readonly operation: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly context: CallContext;
  /** Empty for a call that is about no single device. */
  readonly deviceId: DeviceId;
  /**
   * The answer names no device and nothing later will prove it, so it can only be believed when no other call was in
   * flight: an ACS that mixes up answers would otherwise tell us that somebody else's CPE is offline.
   */
  readonly alone: boolean;
}

export type ExchangeResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** The reason phrase behind the status; empty when a proxy dropped it. */
      readonly phrase: string;
      readonly contentType: string;
      readonly body: string;
      /** When the question went out. */
      readonly sentAt: Date;
      /** From there to the last byte of the answer, on a monotonic clock, ms; without what this process needed before. */
      readonly tookMs?: number;
      /** The ACS's clock when it answered, to the second, where it said so. */
      readonly date?: Date;
    }
  | {
      readonly kind: "no_answer";
      readonly fault: "timeout" | "connection";
      readonly sent: boolean;
      readonly detail: string;
    }
  | NotSent;

/** Sends one exchange and waits for its whole answer, or for its deadline. Never rejects. */
export type Transport = (exchange: Exchange) => Promise<ExchangeResult>;
