/** What every verb of an ACS has in common: the device it is asked about, and the ways in which no answer comes of it. */
import type { DeviceId, DeviceIdentity } from "../model/device.ts";

/**
 * Whether connection requests get through to a CPE. Where none does, as behind NAT, whatever it is asked waits in the ACS
 * for its next Inform; `ticket` is what the ACS was last asked to read, in the adapter's own words, as its answer gave it.
 */
export type Reach =
  { readonly kind: "push" } | { readonly kind: "pull"; readonly ticket: string | null };

/** The device as an adapter needs it. */
export interface AcsDevice {
  readonly id: DeviceId;
  readonly identity: DeviceIdentity;
  readonly modelName: string | null;
  /** With identity and ACS, all that a scope may speak about. */
  readonly acs: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: taken for `push`. An adapter that cannot wait for Informs does not look at it. */
  readonly reach?: Reach;
  /** Between two Informs that it makes by itself, as it said at the last read; for an ACS that does not know. */
  readonly informIntervalMs?: number | null;
}

/** Why an answer was not believed. Each is a fault class of its own in metrics, evidence and Sentry. */
export type AnswerFault =
  | "wrong_type" // another operation's answer, or a shape that is not ours
  | "wrong_device" // the identity parameter names another device
  | "wrong_names" // a parameter that was not asked for
  | "incomplete" // the identity parameter, or a member that must be there, is missing
  | "empty" // no body, or an empty result
  | "garbled" // HTML, truncated XML or JSON, anything that does not parse
  | "acs_fault" // the ACS failed inside
  | "timeout" // no answer before the deadline
  | "connection"; // cut before, while or after we sent

/** No answer that can be used. `sent` false means that the ACS never got the question, so nothing happened. */
export interface Unknown {
  readonly kind: "unknown";
  readonly fault: AnswerFault;
  readonly sent: boolean;
  readonly detail: string;
}

/** The call was held back on our side: the lease ended, mode `observe`, out of scope, or the pass was stopped. */
export interface NotSent {
  readonly kind: "not_sent";
  readonly reason: "lease_lost" | "observe" | "out_of_scope" | "stopped" | "breaker_open";
  readonly detail: string;
}

/** The ACS understood and said no (Friendly: an ErrorCode other than 100). */
export interface Refused {
  readonly kind: "refused";
  readonly code: number;
  readonly text: string;
}
