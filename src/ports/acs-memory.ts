/** What an ACS remembers of its CPEs. It is no read: it asks no CPE, so no write may rest on it. */
import type { DeviceId } from "../model/device.ts";
import type { ParameterPath, Snapshot } from "../model/parameter.ts";
import type { AcsDevice, NotSent, Refused, Unknown } from "./acs-answers.ts";

export interface Recall {
  readonly device: AcsDevice;
  /** A subtree ends in a dot. */
  readonly names: readonly ParameterPath[];
  readonly identityPath: ParameterPath;
}

export interface Recalled {
  readonly id: DeviceId;
  /** Without the names of which the ACS has no value: that says nothing of whether the CPE has them. */
  readonly snapshot: Snapshot;
  /**
   * How long ago the ACS last read or wrote the oldest of these, when it answered, by its own clock. Both of it: what
   * somebody had it write looks like what it read.
   */
  readonly ageMs: number;
}

export type RecallResult =
  | {
      readonly kind: "recalled";
      /** Those that proved to be themselves and of which something is remembered since they were last reset. */
      readonly devices: readonly Recalled[];
      /** Only the first so many were asked for; more make the question too long. At least 1. */
      readonly asked: number;
    }
  | Refused
  | Unknown
  | NotSent;
