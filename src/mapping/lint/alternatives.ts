/**
 * A pipeline once for each of its `cases`: no invented device meets every condition, least of all those on a version, and
 * what a case writes does not depend on why it was chosen. Cases inside another end (`split`, `table`) stay as they are.
 */
import { isRecord } from "../../model/logical.ts";

type Steps = readonly unknown[];

export function alternatives(steps: Steps): readonly Steps[] {
  const last: unknown = steps.at(-1);
  const cases: unknown = isRecord(last) ? last["cases"] : undefined;
  if (!Array.isArray(cases)) return [steps];
  return cases.flatMap((one: unknown): readonly Steps[] => {
    const lens: unknown = isRecord(one) ? one["lens"] : undefined;
    return Array.isArray(lens) ? alternatives([...steps.slice(0, -1), ...(lens as Steps)]) : [];
  });
}
