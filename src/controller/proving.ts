/** First of its kind: who may prove a map here, and when it is proven. */
import { modelOf } from "../model/device.ts";
import type { Assessment } from "../model/plan.ts";
import type { Proof } from "../reconcile/guard.ts";
import type { MapKind } from "../ports/engine-store.ts";
import type { Deps } from "./deps.ts";
import type { Seen } from "./observe.ts";
import type { Pass } from "./pass.ts";

/** Proofs are never taken back, so a proven one need not be asked for again. */
const proven = new WeakMap<object, Set<string>>();

function kindOf(seen: Seen): MapKind {
  return {
    model: modelOf(seen.facts),
    firmware: seen.facts.softwareVersion ?? "",
    hash: seen.mapper.hash,
  };
}

export async function proofFor(pass: Pass, seen: Seen, deps: Deps): Promise<Proof> {
  const kind = kindOf(seen);
  const key = `${kind.model} ${kind.firmware} ${kind.hash}`;
  const known = proven.get(deps.store) ?? new Set<string>();
  proven.set(deps.store, known);
  if (known.has(key)) return "proven";
  const answer = await deps.store.proof(kind, pass.work.key, deps.settings().proving);
  if (answer === "proven") known.add(key);
  if (answer === "ours") pass.proving = kind;
  if (answer === "other" || answer === "nobody") pass.waitsFor = kind;
  return answer;
}

/**
 * A map is proven when the device that proves it was written, was read back equal, and showed the same in a later pass:
 * it is still alive after the change. A pass that wrote proves nothing yet; it only asks for that later pass.
 */
export async function lookForProof(
  pass: Pass,
  seen: Seen,
  assessments: readonly Assessment[],
  deps: Deps,
): Promise<void> {
  if (!assessments.every((assessment) => assessment.kind === "equal")) return;
  if (pass.steps > 0) return;
  const kind = kindOf(seen);
  if (proven.get(deps.store)?.has(`${kind.model} ${kind.firmware} ${kind.hash}`) === true) return;
  const answer = await deps.store.proof(kind, pass.work.key, "manual");
  if (answer !== "ours") return;
  if (pass.settled.some(({ verdict }) => verdict === "verified")) {
    // A write of an earlier pass has only now been seen to hold: as if this pass had written it.
    pass.proving = kind;
    return;
  }
  if (!(await deps.store.hasVerified(pass.work.key, kind.hash))) return;
  pass.proving = kind;
  pass.mapProven = true;
}
