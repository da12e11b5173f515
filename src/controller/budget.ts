/** How the ACS's time is shared out: a ceiling for probes, weights for the classes that are not strict. Pure. */
import type { CallClass } from "../model/call-class.ts";

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

/** Weights of the classes that share what `urgent` leaves. Reads have the least: they never delay a change (I8). */
const WEIGHTS: Readonly<Partial<Record<CallClass, number>>> = {
  returning: 8,
  rollout: 4,
  drift: 4,
  read: 1,
};

/**
 * Smooth weighted turns: over any stretch each class gets its share of the turns in which it had work, without bursts.
 * `urgent` always wins, `probe` only gets what nobody else wants or what its budget allows.
 */
export class Turns {
  readonly #credit = new Map<CallClass, number>();

  /** The class to claim from, or null when nothing may be claimed. */
  next(due: readonly CallClass[], probesAllowed: boolean): CallClass | null {
    if (due.includes("urgent")) return "urgent";
    if (probesAllowed && due.includes("probe")) return "probe";
    const sharing = due.filter((cls) => WEIGHTS[cls] !== undefined);
    if (sharing.length === 0) return null;
    let total = 0;
    let best: CallClass | null = null;
    for (const cls of sharing) {
      const weight = WEIGHTS[cls] ?? 0;
      total += weight;
      const credit = (this.#credit.get(cls) ?? 0) + weight;
      this.#credit.set(cls, credit);
      if (best === null || credit > (this.#credit.get(best) ?? 0)) best = cls;
    }
    if (best !== null) this.#credit.set(best, (this.#credit.get(best) ?? 0) - total);
    return best;
  }
}
