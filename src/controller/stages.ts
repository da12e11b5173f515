/** The decisions between the calls of a pass: each ends it, or lets it go on. */
import type { Ending } from "../model/conclusion.ts";
import { pathsOf, type Snapshot } from "../model/parameter.ts";
import type { Assessment, Plan, Step } from "../model/plan.ts";
import type { OpenIntent } from "../model/records.ts";
import { bootedAt, owes } from "../reconcile/boot.ts";
import { stillHolds } from "../mapping/evidence.ts";
import { logicalsOf } from "../reconcile/carriers.ts";
import { guard } from "../reconcile/guard.ts";
import { verifyWithin } from "../reconcile/inform.ts";
import { settle, stepTook } from "../reconcile/verify.ts";
import type { Deps } from "./deps.ts";
import { late, withLedger } from "./late.ts";
import { storedBefore, type Seen } from "./observe.ts";
import { databaseNow, memoryOf, type Pass } from "./pass.ts";
import { proofFor } from "./proving.ts";

export function holdOf(pass: Pass, deps: Deps): Ending | null {
  if (pass.loaded.acsRevision !== deps.settings().revision) {
    const detail = "waits for the changed record of its ACS";
    return { kind: "released", reason: "SettingsChanged", detail };
  }
  if (pass.loaded.mapsVersion !== deps.mapsVersion()) {
    const detail = "waits until the changed maps are loaded";
    return { kind: "released", reason: "SettingsChanged", detail };
  }
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

/**
 * What earlier passes sent and nobody has seen yet: settled by this read, or waited for.
 *
 * @param differencesAt what there was to be done by what the device showed at another time
 */
export async function settleOpen(
  pass: Pass,
  seen: Seen,
  assessments: readonly Assessment[],
  differencesAt: (snapshot: Snapshot) => readonly Assessment[],
  deps: Deps,
): Promise<Ending | null> {
  // A download has a judge of its own.
  const openIntents = pass.loaded.openIntents.filter(({ download }) => download === null);
  const settings = deps.settings();
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const readAt = pass.observations.at(-1)?.readAt ?? pass.loaded.observation?.readAt ?? now;
  const booted = bootedAt(seen.mapper, seen.snapshot, readAt);
  const last = storedBefore(pass, seen.mapper);
  const took = (intent: OpenIntent): boolean =>
    last !== null &&
    last.readAt.getTime() < intent.intendedAt.getTime() &&
    stepTook(intent.fields, differencesAt(last.snapshot), assessments);
  const { settled, waiting, owing } = settle(
    openIntents,
    assessments,
    pass.effective.generation,
    now,
    {
      accepted: verifyWithin(settings.verifyWithinMs, pass.reach.kind, pass.informIntervalMs),
      unknown: settings.callDeadlineMs,
    },
    pass.loaded.status.reachable !== true,
    { boots: (intent) => owes(intent, seen.mapper, booted), took },
  );
  for (const { fields } of owing) for (const field of fields) pass.owing.add(field);
  pass.settled.push(...(await withLedger(settled, pass, seen, deps)));
  const ignored = settled.find((entry) => entry.verdict === "ignored");
  if (ignored !== undefined) {
    const detail = "accepted, and a later read still shows the old value";
    return { kind: "refused", fields: ignored.fields, how: "ignored", detail, assessments };
  }
  const [first] = waiting;
  if (first === undefined) return null;
  const accepted = first.outcome === "accepted" || first.outcome === "done";
  const detail = `change ${first.changeId} of ${first.fields.join(", ")} is not to be seen yet`;
  const reason = first.reboot ? "RebootPending" : accepted ? "WriteAccepted" : "WriteUnknown";
  return {
    kind: "pending",
    reason,
    detail,
    assessments,
  };
}

/** The step of this pass took effect: the read after it is its proof, unless it wants a reboot behind it. */
export function settleOwn(
  pass: Pass,
  done: Step,
  assessments: readonly Assessment[],
  deps: Deps,
): void {
  const { fields } = done;
  const sent = pass.lastIntent;
  if (sent === null) return;
  if (done.effect.reboot === "after") {
    for (const field of fields) pass.owing.add(field);
    pass.lastIntent = null;
    return;
  }
  const whole = fields.every(
    (field) => assessments.find((entry) => entry.field === field)?.kind === "equal",
  );
  const { id } = sent;
  pass.settled.push({ id, fields: whole ? fields : [], verdict: "verified", ...late(sent, deps) });
  pass.lastIntent = null;
}

export async function mayRun(
  next: Plan,
  assessments: readonly Assessment[],
  seen: Seen,
  pass: Pass,
  deps: Deps,
): Promise<Ending | null> {
  const settings = deps.settings();
  const facts = {
    plan: next,
    assessments,
    mapper: seen.mapper,
    snapshot: seen.snapshot,
    mode: settings.mode,
    inScope: deps.inScope(pass.device),
    status: memoryOf(pass),
    windows: pass.loaded.windows,
    class: pass.class,
    now: databaseNow(pass, deps.clock.monotonicMs()),
  };
  // Asked before the right to prove a map is taken: a device that may not write anyway must not take it.
  const first = guard({ ...facts, proof: "proven" });
  // A download writes nothing through the map, so it neither needs its proof nor gives it.
  const isDownload = next.steps[0]?.operation.kind === "download";
  const verdict =
    first.kind === "hold" || isDownload
      ? first
      : guard({ ...facts, proof: await proofFor(pass, seen, deps) });
  if (verdict.kind === "go") return null;
  if (verdict.reason === "ObserveMode") {
    deps.telemetry.log("info", "would be written, in mode write", {
      device: pass.work.id,
      acs: pass.work.acs,
      fields: next.steps.flatMap(({ fields }) => fields).join(", "),
      paths: next.steps.flatMap(({ operation }) => pathsOf(operation)).join(", "),
      why: next.steps.map(({ reason }) => reason).join("; "),
    });
  }
  const { reason, detail, untilMs } = verdict;
  return {
    kind: "held",
    reason,
    detail,
    assessments,
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}

/** A write went out and the read after it did not come back: nothing is proven, and nothing is lost. */
export function unproven(ending: Ending): Ending {
  if (ending.kind === "away") {
    return { ...ending, detail: `${ending.detail}; a change was sent and is read when it is back` };
  }
  return ending;
}

/** It goes away now, and is read when it is back: that read proves the reboot and what waited for it. */
export function rebooting(assessments: readonly Assessment[]): Ending {
  const detail = "it boots, and is read when it is back";
  return { kind: "pending", reason: "RebootPending", detail, assessments };
}

/** Do the rows that the wanted fields stand in still meet the conditions by which they were chosen? */
export function anchorsMoved(before: Seen, after: Seen, pass: Pass): boolean {
  const logicals = logicalsOf(pass.effective, before.mapper);
  return !stillHolds(
    before.mapper.evidence(logicals, before.snapshot),
    after.mapper.evidence(logicals, after.snapshot),
  );
}

/** The rest of a plan rests on rows that are others now: it is void, and the next pass plans from what it reads. */
export function moved(assessments: readonly Assessment[]): Ending {
  const detail = "another row fits now than the one that was written";
  return { kind: "held", reason: "AnchorMoved", detail, assessments };
}

/** The one that proves the map of its kind stays what it is until it has. */
export function proving(assessments: readonly Assessment[]): Ending {
  const detail = "it proves its map first, and gets its firmware then";
  return { kind: "held", reason: "MapUnproven", detail, assessments };
}
