/**
 * Memory of a fight: a field that somebody else keeps changing back is corrected so often in a day, and then only
 * reported. Each correction costs the ACS's time, and perhaps the customer's line.
 */
import type { FieldName } from "../model/fields/index.ts";
import type { Assessment } from "../model/plan.ts";
import type { Corrections } from "../model/records.ts";

const CORRECTIONS_A_DAY = 3;

/**
 * @param generation of the effective desired state: what is wanted anew begins from nothing
 * @param ours fields that a late write of ours has changed back: no fight, whatever was before
 */
export function withoutFights(
  assessments: readonly Assessment[],
  corrections: readonly Corrections[],
  generation: string,
  ours: ReadonlySet<FieldName> = new Set(),
): Assessment[] {
  const fought = new Set(
    corrections
      .filter((entry) => entry.generation === generation && entry.times >= CORRECTIONS_A_DAY)
      .filter(({ field }) => !ours.has(field))
      .map(({ field }) => field),
  );
  return assessments.map((assessment) =>
    assessment.kind === "drift" && fought.has(assessment.field)
      ? {
          kind: "cannot",
          field: assessment.field,
          reason: "CorrectedTooOften",
          detail: `${assessment.detail}; corrected ${CORRECTIONS_A_DAY} times in 24 h and changed again`,
        }
      : assessment,
  );
}
