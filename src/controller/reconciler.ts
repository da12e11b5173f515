/**
 * One pass for one device. Level-based: it reads the state of now, whatever made the device due, so it may run twice,
 * late, or die half-way: an intent stands before each call that changes something, and whatever has no verdict is read
 * before anything is written again.
 *
 * Retries, conditions, events and the next due time are decided by `conclude` alone; deadlines, one call at a time and
 * the duty cycle by the gate; whether an answer belongs to its question by the adapter.
 */
import { spread } from "../lib/hash.ts";
import { normalisedUser } from "../fraud/sighting.ts";
import type { Ending } from "../model/conclusion.ts";
import type { Assessment, Plan } from "../model/plan.ts";
import type { WorkItem } from "../model/records.ts";
import { conclude } from "../reconcile/outcome.ts";
import { diff } from "../reconcile/diff.ts";
import { guard } from "../reconcile/guard.ts";
import { plan } from "../reconcile/plan.ts";
import { settle, stepTook } from "../reconcile/verify.ts";
import { apply } from "./apply.ts";
import type { Deps } from "./deps.ts";
import { firstLook, lookAgain, reach, type Seen } from "./observe.ts";
import { databaseNow, newPass, type Pass } from "./pass.ts";
import { lookForProof, proofFor } from "./proving.ts";

/** Stores its own ending; false when the device was not in our hands any more, and then nothing was stored. */
export async function reconcileDevice(
  work: WorkItem,
  deps: Deps,
  signal: AbortSignal,
): Promise<boolean> {
  const loaded = await deps.store.load(work.key);
  if (loaded === null) return false;
  const pass = newPass(work, loaded, deps.clock.monotonicMs(), signal);
  const ending = await correct(pass, deps).catch((error: unknown): Ending => {
    deps.telemetry.capture({
      message: "a pass failed by a mistake of ours",
      fingerprint: ["pass", error instanceof Error ? error.name : "unknown"],
      level: "error",
      tags: { acs: work.acs, device: work.id, changeId: pass.changeId },
      error,
    });
    return { kind: "failed", error };
  });
  return await record(pass, ending, deps);
}

async function correct(pass: Pass, deps: Deps): Promise<Ending> {
  const held = holdOf(pass, deps);
  if (held !== null) return held;
  if (pass.effective.fields.length === 0 && pass.effective.clashes.length === 0)
    return { kind: "unmanaged" };

  const away = await reach(pass, deps);
  if (away !== null) return away;
  const look = await firstLook(pass, deps);
  if (look.kind !== "seen") return look;
  let seen: Seen = look;
  let assessments = assess(pass, seen);
  const unsettled = settleOpen(pass, assessments, deps);
  if (unsettled !== null) return unsettled;

  let next = plan(assessments);
  for (let left = next.steps.length; left > 0 && next.steps.length > 0; left -= 1) {
    const hold = await mayRun(next, assessments, seen, pass, deps);
    if (hold !== null) return hold;
    const stopped = await apply(next, seen, pass, deps);
    if (stopped !== null) return "assessments" in stopped ? { ...stopped, assessments } : stopped;

    const again = await lookAgain(seen, pass, deps);
    if (again.kind !== "seen") return unproven(again);
    const before = assessments;
    seen = again;
    assessments = assess(pass, seen);
    if (!stepTook(next.steps[0]?.fields ?? [], before, assessments)) {
      return {
        kind: "pending",
        reason: "WriteAccepted",
        detail: "a read right after it does not show it yet",
        assessments,
      };
    }
    settleOwn(pass, next, assessments);
    next = plan(assessments);
  }
  if (next.steps.length > 0) {
    // A later read showed more than the first one did. The next pass sees it from its start.
    const detail = "more differs than was seen at first";
    return { kind: "held", reason: "DifferenceFound", detail, assessments };
  }
  await lookForProof(pass, seen, assessments, deps);
  return { kind: "settled", assessments };
}

const DAY_MS = 24 * 60 * 60_000;

function assess(pass: Pass, seen: Seen): Assessment[] {
  return diff(pass.effective, seen.mapper, seen.snapshot, pass.secretStates);
}

function holdOf(pass: Pass, deps: Deps): Ending | null {
  const { record, stop } = pass.loaded;
  const hold = (
    reason: "HeldByPerson" | "Stopped" | "OutOfScope" | "ProfileConflict",
    detail: string,
  ): Ending => ({
    kind: "held",
    reason,
    detail,
    assessments: [],
  });
  if (stop !== null) return hold("Stopped", `stopped by ${stop.by}: ${stop.reason}`);
  if (record.hold !== null)
    return hold("HeldByPerson", `held by ${record.hold.by}: ${record.hold.reason}`);
  if (!deps.inScope(pass.device))
    return hold("OutOfScope", "the scope of its ACS record leaves it out");
  const clash = pass.effective.clashes[0];
  if (clash === undefined) return null;
  return hold(
    "ProfileConflict",
    `${clash.field} is set differently by ${clash.records.join(" and ")}`,
  );
}

/** What earlier passes sent and nobody has seen yet: settled by this read, or waited for. */
function settleOpen(pass: Pass, assessments: readonly Assessment[], deps: Deps): Ending | null {
  const { openIntents } = pass.loaded;
  const settings = deps.settings();
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const { settled, waiting } = settle(
    openIntents,
    assessments,
    pass.effective.generation,
    now,
    {
      accepted: settings.verifyWithinMs,
      unknown: settings.callDeadlineMs,
    },
    pass.loaded.status.reachable !== true,
  );
  pass.settled.push(...settled);
  const ignored = settled.find((entry) => entry.verdict === "ignored");
  if (ignored !== undefined) {
    const detail = "accepted, and a later read still shows the old value";
    return { kind: "refused", fields: ignored.fields, how: "ignored", detail, assessments };
  }
  const [first] = waiting;
  if (first === undefined) return null;
  const accepted = first.outcome === "accepted" || first.outcome === "done";
  const detail = `change ${first.changeId} of ${first.fields.join(", ")} is not to be seen yet`;
  return {
    kind: "pending",
    reason: accepted ? "WriteAccepted" : "WriteUnknown",
    detail,
    assessments,
  };
}

/** The step of this pass took effect: the read after it is its proof. */
function settleOwn(pass: Pass, done: Plan, assessments: readonly Assessment[]): void {
  const fields = done.steps[0]?.fields ?? [];
  const id = pass.lastIntent;
  if (id === null) return;
  const whole = fields.every(
    (field) => assessments.find((entry) => entry.field === field)?.kind === "equal",
  );
  pass.settled.push({ id, fields: whole ? fields : [], verdict: "verified" });
  pass.lastIntent = null;
}

async function mayRun(
  next: Plan,
  assessments: readonly Assessment[],
  seen: Seen,
  pass: Pass,
  deps: Deps,
): Promise<Ending | null> {
  const { status } = pass.loaded;
  const settings = deps.settings();
  // Something else is wanted, or the day of quarantine is over: a reason to try once more.
  const forgiven =
    status.generation !== pass.effective.generation ||
    (status.reason === "RepeatedFailure" &&
      pass.loaded.now.getTime() - status.since.getTime() >= DAY_MS);
  const facts = {
    plan: next,
    assessments,
    mapper: seen.mapper,
    snapshot: seen.snapshot,
    mode: settings.mode,
    inScope: deps.inScope(pass.device),
    status: { failures: forgiven ? {} : status.failures },
  };
  // Asked before the right to prove a map is taken: a device that may not write anyway must not take it.
  const first = guard({ ...facts, proof: "proven" });
  const verdict =
    first.kind === "hold" ? first : guard({ ...facts, proof: await proofFor(pass, seen, deps) });
  if (verdict.kind === "go") return null;
  return { kind: "held", reason: verdict.reason, detail: verdict.detail, assessments };
}

/** A write went out and the read after it did not come back: nothing is proven, and nothing is lost. */
function unproven(ending: Ending): Ending {
  if (ending.kind === "away") {
    return { ...ending, detail: `${ending.detail}; a change was sent and is read when it is back` };
  }
  return ending;
}

async function record(pass: Pass, ending: Ending, deps: Deps): Promise<boolean> {
  const { loaded, work } = pass;
  const settings = deps.settings();
  const proven = pass.mapProven;
  const revocationsProven = provenGone(pass);
  const conclusion = conclude(ending, {
    before: loaded.status,
    generation: pass.effective.generation,
    workGen: work.gen,
    workClass: pass.class,
    spread: spread(work.id),
    evidenceBudgetMs: settings.evidenceBudgetMs,
    provingReadMs: pass.proving !== null && !proven ? settings.proveAfterMs : null,
    settled: pass.settled,
    revocationOwed: loaded.record.owedRevocations.length > revocationsProven.length,
    now: databaseNow(pass, deps.clock.monotonicMs()),
  });
  const equal = ending.kind === "settled" ? ending.assessments : [];
  return await deps.store.record({
    work,
    lease: deps.lease(),
    generation: pass.effective.generation,
    conclusion,
    evidenceBudgetMs: settings.evidenceBudgetMs,
    observations: pass.observations,
    contact: pass.contact,
    verdicts: pass.settled.map(({ id, verdict }) => ({ id, verdict })),
    believed: believedOf(pass, equal),
    revocationsProven,
    mapProven: proven ? pass.proving : null,
  });
}

/** Secrets that never read back and were found in place, as far as anybody can tell: assumed, never written by us (I6). */
function believedOf(
  pass: Pass,
  assessments: readonly Assessment[],
): { logical: string; digest: string }[] {
  return assessments.flatMap((assessment) => {
    if (assessment.kind !== "equal") return [];
    const digest = pass.effective.fields.find(
      (field) => field.name === assessment.field,
    )?.secretDigest;
    return digest == null ? [] : assessment.believed.map((logical) => ({ logical, digest }));
  });
}

/** An ended credential is gone when a read of this pass shows that the CPE now uses another one (I11). */
function provenGone(pass: Pass): { id: number; proof: string }[] {
  const seen = pass.observations.at(-1)?.credentials ?? [];
  if (seen.length === 0) return [];
  return pass.loaded.record.owedRevocations
    .filter(({ username, realm }) => {
      const ended = normalisedUser({ user: username, realm });
      return seen.every(({ normalised }) => normalised !== ended);
    })
    .map(({ id }) => ({ id, proof: "a later read shows another credential on the CPE" }));
}
