/**
 * When the next read may begin that nobody waits for: so many an hour, at some hours of the day. By the clock of the
 * database, as ours may be off.
 */
import { isWithin, nextChange } from "../lib/daily-hours.ts";
import type { ReadLimits } from "../model/read-limits.ts";

const HOUR_MS = 3_600_000;
/** So much of an hour's reads is saved up, and no more: a quiet hour is not followed by a storm. */
const SAVED_HOURS = 1 / 60;
/** What is begun shortly before the hours end would be sent behind others, and after their end. */
const LAST_BEGUN_MS = 60_000;

export class ReadBudget {
  /** Reads that are paid for. None at the start, or every new holder would have some to give away. */
  #saved = 0;
  #atMs: number;
  /** The database's clock minus ours that only grows; null until the database was asked. */
  #aheadMs: number | null = null;

  constructor(monotonicMs: number) {
    this.#atMs = monotonicMs;
  }

  tell(now: Date, monotonicMs: number): void {
    this.#aheadMs = now.getTime() - monotonicMs;
  }

  /** ms; 0: now. */
  waitMs({ perHour, hours }: ReadLimits, monotonicMs: number): number {
    const hoursMs = hours === null ? 0 : this.#untilWithinMs(hours, monotonicMs);
    if (perHour === null) return hoursMs;
    const perMs = perHour / HOUR_MS;
    const most = Math.max(1, perHour * SAVED_HOURS);
    this.#saved = Math.min(most, this.#saved + (monotonicMs - this.#atMs) * perMs);
    this.#atMs = monotonicMs;
    // Rounding must not make it wait for a part of a millisecond, and then for nothing.
    return Math.max(hoursMs, Math.ceil((1 - this.#saved) / perMs - 0.001), 0);
  }

  #untilWithinMs(hours: NonNullable<ReadLimits["hours"]>, monotonicMs: number): number {
    if (this.#aheadMs === null) return Infinity;
    const now = new Date(monotonicMs + this.#aheadMs);
    const change = nextChange(hours, now);
    const leftMs = change.getTime() - now.getTime();
    if (!isWithin(hours, now)) return leftMs;
    if (leftMs > LAST_BEGUN_MS) return 0;
    return nextChange(hours, change).getTime() - now.getTime();
  }

  take(): void {
    this.#saved -= 1;
  }

  /** It was taken, and nothing was asked after all. */
  giveBack(): void {
    this.#saved += 1;
  }
}
