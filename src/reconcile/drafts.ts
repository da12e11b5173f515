/** What the endings of a pass mean that has read the device or was held back: state, reason, next moment. */
import { printDailyHours, type DailyHours } from "../lib/daily-hours.ts";
import type { CallClass } from "../model/call-class.ts";
import type { Ending, NextMoment } from "../model/conclusion.ts";
import type { Assessment } from "../model/plan.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { DeviceStatus, LateWrite } from "../model/records.ts";
import type { Reason, State } from "../model/status.ts";
import { codeOf, classOf, faultOf } from "./faults.ts";
import {
  failureSignature,
  isQuarantined,
  QUARANTINE_MS,
  type FailureFacts,
  type Memory,
} from "./failures.ts";
import { nextReadInMs } from "./reading.ts";
import { UNTIL_DIFFERENT } from "./withheld.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export interface OutcomeFacts extends FailureFacts {
  readonly before: DeviceStatus;
  /** Counts how often the device was made due; what conditions speak about. */
  readonly workGen: number;
  readonly workClass: CallClass;
  /** In [0, 1), from the device's id: spreads reads that would otherwise meet. */
  readonly spread: number;
  readonly evidenceBudgetMs: number;
  /** When reads that nobody waits for are allowed; null: always. */
  readonly readHours: DailyHours | null;
  /** How long to wait before the device that proves a map is read once more; null when it proves nothing. */
  readonly provingReadMs: number | null;
  /** Between two Informs that it makes by itself, as it was last read; null where nobody knows. */
  readonly informIntervalMs: number | null;
  readonly revocationOwed: boolean;
  readonly ledger: LedgerFacts;
}

/** What a pass found of writes that the ACS may still execute. */
export interface LedgerFacts {
  readonly executed: readonly LateWrite[];
  /** Secrets of these fields are written once more, as one of these writes may have replaced them. */
  readonly doubted: {
    readonly intents: readonly number[];
    readonly fields: readonly FieldName[];
  } | null;
  /** When a read is to look for one that is left; null: there is none that would show. */
  readonly lookAgainMs: number | null;
}

/** Refused for good: a person has to act. */
export const REFUSALS: readonly Reason[] = ["ValueRefused", "WriteRejected"];
/** The map leads nowhere on this device: as good as no map, for this field. */
const MAP_FAULTS: readonly Reason[] = ["ParameterAbsent", "NoInstance", "AmbiguousInstance"];

export interface Draft {
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
  readonly reachable: boolean | null;
  readonly mapped: boolean | null;
  readonly next: NextMoment | null;
}

/** Work keeps the class in which it came, except that a probe that found nothing stays a probe. */
function sameClass(facts: OutcomeFacts): CallClass {
  return facts.workClass === "probe" || facts.workClass === "read" ? "drift" : facts.workClass;
}

function detailOf(assessments: readonly Assessment[]): string {
  return assessments
    .filter((assessment) => assessment.kind !== "equal")
    .map((assessment) => `${assessment.field}: ${assessment.detail}`)
    .join("; ");
}

export function nextRead(facts: OutcomeFacts, reason: string): NextMoment {
  const { now, evidenceBudgetMs, spread, readHours } = facts;
  const inMs = nextReadInMs(now.getTime(), evidenceBudgetMs, spread, readHours);
  const { lookAgainMs } = facts.ledger;
  if (lookAgainMs !== null && lookAgainMs < inMs)
    return { class: "read", inMs: lookAgainMs, reason: "a write may still be executed late" };
  const when = readHours === null ? "" : `; read at ${printDailyHours(readHours)} only`;
  return { class: "read", inMs, reason: `${reason}${when}` };
}

/** A change is under way, and the next pass goes on with it. */
export function goOn(facts: OutcomeFacts, inMs: number, reason: string): NextMoment {
  return { class: sameClass(facts), inMs, reason, begun: true };
}

type Cannot = Extract<Assessment, { kind: "cannot" }>;

/** By the precedence of the states that follow from them. */
function worst(assessments: readonly Assessment[]): Cannot | undefined {
  const all = assessments.filter((one): one is Cannot => one.kind === "cannot");
  const first = (reasons: readonly Reason[]): Cannot | undefined =>
    all.find(({ reason }) => reasons.includes(reason));
  return first(MAP_FAULTS) ?? first(REFUSALS) ?? all[0];
}

export function settledDraft(assessments: readonly Assessment[], facts: OutcomeFacts): Draft {
  const base = { reachable: true, mapped: true } as const;
  const drift = assessments.find((assessment) => assessment.kind === "drift");
  if (drift !== undefined) {
    const message = `${drift.field}: ${drift.detail}`;
    return {
      ...base,
      state: "drifted",
      reason: "DifferenceFound",
      message,
      next: goOn(facts, 0, "more to correct"),
    };
  }
  const unmapped = assessments.find((assessment) => assessment.kind === "unmapped");
  const cannot = worst(assessments);
  const unknown = assessments.find((assessment) => assessment.kind === "unknown");
  const next = nextRead(facts, "evidence grows old");
  if (unmapped !== undefined) {
    const message = `${unmapped.field}: ${unmapped.detail}`;
    return { ...base, mapped: false, state: "unmapped", reason: "FieldUnsupported", message, next };
  }
  if (cannot !== undefined) {
    const mapped = !MAP_FAULTS.includes(cannot.reason);
    const refused = REFUSALS.includes(cannot.reason) ? "failed" : "drifted";
    return {
      ...base,
      mapped,
      state: mapped ? refused : "unmapped",
      reason: cannot.reason,
      message: `${cannot.field}: ${cannot.detail}`,
      next,
    };
  }
  if (unknown !== undefined) {
    const again = { class: sameClass(facts), inMs: 5 * MINUTE, reason: "a parameter was not read" };
    return {
      ...base,
      state: "unknown",
      reason: "FieldUnread",
      message: unknown.detail,
      next: again,
    };
  }
  const { provingReadMs } = facts;
  const proves =
    provingReadMs === null ? null : goOn(facts, provingReadMs, "proves its map by a later contact");
  const message = "read back equal";
  return { ...base, state: "converged", reason: "Reconciled", message, next: proves ?? next };
}

/** Until it may be tried again. */
function pauseMs({ faults }: Memory, now: Date, otherwise: number): number {
  const { notBefore } = faults;
  return notBefore === null ? otherwise : Math.max(0, notBefore.getTime() - now.getTime());
}

export function heldDraft(
  ending: Extract<Ending, { kind: "held" }>,
  facts: OutcomeFacts,
  memory: Memory,
): Draft {
  const read = ending.assessments.length > 0;
  const detail = read ? `${ending.detail}; ${detailOf(ending.assessments)}` : ending.detail;
  const draft = (state: State, next: NextMoment | null): Draft => ({
    state,
    reason: ending.reason,
    message: detail,
    reachable: read ? true : null,
    mapped: read ? true : null,
    next,
  });
  const cls = sameClass(facts);
  const byReason: Partial<Record<Reason, () => Draft>> = {
    HeldByPerson: () =>
      draft("held", { class: cls, inMs: HOUR, reason: "looks whether it is still held" }),
    Stopped: () =>
      draft("held", { class: cls, inMs: HOUR, reason: "looks whether it is still stopped" }),
    WritesStopped: () => draft("held", nextRead(facts, "reads go on")),
    TooManyAlike: () => draft("held", nextRead(facts, "reads go on")),
    CredentialOfAnother: () => draft("held", nextRead(facts, "a person decides")),
    RepeatedFailure: () => {
      const inMs = pauseMs(memory, facts.now, QUARANTINE_MS);
      return draft("quarantined", { class: "drift", inMs, reason: "quarantine ends" });
    },
    BackingOff: () => {
      const inMs = pauseMs(memory, facts.now, MINUTE);
      return draft("drifted", { class: cls, inMs, reason: "second and last try" });
    },
    // What was not read is not drift (I5).
    DifferenceFound: () => draft(read ? "drifted" : "unknown", goOn(facts, 0, "more to correct")),
    AnchorMoved: () => draft("unverified", goOn(facts, 10 * SECOND, "plans again")),
    OutsideWindow: () =>
      draft("queued", { class: cls, inMs: ending.untilMs ?? HOUR, reason: "its window opens" }),
    MapUnproven: () =>
      draft("queued", { class: cls, inMs: 10 * MINUTE, reason: "waits for the proof of its map" }),
  };
  const otherwise = (): Draft => draft(read ? "drifted" : "unknown", nextRead(facts, "held back"));
  return (byReason[ending.reason] ?? otherwise)();
}

/** @param memory with this refusal in it */
export function refusedDraft(
  ending: Extract<Ending, { kind: "refused" }>,
  facts: OutcomeFacts,
  memory: Memory,
): Draft {
  const base = { reachable: true, mapped: true } as const;
  const code = codeOf(ending.how);
  const detail = code === undefined ? ending.detail : `${ending.detail}: ${faultOf(code).meaning}`;
  const { fields, how } = ending;
  const inMs = pauseMs(memory, facts.now, MINUTE);
  if (isQuarantined(memory, facts.now)) {
    const next = { class: "drift", inMs, reason: "quarantine ends" } as const;
    const often = memory.failures[failureSignature(fields, how, ending.of)] ?? 0;
    const why = often >= 2 ? "failed twice in the same way" : "failed, the third fault in a row";
    const message = `${fields.join(", ")} ${why}: ${detail}`;
    return { ...base, state: "quarantined", reason: "RepeatedFailure", message, next };
  }
  if (classOf(how) === "stop") {
    const message = `${fields.join(", ")}: ${detail}; ${UNTIL_DIFFERENT}`;
    // What else differs is corrected all the same.
    const left = ending.assessments.some(
      ({ kind, field }) => kind === "drift" && !fields.includes(field),
    );
    const next = left ? goOn(facts, 0, "more to correct") : nextRead(facts, "evidence grows old");
    return { ...base, state: "failed", reason: "WriteRejected", message, next };
  }
  const reason = ending.reason ?? (how === "ignored" ? "WriteIgnored" : "WriteRejected");
  const next = { class: sameClass(facts), inMs, reason: "second and last try" };
  return { ...base, state: "drifted", reason, message: detail, next };
}

/** A firmware that is under way is neither proven nor failed, and a device that boots is not offline. */
export function flashingDraft(
  { reason, detail, inMs, away, assessments }: Extract<Ending, { kind: "flashing" }>,
  facts: OutcomeFacts,
): Draft {
  const waiting = assessments
    .filter(({ kind, field }) => kind === "drift" && field !== "firmware")
    .map(({ field }) => field);
  const message =
    waiting.length === 0
      ? detail
      : `${detail}; nothing else is written meanwhile: ${waiting.join(", ")} has to wait`;
  const base = { reason, message, reachable: away === null, mapped: null };
  if (away === null) {
    const next = goOn(facts, inMs, "looks what became of its firmware");
    return { ...base, state: "unverified", mapped: true, next };
  }
  const state = away.lost === null ? "unverified" : "failed";
  const next = { class: "probe", inMs, reason: "looks whether it is back" } as const;
  return { ...base, state, next };
}
