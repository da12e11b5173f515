/**
 * The ladder: what is done about a finding by itself. Report, rotate, disconnect; to suspend is a person's. Pure: the facts
 * come in, a response with its reason goes out, and the doing is somebody else's.
 *
 * Every doubt ends in doing nothing: a finding that is not confirmed, a side of which nobody knows whose it is, evidence of
 * yesterday, a device that a person protects, a cap. A detector gone wrong must not become an outage.
 */
import type { Instant } from "./facts/instant.ts";
import type { Finding } from "./findings.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The same stand in the trigger of `fraud_responses`, which has the last word. */
export const CAPS = { lately: 5, latelyMs: 10 * MINUTE, today: 10, todayMs: DAY } as const;
/** How long a step that was switched on only notes what it would have done. */
export const SHADOW_MS = 30 * DAY;
/** What was last seen so long ago is no reason to act now: it may be our own outage that brings it up. */
export const STALE_MS = DAY;

export const AUTOMATIC_STEPS = ["rotate", "disconnect"] as const;
export type AutomaticStep = (typeof AUTOMATIC_STEPS)[number];

/** What a step would touch. */
export type Subject =
  /** A service whose credential its owner can replace. */
  | { readonly kind: "service" }
  /** Sessions that run now on a box that is not the bound one. */
  | { readonly kind: "sessions"; readonly count: number }
  /** `no_service`: nobody has the credential. `own_side_unknown`: whose session is whose cannot be told. */
  | { readonly kind: "none"; readonly why: "no_service" | "own_side_unknown" | "no_session" };

/** Automatic responses of the whole installation, those of this one's mode. */
export interface Counts {
  readonly lately: number;
  readonly today: number;
}

export interface Situation {
  readonly step: AutomaticStep;
  /** Since when the step is switched on for the finding's pattern; null: it is off. */
  readonly onSince: Instant | null;
  readonly state: Finding["state"]["kind"];
  readonly lastSeenAt: Instant;
  /** Is a device that it speaks of, or that its credential is bound to, labelled `protected`? */
  readonly protected: boolean;
  readonly subject: Subject;
  /** A rotation of the same finding that its owner has not made yet. */
  readonly rotating: boolean;
  readonly counts: { readonly shadow: Counts; readonly live: Counts };
  readonly now: Instant;
}

export type ResponseReason =
  | "misuse_confirmed"
  | "protected"
  | "stale"
  | "no_service"
  | "own_side_unknown"
  | "no_session"
  | "cap_lately"
  | "cap_today";

export type Response =
  /** Nothing to write down: it is off, or the finding is not confirmed, or a person has decided. */
  | { readonly kind: "none" }
  /** The new password first: who is cut before it would come back with the old one. */
  | { readonly kind: "wait" }
  | {
      readonly kind: "respond";
      /** `shadow`: noted as what would have been done. */
      readonly mode: "shadow" | "live";
      readonly verdict: "act" | "refuse";
      readonly reason: ResponseReason;
    };

/** What to do about one finding by one step now. */
export function respond(situation: Situation): Response {
  const { step, onSince, state, rotating, counts, now } = situation;
  if (onSince === null || state !== "confirmed") return { kind: "none" };
  if (step === "disconnect" && rotating) return { kind: "wait" };
  const mode = now - onSince < SHADOW_MS ? "shadow" : "live";
  const against = refusal(situation, counts[mode]);
  return against === null
    ? { kind: "respond", mode, verdict: "act", reason: "misuse_confirmed" }
    : { kind: "respond", mode, verdict: "refuse", reason: against };
}

function refusal(
  { protected: isProtected, lastSeenAt, now, subject }: Situation,
  { lately, today }: Counts,
): ResponseReason | null {
  if (isProtected) return "protected";
  if (now - lastSeenAt > STALE_MS) return "stale";
  if (subject.kind === "none") return subject.why;
  if (subject.kind === "sessions" && subject.count === 0) return "no_session";
  if (lately >= CAPS.lately) return "cap_lately";
  if (today >= CAPS.today) return "cap_today";
  return null;
}

/** One of the credential's sessions that run now; `mac` null: not told. */
interface Running {
  readonly mac: string | null;
}

/**
 * Which of the sessions that run are those of others. A session is foreign if its MAC is one of the finding's sides and not
 * one of the bound box. Where a finding has two boxes and neither is known to be the bound one, no one is foreign: to
 * disconnect the customer for the thief would be worse than to do nothing.
 *
 * @param ended nobody has the credential any more: then every session is without right
 * @param sides MACs that the finding is about, normalised
 * @param own MACs of the box that the credential is bound to
 */
export function foreignOf<T extends Running>(
  sessions: readonly T[],
  of: {
    readonly ended: boolean;
    readonly sides: ReadonlySet<string>;
    readonly own: ReadonlySet<string>;
  },
): readonly T[] | "own_side_unknown" {
  const { ended, sides, own } = of;
  if (ended) return sessions;
  if (own.size === 0) return "own_side_unknown";
  if (sides.size > 1 && ![...sides].some((mac) => own.has(mac))) return "own_side_unknown";
  return sessions.filter(({ mac }) => mac !== null && sides.has(mac) && !own.has(mac));
}
