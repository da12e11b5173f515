/** From drift to ordered calls: lower phases first, the rest is `arrange`. */
import { hashValue } from "../lib/hash.ts";
import { arrange } from "../mapping/arrange.ts";
import { FIELDS } from "../model/fields/index.ts";
import type { Assessment, Plan, Step } from "../model/plan.ts";

/** The same assessments always give the same plan, with the same hash. No drift, no steps. */
export function plan(assessments: readonly Assessment[]): Plan {
  const drifts = assessments
    .filter((assessment) => assessment.kind === "drift")
    .sort((a, b) => FIELDS[a.field].phase - FIELDS[b.field].phase)
    .map((drift) => ({ ...drift, names: [...drift.values.keys()] }));
  const steps = arrange(drifts).map(({ units, operation, effect }): Step => ({
    fields: units.map(({ field }) => field),
    operation,
    effect,
    reason: units.map(({ detail }) => detail).join("; "),
  }));
  const hash = hashValue(steps.map((step) => [step.fields, step.operation]));
  return { hash, steps, calls: steps.length * 2 };
}
