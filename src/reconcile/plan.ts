/**
 * From drift to ordered calls. What may go together goes in one call; what can cut the link to the ACS goes last, alone,
 * one field at a time; lower phases go first.
 */
import { canonicalJson, hashValue } from "../lib/hash.ts";
import { FIELDS } from "../model/fields/index.ts";
import type { Edit } from "../model/parameter.ts";
import type { Assessment, EffectClass, Plan, Step } from "../model/plan.ts";

type Drift = Extract<Assessment, { kind: "drift" }>;

/** Fields that can cut management never share a call, not even with one another. */
function cutsManagement(effect: EffectClass): boolean {
  return effect.interrupts.includes("mgmt") || effect.reboot !== "none";
}

function groupKey(drift: Drift): string {
  return cutsManagement(drift.effect)
    ? `alone ${drift.field}`
    : canonicalJson([drift.effect.interrupts, drift.effect.reboot]);
}

function stepsOf(group: readonly Drift[]): Step[] {
  const length = Math.max(...group.map((drift) => drift.calls.length));
  return Array.from({ length }, (_, i): Step => {
    const taking = group.filter((drift) => i < drift.calls.length);
    const edits: Edit[] = taking.flatMap((drift) => drift.calls[i] ?? []);
    const settleMs = Math.max(...taking.map((drift) => drift.effect.settleMs));
    return {
      fields: taking.map((drift) => drift.field),
      edits,
      effect: { ...(group[0] as Drift).effect, settleMs },
      reason: taking.map((drift) => drift.detail).join("; "),
    };
  });
}

/** The same assessments always give the same plan, with the same hash. No drift, no steps. */
export function plan(assessments: readonly Assessment[]): Plan {
  const drifts = assessments
    .filter((assessment) => assessment.kind === "drift")
    .sort((a, b) => FIELDS[a.field].phase - FIELDS[b.field].phase);
  const groups = new Map<string, Drift[]>();
  for (const drift of drifts) {
    groups.set(groupKey(drift), [...(groups.get(groupKey(drift)) ?? []), drift]);
  }
  const ordered = [...groups.values()].sort(
    (a, b) =>
      Number(cutsManagement((a[0] as Drift).effect)) -
      Number(cutsManagement((b[0] as Drift).effect)),
  );
  const steps = ordered.flatMap(stepsOf);
  const hash = hashValue(steps.map((step) => [step.fields, step.edits]));
  return { hash, steps, calls: steps.length * 2 };
}
