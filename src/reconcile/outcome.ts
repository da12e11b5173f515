/**
 * The one function that turns the ending of a pass into state, conditions, events and the next moment. No other part of
 * the program decides about retries.
 */
import type { CallClass } from "../model/call-class.ts";
import type { Conclusion, Ending, NextMoment } from "../model/conclusion.ts";
import type { Assessment } from "../model/plan.ts";
import type { DeviceStatus } from "../model/records.ts";
import type { Reason, State } from "../model/status.ts";
import { AppError } from "../lib/errors.ts";
import { conditionsAfter } from "./conditions.ts";
import { eventsOf } from "./events.ts";
import { failuresAfter, failureSignature } from "./failures.ts";
import type { Settled } from "./verify.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export interface OutcomeFacts {
  readonly before: DeviceStatus;
  readonly generation: string;
  /** Counts how often the device was made due; what conditions speak about. */
  readonly workGen: number;
  readonly workClass: CallClass;
  /** In [0, 1), from the device's id: spreads reads that would otherwise meet. */
  readonly spread: number;
  readonly evidenceBudgetMs: number;
  /** How long to wait before the device that proves a map is read once more; null when it proves nothing. */
  readonly provingReadMs: number | null;
  readonly settled: readonly Settled[];
  readonly revocationOwed: boolean;
  readonly now: Date;
}

/** For a CPE behind NAT whose Inform interval nobody knows. */
const UNTOLD_INFORM_MS = 5 * MINUTE;

/** When a device that was let go untouched is looked at again; at once where somebody else goes on. */
const HANDED_OVER_MS: Partial<Record<Reason, number>> = {
  AcsNotAnswering: 5 * SECOND,
  SettingsChanged: SECOND,
};

/** The map leads nowhere on this device: as good as no map, for this field. */
const MAP_FAULTS: readonly Reason[] = ["ParameterAbsent", "NoInstance", "AmbiguousInstance"];

interface Draft {
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

function nextRead(facts: OutcomeFacts, reason: string): NextMoment {
  // Well inside the budget, so that evidence never grows too old while the read waits for its turn.
  const inMs = Math.round(facts.evidenceBudgetMs * (0.6 + 0.25 * facts.spread));
  return { class: "read", inMs, reason };
}

/** A change is under way, and the next pass goes on with it. */
function goOn(facts: OutcomeFacts, inMs: number, reason: string): NextMoment {
  return { class: sameClass(facts), inMs, reason, begun: true };
}

function settledDraft(assessments: readonly Assessment[], facts: OutcomeFacts): Draft {
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
  const cannot = assessments.find((assessment) => assessment.kind === "cannot");
  const unknown = assessments.find((assessment) => assessment.kind === "unknown");
  const next = nextRead(facts, "evidence grows old");
  if (unmapped !== undefined) {
    const message = `${unmapped.field}: ${unmapped.detail}`;
    return { ...base, mapped: false, state: "unmapped", reason: "FieldUnsupported", message, next };
  }
  if (cannot?.kind === "cannot") {
    const mapped = !MAP_FAULTS.includes(cannot.reason);
    const refused = cannot.reason === "ValueRefused" ? "failed" : "drifted";
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

function heldDraft(ending: Extract<Ending, { kind: "held" }>, facts: OutcomeFacts): Draft {
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
    RepeatedFailure: () =>
      draft("quarantined", { class: "drift", inMs: 24 * HOUR, reason: "quarantine ends" }),
    // What was not read is not drift (I5).
    DifferenceFound: () => draft(read ? "drifted" : "unknown", goOn(facts, 0, "more to correct")),
    AnchorMoved: () => draft("unverified", goOn(facts, 10 * SECOND, "plans again")),
    MapUnproven: () =>
      draft("queued", { class: cls, inMs: 10 * MINUTE, reason: "waits for the proof of its map" }),
  };
  const otherwise = (): Draft => draft(read ? "drifted" : "unknown", nextRead(facts, "held back"));
  return (byReason[ending.reason] ?? otherwise)();
}

function refusedDraft(
  ending: Extract<Ending, { kind: "refused" }>,
  facts: OutcomeFacts,
  count: number,
): Draft {
  const base = { reachable: true, mapped: true } as const;
  if (count >= 2) {
    const next = { class: "drift", inMs: 24 * HOUR, reason: "quarantine ends" } as const;
    const message = `${ending.fields.join(", ")} failed twice in the same way: ${ending.detail}`;
    return { ...base, state: "quarantined", reason: "RepeatedFailure", message, next };
  }
  const reason = ending.how === "ignored" ? "WriteIgnored" : "WriteRejected";
  const next = { class: sameClass(facts), inMs: MINUTE, reason: "second and last try" };
  return { ...base, state: "drifted", reason, message: ending.detail, next };
}

/** Only our own errors are known to hold no secret; what a library says may quote its input (I18). */
function ownWords(error: unknown): string {
  return error instanceof AppError
    ? error.message
    : "a mistake of ours; the log and Sentry have it";
}

function draftOf(ending: Ending, facts: OutcomeFacts, failures: Conclusion["failures"]): Draft {
  const unchanged = { state: facts.before.state, reachable: null, mapped: null } as const;
  switch (ending.kind) {
    case "unmanaged":
      return {
        ...unchanged,
        state: "unmanaged",
        reason: facts.revocationOwed ? "RevocationOwed" : "NoDesiredState",
        message: facts.revocationOwed
          ? "its service ended; without a parking credential nothing is written, and the revocation stays owed"
          : "nobody has said what this device should be",
        next: null,
      };
    case "held":
      return heldDraft(ending, facts);
    case "away": {
      const inMs =
        ending.reason === "NotSeenByAcs"
          ? 10 * MINUTE
          : MINUTE + Math.round(30 * SECOND * facts.spread);
      const next: NextMoment = { class: "probe", inMs, reason: "looks for a sign of life" };
      const rest = { message: ending.detail, reachable: false, mapped: null, next };
      // Quarantine comes before offline: silence is not what ends it.
      if (facts.before.state === "quarantined" && facts.before.generation === facts.generation) {
        return { ...rest, state: "quarantined", reason: facts.before.reason };
      }
      const state = ending.reason === "NotSeenByAcs" ? "unknown" : "offline";
      return { ...rest, state, reason: ending.reason };
    }
    case "trouble":
      return {
        ...unchanged,
        // What was proven stays proven until its evidence is too old; the store knows when that is.
        reason: facts.before.state === "converged" ? facts.before.reason : ending.reason,
        message: ending.detail,
        next: { class: facts.workClass, inMs: 15 * SECOND, reason: "asks again" },
      };
    case "unmapped":
      return {
        state: "unmapped",
        reason: ending.reason,
        message: ending.detail,
        reachable: null,
        mapped: false,
        next: nextRead(facts, "looks for a map again"),
      };
    case "settled":
      return settledDraft(ending.assessments, facts);
    case "pending":
      return {
        state: "unverified",
        reason: ending.reason,
        message: ending.detail,
        reachable: ending.assessments.length > 0 ? true : null,
        mapped: true,
        next: goOn(facts, 10 * SECOND, "reads what was written"),
      };
    case "waiting":
      return {
        state: ending.sent ? "unverified" : facts.before.state,
        // What was proven stays proven until its evidence is too old; the store knows when that is.
        reason:
          !ending.sent && facts.before.state === "converged"
            ? facts.before.reason
            : "AwaitingInform",
        message: ending.detail,
        reachable: null,
        mapped: null,
        next: goOn(facts, ending.inMs ?? UNTOLD_INFORM_MS, "looks after its next Inform"),
      };
    case "refused":
      return refusedDraft(
        ending,
        facts,
        failures[failureSignature(ending.fields, ending.how)] ?? 0,
      );
    case "released":
      return {
        ...unchanged,
        reason: facts.before.reason,
        message: ending.detail,
        next: {
          class: facts.workClass,
          inMs: HANDED_OVER_MS[ending.reason] ?? 0,
          reason: "handed over",
        },
      };
    case "failed":
      return {
        ...unchanged,
        state: "failed",
        reason: "InternalError",
        message: ownWords(ending.error),
        next: { class: "drift", inMs: 15 * MINUTE, reason: "tries again after a mistake of ours" },
      };
  }
}

export function conclude(ending: Ending, facts: OutcomeFacts): Conclusion {
  const failures = failuresAfter(ending, facts.before, facts.generation, facts.settled);
  const draft = draftOf(ending, facts, failures);
  return {
    state: draft.state,
    reason: draft.reason,
    message: draft.message,
    conditions: conditionsAfter(draft, facts),
    failures,
    reachable: draft.reachable,
    next: draft.next,
    events: eventsOf(ending, draft, facts.before, facts.settled),
  };
}
