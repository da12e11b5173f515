/**
 * Settles what was sent by what was read later. A write's answer proves nothing; only a read newer than the write does.
 */
import type { FieldName } from "../model/fields/index.ts";
import type { Assessment } from "../model/plan.ts";
import type { OpenIntent } from "../model/records.ts";
import type { owes } from "./boot.ts";

/**
 * verified: a later read shows what was wanted, or (then it is of no field) that one call of several was done. ignored:
 * accepted, its time is over, and the device still shows the old value. lost: nobody knows whether it was done, and the read
 * shows that it was not. superseded: something else is wanted now. failed: a firmware that was not taken, or did not stay.
 */
export type IntentVerdict = "verified" | "ignored" | "lost" | "superseded" | "failed";

export interface Settled {
  readonly id: number;
  readonly fields: readonly FieldName[];
  readonly verdict: IntentVerdict;
  /** How long the ACS may still execute it; absent: it will not. */
  readonly mayFireMs?: number;
  /** Of a firmware: from which version to which, and what there is to say of it. */
  readonly firmware?: Readonly<Record<string, string>>;
}

export interface Settlement {
  readonly settled: readonly Settled[];
  /** Accepted a moment ago and not seen yet: wait, do not write again. */
  readonly waiting: readonly OpenIntent[];
  /** Written, and in force only after a reboot that nobody has asked for yet. */
  readonly owing: readonly OpenIntent[];
}

/** What else is asked of an open intent. */
export interface Looks {
  /** Whether its write still wants a reboot behind it. */
  readonly boots: (intent: OpenIntent) => ReturnType<typeof owes>;
  /** Whether less of its fields is left to be done than before it was sent. */
  readonly took: (intent: OpenIntent) => boolean;
}

function verdictOf(
  intent: OpenIntent,
  assessments: readonly Assessment[],
  generation: string,
  overdue: boolean,
  absent: boolean,
  { boots, took }: Looks,
): IntentVerdict | "waiting" | "owing" | "taken" {
  const mine = assessments.filter((assessment) => intent.fields.includes(assessment.field));
  if (mine.some((assessment) => assessment.kind === "unknown")) return "waiting";
  // Equal to what is wanted now says nothing of what was wanted then.
  if (intent.generation !== generation) return "superseded";
  const shown = mine.length > 0 && mine.every((assessment) => assessment.kind === "equal");
  const boot = boots(intent);
  if (shown && boot === "no") return "verified";
  if (!intent.reboot && (shown || (boot === "hidden" && intent.outcome !== null))) return "owing";
  if (intent.outcome === null || intent.outcome === "unknown") return overdue ? "lost" : "waiting";
  // One of several calls, and the read behind it failed: the field differs as before, and is nearer to what is wanted.
  if (took(intent)) return "taken";
  if (!overdue) return "waiting";
  // A CPE without power ignores nothing: that it was away since is no failure of the write (I9).
  return absent ? "lost" : "ignored";
}

/**
 * @param waitMs how long an accepted write may take to show, and how long a call without an answer may still be under
 *   way: at least the deadline of a call
 * @param absent the device has just come back: nobody knows for how much of that time it was there
 */
export function settle(
  intents: readonly OpenIntent[],
  assessments: readonly Assessment[],
  generation: string,
  now: Date,
  waitMs: { readonly accepted: number; readonly unknown: number },
  absent: boolean,
  looks: Looks,
): Settlement {
  const settled: Settled[] = [];
  const owing: OpenIntent[] = [];
  const waiting: OpenIntent[] = [];
  for (const intent of intents) {
    const known = intent.outcome === "accepted" || intent.outcome === "done";
    const overdue =
      now.getTime() - intent.intendedAt.getTime() > (known ? waitMs.accepted : waitMs.unknown);
    const verdict = verdictOf(intent, assessments, generation, overdue, absent, looks);
    if (verdict === "waiting") waiting.push(intent);
    else if (verdict === "owing") owing.push(intent);
    else if (verdict === "taken") settled.push({ id: intent.id, fields: [], verdict: "verified" });
    else settled.push({ id: intent.id, fields: intent.fields, verdict });
  }
  return { settled, waiting, owing };
}

/**
 * Did the step of this pass take effect? A field that needs several calls has taken this one when fewer are left.
 * `assessments` come from a read made after the write.
 */
export function stepTook(
  fields: readonly FieldName[],
  before: readonly Assessment[],
  after: readonly Assessment[],
): boolean {
  const left = (list: readonly Assessment[], field: FieldName): number => {
    const assessment = list.find((entry) => entry.field === field);
    if (assessment?.kind === "drift") return assessment.calls.length;
    return assessment?.kind === "equal" ? 0 : Infinity;
  };
  return fields.every((field) => left(after, field) < left(before, field));
}
