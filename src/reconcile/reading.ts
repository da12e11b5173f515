/**
 * The reading plan of one device: when it is read next, so that what is known of it never grows older than its budget, at
 * the fewest reads. Where reads are allowed at some hours only, it falls into these. Pure.
 */
import { isWithin, lastStretch, nextChange, type DailyHours } from "../lib/daily-hours.ts";

/** As shares of the evidence budget. What is left to the whole is for the time in which a read waits for its turn. */
const [EARLIEST, LATEST] = [0.75, 0.9];
/**
 * Within hours: up to so late, as whoever waits there waits for a whole day. Not sooner than a quarter, or the last minutes
 * before they end would be full of devices that were read a moment ago.
 */
const [SOONEST_WITHIN, LATEST_WITHIN] = [0.25, 0.95];

/**
 * @param spread in [0, 1), from the device's id: devices that were read together are not due together
 * @returns ms from the last read. Longer than the budget only where the hours leave no other moment; the device is
 *   unknown then until it is read
 */
export function nextReadInMs(
  lastReadMs: number,
  budgetMs: number,
  spread: number,
  hours: DailyHours | null,
): number {
  const widthMs = budgetMs * (LATEST - EARLIEST);
  if (hours === null) return Math.round(budgetMs * EARLIEST + widthMs * spread);
  const latestMs = lastReadMs + budgetMs * LATEST_WITHIN;
  const stretch = lastStretch(hours, lastReadMs + budgetMs * SOONEST_WITHIN, latestMs);
  // Else they begin after that, and whoever waits longest goes first: those that are due were read at other times.
  const dueMs =
    stretch === null
      ? openingMs(hours, latestMs)
      : stretch.endMs - spread * Math.min(stretch.endMs - stretch.startMs, widthMs);
  return Math.round(dueMs - lastReadMs);
}

/** The first moment within the hours, now or later. */
function openingMs(hours: DailyHours, fromMs: number): number {
  const from = new Date(fromMs);
  return isWithin(hours, from) ? fromMs : nextChange(hours, from).getTime();
}
