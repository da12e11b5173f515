/**
 * Why a device is corrected of which nobody wants anything new: because a map of it changed, because we are another version,
 * or because it turned away by itself. Each cause has a budget of its own, so that a mistake of ours reaches few.
 */
import { DRIFT_CAUSE, type SettledUnder } from "../model/records.ts";

/** Null: somebody wants one of these fields to be something new, or it was never as it should be. */
export function causeOf(
  fields: readonly string[],
  before: SettledUnder | null,
  now: SettledUnder,
): string | null {
  if (before === null || fields.some((field) => before.fields[field] !== now.fields[field]))
    return null;
  if (before.mapHash !== now.mapHash) return `map ${now.mapHash.slice(0, 12)}`;
  if (before.release !== now.release) return `release ${now.release}`;
  return DRIFT_CAUSE;
}
