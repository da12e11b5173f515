/** Sends the first step of a plan: intent, call, outcome. Ends the pass unless the ACS took it. */
import type { Ending } from "../model/conclusion.ts";
import type { Change, Edit, Operation, WriteValue } from "../model/parameter.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { StoredEdit } from "../model/records.ts";
import type { LogicalValue } from "../model/logical.ts";
import type { WriteOutcome } from "../ports/acs.ts";
import { Secret } from "../lib/secret.ts";
import { callContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import { causeFor } from "./held-back.ts";
import type { Seen } from "./observe.ts";
import { endingOf, notice } from "./trouble.ts";
import { noteAsked, type Pass } from "./pass.ts";
import { FIELDS } from "../model/fields/index.ts";
import { markOf } from "../reconcile/firmware.ts";

/** The secrets of the wanted fields by logical name. */
function secretsOf(
  pass: Pass,
): ReadonlyMap<string, { readonly secret: Secret; readonly digest: string }> {
  const secrets = new Map<string, { secret: Secret; digest: string }>();
  for (const field of pass.effective.fields) {
    const def = FIELDS[field.name];
    for (const carrier of def.carriers) {
      const values: Iterable<[string, LogicalValue]> = def.toLogical(field.value as never, carrier);
      for (const [logical, value] of values) {
        if (value instanceof Secret)
          secrets.set(logical, { secret: value, digest: field.secretDigest ?? "" });
      }
    }
  }
  return secrets;
}

function writeValues(edits: readonly Edit[], secrets: ReturnType<typeof secretsOf>): WriteValue[] {
  return edits.map(({ path, value }) => {
    if (value.kind === "text") return { path, value: value.text };
    const found = secrets.get(value.logical);
    if (found === undefined) throw new Error(`no secret for ${value.logical}`);
    return { path, value: found.secret };
  });
}

/** As the store keeps it: names and texts of a SetParameterValues, or the one thing that is done. */
function recorded(
  operation: Operation,
  secrets: ReturnType<typeof secretsOf>,
): readonly StoredEdit[] {
  switch (operation.kind) {
    case "set":
      return operation.edits.map(({ path, value }) => {
        const digest = value.kind === "secret" ? secrets.get(value.logical)?.digest : undefined;
        return { path, value: digest === undefined ? value : { ...value, digest } };
      });
    case "add":
      return [{ action: "add", path: operation.table }];
    case "delete":
      return [{ action: "delete", path: operation.row }];
    case "reboot":
      return [{ action: "reboot" }];
    // Without the address: it may hold a login.
    case "download": {
      const { hop, fileName, fileType, sizeBytes } = operation;
      return [{ action: "download", ...hop, fileName, fileType, sizeBytes }];
    }
    case "factoryReset":
      return [{ action: "factoryReset" }];
  }
}

/** Null when the ACS took it; then a read has to prove it. */
export async function apply(
  plan: Plan,
  step: Step,
  seen: Seen,
  pass: Pass,
  deps: Deps,
): Promise<Ending | null> {
  const secrets = secretsOf(pass);
  const edits = step.operation.kind === "set" ? step.operation.edits : [];
  const change: Change =
    step.operation.kind === "set"
      ? { kind: "set", values: writeValues(edits, secrets) }
      : step.operation;
  const kept = recorded(step.operation, secrets);
  const intent = await deps.store.intend(deps.lease(), {
    key: pass.work.key,
    changeId: pass.changeId,
    class: pass.class,
    generation: pass.effective.generation,
    mapHash: seen.mapper.hash,
    planHash: plan.hash,
    step: pass.steps,
    steps: pass.steps + plan.steps.length,
    fields: step.fields,
    edits: kept,
    settleMs: step.effect.settleMs,
    reason: step.reason,
    cause: causeFor(step, seen, pass, deps),
  });
  if (intent.kind === "fenced") {
    return { kind: "released", reason: "LeaseLost", detail: "another process took over the ACS" };
  }
  if (intent.kind === "stopped") {
    return { kind: "held", reason: intent.hold, detail: intent.reason, assessments: [] };
  }
  pass.steps += 1;
  const outcome = await deps.acs.write(pass.device, change, callContext(pass, deps));
  const written = edits.flatMap(({ value }) => {
    const digest = value.kind === "secret" ? secrets.get(value.logical)?.digest : undefined;
    return digest === undefined || value.kind !== "secret"
      ? []
      : [{ logical: value.logical, digest, epoch: pass.epoch }];
  });
  const taken = outcome.kind === "done" || outcome.kind === "accepted";
  await deps.store.recordOutcome(intent.id, outcome.kind, detailOf(outcome), taken ? written : []);
  if (taken) {
    pass.lastIntent = { id: intent.id, outcome: outcome.kind, edits: kept };
    // What was asked to be read before it says nothing of it.
    noteAsked(pass, null);
    for (const { logical, digest, epoch } of written)
      pass.secretStates.set(logical, { digest, origin: "written", epoch });
    return null;
  }
  return await stoppedBy(outcome, step, pass, deps);
}

function detailOf(outcome: WriteOutcome): string {
  switch (outcome.kind) {
    case "done":
      return "";
    case "accepted":
      return outcome.id ?? "";
    case "rejected":
      return `${outcome.code} ${outcome.text}`;
    case "away":
      return outcome.detail;
    case "unknown":
      return `${outcome.fault}: ${outcome.detail}`;
    case "not_sent":
      return `${outcome.reason}: ${outcome.detail}`;
  }
}

async function stoppedBy(
  outcome: Exclude<WriteOutcome, { kind: "done" | "accepted" }>,
  step: Step,
  pass: Pass,
  deps: Deps,
): Promise<Ending> {
  switch (outcome.kind) {
    case "rejected":
      return {
        kind: "refused",
        fields: step.fields,
        how: `rejected:${outcome.code}`,
        ...(step.operation.kind === "download" ? { of: markOf(step.operation.hop) } : {}),
        detail: `the ACS refused the write with ${outcome.code}: ${outcome.text}`,
        assessments: [],
      };
    case "away":
      return { kind: "away", reason: "NoSignOfLife", detail: outcome.detail };
    case "unknown":
      await notice(outcome, pass, deps, `a write (${step.operation.kind})`);
      return {
        kind: "pending",
        reason: "WriteUnknown",
        detail: `${outcome.fault}; the device is read before anything is written again`,
        assessments: [],
      };
    case "not_sent":
      return await endingOf(outcome, pass, deps, `a write (${step.operation.kind})`);
  }
}
