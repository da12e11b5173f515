/** The ceiling for devices without a sign of life. Pure; the shares of the other classes are in `turns.ts`. */

/** Weight of the last probe in the mean of all. */
const MEAN_OVER = 0.1;
const AHEAD = 2;

/**
 * The time that may go to devices without a sign of life: `share` of all time, saved up to at most `savedMs`. A probe is
 * begun when what is there pays for one twice as long as they are in the mean; what a longer one takes is owed.
 */
export class ProbeBudget {
  readonly #savedMs: number;
  #balanceMs = 0;
  #meanMs = 0;
  #at: number;

  constructor(nowMs: number, savedMs = 5_000) {
    this.#savedMs = savedMs;
    this.#at = nowMs;
  }

  allows(nowMs: number, share: number): boolean {
    const savedMs = Math.max(this.#savedMs, AHEAD * this.#meanMs);
    this.#balanceMs = Math.min(savedMs, this.#balanceMs + (nowMs - this.#at) * share);
    this.#at = nowMs;
    return this.#balanceMs > 0 && this.#balanceMs >= AHEAD * this.#meanMs;
  }

  /** Until it allows one, as of the last time it was asked; at least 1. ms */
  readyInMs(share: number): number {
    const missingMs = AHEAD * this.#meanMs - this.#balanceMs;
    return share > 0 ? Math.max(1, Math.ceil(missingMs / share)) : Infinity;
  }

  spend(ms: number): void {
    if (ms <= 0) return;
    this.#balanceMs -= ms;
    this.#meanMs += (ms - this.#meanMs) * (this.#meanMs === 0 ? 1 : MEAN_OVER);
  }
}
