/**
 * What the holder of an ACS's slot keeps beside the work: its calls of late, whether its gate was closed, and what others
 * ask of it. Whatever names a lease does nothing when that lease is gone.
 */
import type { CallClass } from "../model/call-class.ts";
import type { DeviceId } from "../model/device.ts";
import type { ProbeLevel, ProbeResult } from "../model/probe.ts";
import type { DeviceKey } from "../model/records.ts";
import type { AnswerFault } from "./acs.ts";
import type { Lease } from "./lease.ts";

export interface LoggedCall {
  /** Empty for a call that is about no single device. */
  readonly device: DeviceId;
  readonly operation: string;
  readonly class: CallClass;
  readonly changeId: string;
  readonly tookMs: number;
  readonly outcome: "answer" | "timeout" | "connection";
  /** How long ago it ended, when it is stored. */
  readonly agoMs: number;
  /** What was wrong with the answer, in our words, and its shape without its values. */
  readonly fault: AnswerFault | null;
  readonly detail: string | null;
  readonly evidence: string | null;
}

/** Closed to 1 by a wrong answer, under this revision of the record of its ACS; another revision opens it. */
export interface ClosedGate {
  readonly revision: number;
  readonly why: string;
}

export interface ProbeSpec {
  /** Ids of devices; empty: some that were reached of late. */
  readonly devices: readonly DeviceId[];
  /** Reads at each level. */
  readonly sample: number;
  /** The most calls at once. */
  readonly upTo: number;
}

export interface AcsRequest {
  readonly id: number;
  readonly spec: ProbeSpec;
}

export interface SlotStore {
  storeCalls(lease: Lease, calls: readonly LoggedCall[]): Promise<void>;
  /** Lets go of calls that are older. */
  forgetCalls(olderThanMs: number): Promise<void>;
  closedGate(lease: Lease): Promise<ClosedGate | null>;
  closeGate(lease: Lease, closed: ClosedGate): Promise<void>;
  /** The oldest request that nobody under a living lease has in hand; null when there is none. */
  takeRequest(lease: Lease): Promise<AcsRequest | null>;
  reportProgress(lease: Lease, id: number, levels: readonly ProbeLevel[]): Promise<void>;
  finishRequest(lease: Lease, id: number, result: ProbeResult): Promise<void>;
  /** Asks for a probe when its time has come, and writes down the next time; the first one is one period from now. */
  scheduleProbe(lease: Lease, everyMs: number, spec: ProbeSpec): Promise<void>;
  /** Devices to measure with: those named, or some that answered of late. */
  probeDevices(acs: string, spec: ProbeSpec): Promise<readonly DeviceKey[]>;
}
