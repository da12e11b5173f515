/** Limits of reads as people see them: in force or not at this moment, and too narrow for the fleet or not. */
import { isWithin, nextChange, printDailyHours } from "../lib/daily-hours.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { ApiReadLimits } from "../model/api-acs.ts";
import { limitsTooNarrow, readLimitsOf } from "../model/read-limits.ts";
import type { FleetStore } from "../ports/fleet-store.ts";

type Spec = Readonly<Record<string, unknown>>;

/** @param spec of the `Acs` record of that name, as it was validated */
export async function readLimits(
  store: FleetStore,
  acs: string,
  spec: Spec,
  now: Date,
): Promise<ApiReadLimits | null> {
  if (spec["reads"] === undefined) return null;
  const limits = readLimitsOf(spec);
  const { perHour, hours } = limits;
  const devices = await store.devicesRead(acs);
  const budgetMs = parseDurationMs(String(spec["evidenceBudget"])) ?? 0;
  return {
    perHour,
    hours: hours === null ? null : printDailyHours(hours),
    changesAt: hours === null ? null : nextChange(hours, now).toISOString(),
    open: hours === null || isWithin(hours, now),
    devices,
    warning: limitsTooNarrow(limits, devices, budgetMs),
  };
}
