/**
 * The one function that turns the ending of a pass into state, conditions, events and the next moment. No other part of
 * the program decides about retries.
 */
import type { Conclusion, Ending, NextMoment } from "../model/conclusion.ts";
import type { Reason } from "../model/status.ts";
import { AppError } from "../lib/errors.ts";
import { conditionsAfter } from "./conditions.ts";
import {
  flashingDraft,
  goOn,
  heldDraft,
  MINUTE,
  nextRead,
  REFUSALS,
  refusedDraft,
  SECOND,
  settledDraft,
  type Draft,
  type OutcomeFacts,
} from "./drafts.ts";
import { eventsOf } from "./events.ts";
import { isQuarantined, memoryAfter, type Memory } from "./failures.ts";

export type { OutcomeFacts } from "./drafts.ts";

/** For a CPE behind NAT whose Inform interval nobody knows. */
const UNTOLD_INFORM_MS = 5 * MINUTE;

/** A line is up before the CPE has informed: so soon it is looked for again, and for so long after a sign of life. */
const HEARD_OF = { class: "returning", inMs: 30 * SECOND, reason: "it was heard of" } as const;
const HEARD_OF_FOR_MS = 75 * SECOND;

/** It was away, something else than its ACS has told of it, and the ACS does not reach it yet. */
function justHeardOf({ workClass, before, now }: OutcomeFacts): boolean {
  if (workClass !== "returning" || before.reachable !== false || before.contactAt === null)
    return false;
  return now.getTime() - before.contactAt.getTime() < HEARD_OF_FOR_MS;
}

/** When a device that was let go untouched is looked at again; at once where somebody else goes on. */
const HANDED_OVER_MS: Partial<Record<Reason, number>> = {
  AcsNotAnswering: 5 * SECOND,
  SettingsChanged: SECOND,
};

/** Only our own errors are known to hold no secret; what a library says may quote its input (I18). */
function ownWords(error: unknown): string {
  return error instanceof AppError
    ? error.message
    : "a mistake of ours; the log and Sentry have it";
}

function draftOf(ending: Ending, facts: OutcomeFacts, memory: Memory): Draft {
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
      return heldDraft(ending, facts, memory);
    case "away": {
      const inMs =
        ending.reason === "NotSeenByAcs"
          ? 10 * MINUTE
          : MINUTE + Math.round(30 * SECOND * facts.spread);
      const next: NextMoment = { class: "probe", inMs, reason: "looks for a sign of life" };
      const rest = {
        message: awayWords(ending.detail, facts),
        reachable: false,
        mapped: null,
        next: justHeardOf(facts) ? HEARD_OF : next,
      };
      // Quarantine and refusals come before offline: silence is not what ends them.
      const { state: was, reason } = facts.before;
      if (isQuarantined(memory, facts.now))
        return { ...rest, state: "quarantined", reason: "RepeatedFailure" };
      const same = facts.before.generation === facts.generation;
      if (same && (was === "quarantined" || (was === "failed" && REFUSALS.includes(reason))))
        return { ...rest, state: was, reason };
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
        next: goOn(
          facts,
          ending.inMs ?? facts.informIntervalMs ?? UNTOLD_INFORM_MS,
          "looks after its next Inform",
        ),
      };
    case "flashing":
      return flashingDraft(ending, facts);
    case "refused":
      return refusedDraft(ending, facts, memory);
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

/** What is to be said of a device that went away after a write of ours, or with its whole site. */
function awayWords(detail: string, { loss }: OutcomeFacts): string {
  if (loss === null) return detail;
  const what = loss.fields.join(", ");
  return loss.verdict === "lost"
    ? `${detail}; it was lost after a write of ${what}, and its neighbours are there`
    : `${detail}; it went with others of its site, so nobody blames the write of ${what}`;
}

export function conclude(ending: Ending, facts: OutcomeFacts): Conclusion {
  const memory = memoryAfter(ending, facts);
  const draft = draftOf(ending, facts, memory);
  const failed = ending.kind === "refused" || facts.loss?.verdict === "lost";
  return {
    state: draft.state,
    reason: draft.reason,
    message: draft.message,
    conditions: conditionsAfter(draft, facts),
    ...memory,
    quarantines: failed && isQuarantined(memory, facts.now) ? memory.faults.operation : null,
    reachable: draft.reachable,
    next: draft.next,
    events: eventsOf(ending, draft, facts),
  };
}
