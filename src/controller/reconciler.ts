/**
 * One pass for one device. Level-based: it reads the state of now, whatever made the device due, so it may run twice,
 * late, or die half-way: an intent stands before each call that changes something, and whatever has no verdict is read
 * before anything is written again.
 *
 * Retries, conditions, events and the next due time are decided by `conclude` alone; deadlines, one call at a time and
 * the duty cycle by the gate; whether an answer belongs to its question by the adapter.
 */
import { AppError } from "../lib/errors.ts";
import type { Ending } from "../model/conclusion.ts";
import type { Snapshot } from "../model/parameter.ts";
import { FIELDS } from "../model/fields/index.ts";
import type { Assessment, Plan } from "../model/plan.ts";
import { LOST_SECRET, type WorkItem } from "../model/records.ts";
import { believable, lostSecrets } from "../reconcile/believable.ts";
import { diff } from "../reconcile/diff.ts";
import { isQuarantined } from "../reconcile/failures.ts";
import { withoutFights } from "../reconcile/fights.ts";
import { withFirmware } from "../reconcile/firmware.ts";
import { plan } from "../reconcile/plan.ts";
import { stepTook } from "../reconcile/verify.ts";
import { withoutBlocked, withoutSpent, withoutStopped } from "../reconcile/withheld.ts";
import { apply } from "./apply.ts";
import type { Deps } from "./deps.ts";
import { firmwareContext, sent, settleDownload, soaking, whileFlashing } from "./firmware.ts";
import { heldBack, settledUnderOf } from "./held-back.ts";
import { firstLook, lookAgain, reach, type Seen } from "./observe.ts";
import { doubtSecrets, lateFields, noteLate } from "./late.ts";
import { memoryOf, newPass, type Pass } from "./pass.ts";
import { lookForProof } from "./proving.ts";
import { record } from "./record.ts";
import { withdrawOutdated } from "./withdraw.ts";
import {
  anchorsMoved,
  holdOf,
  mayRun,
  moved,
  proving,
  rebooting,
  settleOpen,
  settleOwn,
  unproven,
} from "./stages.ts";

export interface PassEnd {
  /** False when the device was not in our hands any more: then nothing was. */
  readonly stored: boolean;
  /** Time of the ACS. */
  readonly spentMs: number;
  /** It was taken to be there when the pass began, and is not. */
  readonly lost: boolean;
}

/** Stores its own ending. */
export async function reconcileDevice(
  work: WorkItem,
  deps: Deps,
  signal: AbortSignal,
): Promise<PassEnd> {
  const loaded = await deps.store.load(work.key);
  if (loaded === null) return { stored: false, spentMs: 0, lost: false };
  const pass = newPass(work, loaded, deps.clock.monotonicMs(), signal);
  const ending = await correct(pass, deps).catch((error: unknown): Ending => {
    // Says nothing of the device, and nothing can be stored now: the row comes free by itself.
    if (error instanceof AppError && error.code === "database_unreachable") throw error;
    deps.telemetry.capture({
      message: "a pass failed by a mistake of ours",
      fingerprint: ["pass", error instanceof Error ? error.name : "unknown"],
      level: "error",
      tags: { acs: work.acs, device: work.id, changeId: pass.changeId },
      error,
    });
    return { kind: "failed", error };
  });
  // What a probe took is counted as that by the gate.
  if (ending.kind === "away") deps.away(work.class === "probe" ? 0 : pass.spentMs, pass.changeId);
  const stored = await record(pass, whileFlashing(ending, pass, deps), deps);
  const lost = ending.kind === "away" && loaded.status.reachable === true;
  return { stored, spentMs: pass.spentMs, lost };
}

async function correct(pass: Pass, deps: Deps): Promise<Ending> {
  const held = holdOf(pass, deps);
  if (held !== null) return held;
  if (pass.effective.fields.length === 0 && pass.effective.clashes.length === 0)
    return { kind: "unmanaged" };

  const away = await reach(pass, deps);
  if (away !== null) return away;
  const stuck = await withdrawOutdated(pass, deps);
  if (stuck !== null) return stuck;
  const look = await firstLook(pass, deps);
  if (look.kind !== "seen") return look;
  let seen: Seen = look;
  await noteLost(pass, seen, deps);
  await doubtSecrets(pass, seen, deps);
  const flashing = await settleDownload(pass, seen, deps);
  let assessments = assess(pass, seen, deps);
  if (flashing !== null) return "assessments" in flashing ? { ...flashing, assessments } : flashing;
  const differencesAt = (snapshot: Snapshot) => differences(pass, { ...look, snapshot });
  const unsettled = await settleOpen(pass, seen, assessments, differencesAt, deps);
  if (unsettled !== null) return unsettled;

  let next = plan(assessments, pass.owing);
  for (let left = next.steps.length; left > 0; left -= 1) {
    const [step] = next.steps;
    if (step === undefined) break;
    const isDownload = step.operation.kind === "download";
    if (isDownload) {
      // Alone in its pass, and behind what became of the one before is stored: else a crash could leave two open. And not
      // from under the proof of a map: the device would leave the version that it proves.
      if (pass.steps > 0 || pass.settled.some(({ firmware }) => firmware !== undefined)) break;
      const others = assessments.filter(({ field }) => field !== "firmware");
      await lookForProof(pass, seen, others, deps);
      if (pass.proving !== null && !pass.mapProven) return proving(assessments);
    }
    const hold =
      (await heldBack(step, assessments, seen, pass, deps)) ??
      (await mayRun(next, assessments, seen, pass, deps));
    if (hold !== null) return hold;
    const stopped = await apply(next, step, seen, pass, deps);
    if (stopped !== null) return "assessments" in stopped ? { ...stopped, assessments } : stopped;
    if (isDownload) return sent(assessments);
    if (step.operation.kind === "reboot") return rebooting(assessments);

    const again = await lookAgain(seen, pass, deps);
    if (again.kind !== "seen") return unproven(again);
    if (anchorsMoved(seen, again, pass)) return moved(assess(pass, again, deps));
    const before = assessments;
    seen = again;
    assessments = assess(pass, seen, deps);
    if (step.effect.applies === "now" && !stepTook(step.fields, before, assessments)) {
      return {
        kind: "pending",
        reason: "WriteAccepted",
        detail: "a read right after it does not show it yet",
        assessments,
      };
    }
    settleOwn(pass, step, assessments, deps);
    next = plan(assessments, pass.owing);
    // For what proves a map all others of its kind wait, urgent ones too: it goes on to its end.
    if (pass.proving !== null || !onlyLesserLeft(pass, next)) continue;
    // Nobody waits for the rest: it goes with its like, and what was urgent is recorded now.
    pass.class = "drift";
    const detail = "what is left is not urgent";
    return { kind: "held", reason: "DifferenceFound", detail, assessments };
  }
  if (next.steps.length > 0) {
    // A later read showed more than the first one did. The next pass sees it from its start.
    const detail = "more differs than was seen at first";
    return { kind: "held", reason: "DifferenceFound", detail, assessments };
  }
  const soak = soaking(pass, assessments);
  if (soak !== null) return soak;
  if (pass.observations.length > 0) pass.settledUnder = settledUnderOf(pass, seen, deps);
  await lookForProof(pass, seen, assessments, deps);
  return { kind: "settled", assessments };
}

function onlyLesserLeft(pass: Pass, { steps }: Plan): boolean {
  const isUrgent = ({ fields }: Plan["steps"][number]): boolean =>
    fields.some((field) => FIELDS[field].urgent);
  return (
    pass.class === "urgent" && steps.length > 0 && pass.owing.size === 0 && !steps.some(isUrgent)
  );
}

/** Remembered before anything is written, as what speaks for it is gone after the first write. */
async function noteLost(pass: Pass, seen: Seen, deps: Deps): Promise<void> {
  const { effective, loaded, secretStates, epoch, work } = pass;
  const before = loaded.status.settledUnder;
  const lost = lostSecrets(secretStates, epoch, effective, differences(pass, seen), before);
  if (lost.length === 0) return;
  await deps.store.secretsLost(work.key, lost);
  for (const logical of lost)
    secretStates.set(logical, { digest: LOST_SECRET, origin: "assumed", epoch });
}

function differences({ effective, secretStates, epoch }: Pass, seen: Seen): Assessment[] {
  return diff(effective, seen.mapper, seen.snapshot, believable(secretStates, epoch, effective));
}

function assess(pass: Pass, seen: Seen, deps: Deps): Assessment[] {
  const { effective, loaded } = pass;
  const { mapper, snapshot } = seen;
  const { generation } = effective;
  const memory = memoryOf(pass);
  const differing = noteLate(pass, seen, differences(pass, seen));
  const found = withFirmware(differing, mapper, snapshot, firmwareContext(pass, seen, deps));
  const wanted = withoutStopped(found, memory.failures);
  const ground = { mapHash: mapper.hash, firmware: seen.facts.softwareVersion ?? "" };
  // One that is in quarantine, or due for it when it is back, is that before all else: the guard says so.
  const left = isQuarantined(memory, loaded.now)
    ? wanted
    : withoutSpent(withoutBlocked(wanted, loaded.blocks, ground), loaded.attempts, generation);
  return withoutFights(left, loaded.corrections, generation, lateFields(pass));
}
