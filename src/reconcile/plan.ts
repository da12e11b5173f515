/** From drift to ordered calls: lower phases first, the rest is `arrange`. A download is a plan of its own, behind all else. */
import { hashValue } from "../lib/hash.ts";
import { arrange, REBOOT } from "../mapping/arrange.ts";
import { FIELDS, type FieldName } from "../model/fields/index.ts";
import type { Assessment, Plan, Step } from "../model/plan.ts";

/**
 * The same assessments always give the same plan, with the same hash. No drift, no steps.
 *
 * @param owing fields that were written and are in force, or shown, only after a reboot: there is one at the end
 */
export function plan(
  assessments: readonly Assessment[],
  owing: ReadonlySet<FieldName> = new Set(),
): Plan {
  const drifts = assessments
    .filter((assessment) => assessment.kind === "drift")
    .filter(({ field, effect }) => !owing.has(field) || effect.applies === "now")
    .sort((a, b) => FIELDS[a.field].phase - FIELDS[b.field].phase)
    .map((drift) => ({ ...drift, names: [...drift.values.keys()] }));
  const steps = arrange(drifts).map(({ units, operation, effect }): Step => ({
    fields: units.map(({ field }) => field),
    operation,
    effect,
    reason: units.map(({ detail }) => detail).join("; "),
  }));
  if (owing.size > 0) withReboot(steps, owing);
  const others = steps.filter(({ operation }) => operation.kind !== "download");
  const due = others.length > 0 ? others : steps;
  const hash = hashValue(due.map((step) => [step.fields, step.operation]));
  return { hash, steps: due, calls: due.length * 2 };
}

function withReboot(steps: Step[], owing: ReadonlySet<FieldName>): void {
  const last = steps.at(-1)?.operation.kind === "reboot" ? steps.pop() : undefined;
  steps.push({
    fields: [...new Set([...owing, ...(last?.fields ?? [])])],
    operation: { kind: "reboot" },
    effect: last?.effect ?? REBOOT,
    reason: "what was written is in force after a reboot",
  });
}
