/** What the calls of one ACS cost: counts, times, percentiles, and the rate that every estimate is made from. */
import type { CallClass } from "../model/call-class.ts";
import type { Clock } from "../lib/time.ts";
import type { ExchangeResult } from "../ports/acs.ts";
import type { SlotStats } from "../ports/engine-store.ts";

const KEPT = 500;
const RATE_WINDOW_MS = 15 * 60_000;

function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

export class CallStats {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #recent: number[] = [];
  readonly #done: number[] = [];
  readonly #byClass: Partial<Record<CallClass, number>> = {};
  readonly #byFault: Record<string, number> = {};
  #calls = 0;
  #busyMs = 0;
  #probeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  add(cls: CallClass, tookMs: number, result: ExchangeResult): void {
    if (result.kind === "not_sent") return;
    this.#calls += 1;
    this.#busyMs += tookMs;
    if (cls === "probe") this.#probeMs += tookMs;
    this.#byClass[cls] = (this.#byClass[cls] ?? 0) + 1;
    if (result.kind === "no_answer") this.fault(result.fault);
    this.#recent.push(tookMs);
    if (this.#recent.length > KEPT) this.#recent.shift();
  }

  /** Time of the ACS spent on looking for signs of life. */
  get probeMs(): number {
    return this.#probeMs;
  }

  away(ms: number): void {
    this.#probeMs += ms;
  }

  fault(name: string): void {
    this.#byFault[name] = (this.#byFault[name] ?? 0) + 1;
  }

  /** A device came to an end, good or bad; the measured rate is made of these. */
  deviceDone(): void {
    const now = this.#clock.monotonicMs();
    this.#done.push(now);
    this.#forgetBefore(now - RATE_WINDOW_MS);
  }

  #forgetBefore(ms: number): void {
    while ((this.#done[0] ?? Infinity) < ms) this.#done.shift();
  }

  read(breakerOpen: boolean): Omit<SlotStats, "slowed" | "limit" | "capabilities" | "differences"> {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    const now = this.#clock.monotonicMs();
    this.#forgetBefore(now - RATE_WINDOW_MS);
    const windowMs = Math.max(1, Math.min(RATE_WINDOW_MS, now - this.#startedMs));
    return {
      calls: this.#calls,
      busyMs: Math.round(this.#busyMs),
      probeMs: Math.round(this.#probeMs),
      byClass: this.#byClass,
      byFault: this.#byFault,
      callP50Ms: percentile(sorted, 0.5),
      callP90Ms: percentile(sorted, 0.9),
      perMinute:
        this.#done.length < 5 ? null : Math.round((this.#done.length / windowMs) * 600_000) / 10,
      breakerOpen,
    };
  }
}
