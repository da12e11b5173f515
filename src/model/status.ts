/** Device states, conditions and events: what we say of a device, always with a reason and a next moment. */

/** Exactly one at a time; `STATES` lists them by precedence, the first that holds wins. */
export const STATES = [
  "quarantined",
  "held",
  "unmapped",
  "failed",
  "offline",
  "applying",
  "drifted",
  "queued",
  "unknown",
  "unverified",
  "converged",
  "adopting",
  "unmanaged",
] as const;

export type State = (typeof STATES)[number];

/** What each state means to a person, with its mark; a colour never stands alone. */
export const STATE_FACTS: {
  readonly [S in State]: { readonly mark: string; readonly meaning: string };
} = {
  quarantined: { mark: "!", meaning: "nothing is written until a person releases it or 24 h pass" },
  held: { mark: "‖", meaning: "paused by a person or a stop" },
  unmapped: { mark: "?", meaning: "a wanted field has no binding in the map of this model" },
  failed: { mark: "×", meaning: "the CPE or the ACS refused; a person must act" },
  offline: { mark: "○", meaning: "no sign of life; work is kept, not failed" },
  applying: { mark: "↻", meaning: "a call is in flight" },
  drifted: { mark: "≠", meaning: "differs from its record" },
  queued: { mark: "…", meaning: "waits for its turn" },
  unknown: { mark: "·", meaning: "never read, or its evidence is too old" },
  unverified: { mark: "~", meaning: "written, not read back yet" },
  converged: { mark: "✓", meaning: "observed equals desired, read after the last write" },
  adopting: { mark: "+", meaning: "met and compared, not enforced" },
  unmanaged: { mark: "-", meaning: "no desired state" },
};

export const CONDITION_TYPES = [
  "Converged",
  "Reachable",
  "Mapped",
  "Accepted",
  "Held",
  "Quarantined",
  "RevocationOwed",
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: "true" | "false" | "unknown";
  /** CamelCase, from a closed list: `REASONS`. */
  readonly reason: Reason;
  readonly message: string;
  /** When `status` last changed; RFC 3339. */
  readonly since: string;
  /** The generation of desired state that this speaks about. */
  readonly generation: number;
}

/** Every reason that a state or a condition may give, with what it means to an operator. */
export const REASONS = {
  Reconciled: "read after the last write, and equal",
  DesiredChanged: "somebody asked for something new",
  NeverRead: "no read has succeeded yet",
  EvidenceTooOld: "the last read is older than its budget",
  DifferenceFound: "the CPE differs from its record",
  ObserveMode: "the ACS is in mode observe; nothing is written",
  OutOfScope: "the device is outside the scope of its ACS record",
  ObserveOnlyField: "the map can read this field and not write it",
  WriteAccepted: "the ACS took the write; a read has to prove it",
  WriteUnknown:
    "the write's answer never came; the device is read before anything is written again",
  RebootPending: "written, and in force after a reboot; it is read when it is back",
  WriteIgnored: "the write was accepted, and a later read shows the old value",
  CorrectedTooOften:
    "corrected 3 times within 24 h, and changed again each time; it is reported until a day has passed",
  AttemptsSpent:
    "written in 6 passes within 24 h and not right; it is reported until a day has passed",
  WriteRejected: "the CPE or the ACS refused the write",
  BackingOff: "a write failed a moment ago; it is tried again after a pause",
  BlockedForModel:
    "the same write led three devices of this model into quarantine; nobody else of it gets it",
  FirmwareSent: "it was told to fetch a firmware; it has to boot and to say the new version",
  FirmwareSoaking: "it runs the new firmware, which has to hold for a while before it counts",
  FirmwareNotTaken: "it was sent a firmware, and does not run it",
  NotReturned: "it went away with a firmware under way and has not come back",
  NoFirmwarePath: "no image, or no chain of images, leads to the wanted version",
  BootUnseen: "the device does not say when it booted, so no firmware could be proven",
  OutsideWindow: "what disturbs waits for its window",
  AnchorMoved: "the rows of the device changed between reading and writing",
  ValueRefused: "the device cannot hold the value",
  ForeignValue: "the device holds a value that its map cannot decode",
  ParameterAbsent: "the map names a parameter that this device does not have",
  NoInstance: "no row of the device meets the conditions of its map",
  AmbiguousInstance: "several rows of the device meet the conditions of its map",
  FieldUnread: "a wanted parameter was not in the answer",
  AwaitingInform:
    "no connection request reaches the CPE; what is asked of it waits for its next Inform",
  NoSignOfLife: "the CPE does not answer the ACS",
  ReadFailed: "the ACS answered, the CPE could not be read",
  NotSeenByAcs: "the ACS does not know this device yet",
  AcsNotAnswering: "the ACS gave no usable answer",
  WrongAnswer: "the ACS answered another question; nothing of it was believed",
  MapNotFound: "no parameter map fits the model and firmware",
  FieldUnsupported: "the map of this model does not bind a wanted field",
  MapUnproven: "another device of its kind has to prove the map first",
  ProfileConflict: "two profiles of equal rank say different things",
  RunningFrequencyLost: "the wanted list lacks the frequency that the CPE runs on",
  Stopped: "a stop is in force",
  WritesStopped: "writes are stopped; reads go on",
  TooManyAlike:
    "too many devices turned away at once for one cause, perhaps a mistake of ours; a person has to release them",
  CredentialOfAnother: "the CPE shows a credential that is wanted of another device",
  HeldByPerson: "a person holds this device",
  RepeatedFailure: "the same operation failed twice in the same way, or three in a row failed",
  Released: "nothing holds it",
  RevocationOwed: "the ended credential is not proven gone from the CPE",
  RevocationProven: "a later read shows that the ended credential is gone",
  NoDesiredState: "nobody has said what this device should be",
  SettingsChanged: "a record of the ACS or of a map changed; the device is next under the new one",
  LeaseLost: "another process took over the ACS; it goes on from here",
  InternalError: "a mistake of ours; it was reported",
} as const;
export type Reason = keyof typeof REASONS;

/** Sets one condition; `since` moves only when `status` changes, so that no caller can forget it. */
export function setCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, "since">,
  at: string,
): Condition[] {
  const before = conditions.find((condition) => condition.type === next.type);
  const since = before?.status === next.status ? before.since : at;
  return [...conditions.filter((condition) => condition.type !== next.type), { ...next, since }];
}
