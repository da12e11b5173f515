/** Whose turn it is among the classes that are not strict: by weight, in the ACS's time and not in turns. Pure. */
import type { CallClass } from "../model/call-class.ts";

/** Weights of the classes that share what `urgent` leaves. Reads have the least: they never delay a change (I8). */
export const WEIGHTS: Readonly<Partial<Record<CallClass, number>>> = {
  returning: 8,
  rollout: 4,
  drift: 4,
  read: 1,
};

/** Weight of the last pass in the mean of its class. */
const MEAN_OVER = 0.1;
/** A pass that asks nothing of the ACS still keeps others from being begun. ms */
const LEAST_MS = 10;

/**
 * Each class gets its share of the time while it has work. A correction takes three calls and a read takes one, so turns
 * alone would give corrections three times their share: what a pass took is set against the weight of its class, and the
 * class that has had the least by that is next. Until a pass has ended it is taken to cost what those of its class do.
 *
 * `urgent` always wins, `probe` only gets what its budget allows.
 */
export class Turns {
  /** Time by weight. */
  readonly #had = new Map<CallClass, number>();
  readonly #meanMs = new Map<CallClass, number>();
  /** What the passes under way were taken to cost, by class. */
  readonly #expectedMs = new Map<CallClass, number[]>();
  #dueBefore: readonly CallClass[] = [];
  /** What the class had that was chosen last: a class without work until now saves nothing up from before. */
  #reached = 0;

  /** The class to claim from, or null when nothing may be claimed. What is begun has to end with `ended`. */
  next(due: readonly CallClass[], probesAllowed: boolean): CallClass | null {
    if (due.includes("urgent")) return "urgent";
    if (probesAllowed && due.includes("probe")) return "probe";
    let best: CallClass | null = null;
    for (const cls of due) {
      if (WEIGHTS[cls] === undefined) continue;
      if (!this.#dueBefore.includes(cls))
        this.#had.set(cls, Math.max(this.#reached, this.#hadBy(cls)));
      if (best === null || this.#hadBy(cls) < this.#hadBy(best)) best = cls;
    }
    this.#dueBefore = due;
    if (best === null) return null;
    this.#reached = this.#hadBy(best);
    this.#begin(best);
    return best;
  }

  /** @param spentMs time of the ACS that the pass took; null: nothing was begun after all */
  ended(cls: CallClass, spentMs: number | null): void {
    const expectedMs = this.#expectedMs.get(cls)?.shift();
    if (expectedMs === undefined) return;
    const tookMs = spentMs === null ? 0 : Math.max(LEAST_MS, spentMs);
    this.#charge(cls, tookMs - expectedMs);
    if (spentMs === null) return;
    const meanMs = this.#meanMs.get(cls) ?? tookMs;
    this.#meanMs.set(cls, meanMs + (tookMs - meanMs) * MEAN_OVER);
  }

  #begin(cls: CallClass): void {
    const expectedMs = this.#meanMs.get(cls) ?? LEAST_MS;
    this.#expectedMs.set(cls, [...(this.#expectedMs.get(cls) ?? []), expectedMs]);
    this.#charge(cls, expectedMs);
  }

  #hadBy(cls: CallClass): number {
    return this.#had.get(cls) ?? 0;
  }

  #charge(cls: CallClass, ms: number): void {
    this.#had.set(cls, this.#hadBy(cls) + ms / (WEIGHTS[cls] ?? 1));
  }
}
