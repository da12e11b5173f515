/**
 * What an ACS's owner allows of reads that nobody waits for, and whether a fleet can be kept known within it. Reads that a
 * change needs, and those that a person asks for, are not limited.
 */
import { DAY_MS, lastingMs, parseDailyHours, type DailyHours } from "../lib/daily-hours.ts";
import { printAge } from "../lib/time.ts";

export interface ReadLimits {
  /** Null: as many as there is time for. */
  readonly perHour: number | null;
  /** Null: at any time. */
  readonly hours: DailyHours | null;
}

export const NO_LIMITS: ReadLimits = { perHour: null, hours: null };

/** @param spec of an `Acs` record, as it was validated */
export function readLimitsOf(spec: Readonly<Record<string, unknown>>): ReadLimits {
  const reads = spec["reads"] as { perHour?: number; hours?: string; timeZone: string } | undefined;
  if (reads === undefined) return NO_LIMITS;
  const { perHour = null, hours = "", timeZone } = reads;
  return { perHour, hours: parseDailyHours(hours, timeZone) ?? null };
}

const HOUR_MS = 3_600_000;

/**
 * How old a value gets at the best when every device is read in turn: the time that one round takes within the hours, and
 * the nights, or days, that it is interrupted by. A device that is read last in one round is read last in the next one too.
 */
export function oldestMs({ perHour, hours }: ReadLimits, devices: number): number {
  const roundMs = perHour === null ? 0 : (devices / perHour) * HOUR_MS;
  if (hours === null) return roundMs;
  const openMs = lastingMs(hours);
  const breaks = Math.max(1, Math.ceil(roundMs / openMs));
  return roundMs + breaks * (DAY_MS - openMs);
}

/** A sentence when the limits cannot keep every device's evidence inside its budget; null when they can. */
export function limitsTooNarrow(
  limits: ReadLimits,
  devices: number,
  evidenceBudgetMs: number,
): string | null {
  const bestMs = oldestMs(limits, devices);
  if (devices === 0 || bestMs <= evidenceBudgetMs) return null;
  const { perHour, hours } = limits;
  const often = perHour === null ? "any number of reads" : `${String(perHour)} reads an hour`;
  const when = hours === null ? "" : ` in ${printAge(lastingMs(hours))} of the day`;
  return (
    `${often}${when} for ${String(devices)} devices let what is known of one grow ${printAge(bestMs)} old at the best; ` +
    `evidenceBudget is ${printAge(evidenceBudgetMs)}, and between the two devices show as unknown`
  );
}
