/**
 * A clock that stands still until a test moves it. Sleepers wake in the order of their time, then of their arrival, and
 * everything that follows from one has happened before the next one wakes. No real time passes.
 */
import type { Clock } from "../../src/lib/time.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Until every promise that can go on without the clock has gone on. */
async function promisesSettle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What else there is than promises and sleepers: a database, whose own time has to move as well. */
export interface Surroundings {
  /** Resolves when nothing goes on any more that does not wait for the clock. */
  settle(): Promise<void>;
  /** Before anybody is woken at this moment. */
  moved(now: Date): Promise<void>;
}

const NONE: Surroundings = { settle: promisesSettle, moved: () => Promise.resolve() };

export class VirtualClock implements Clock {
  readonly #epoch: number;
  readonly #lateMs: (sleep: number) => number;
  /** Set before the first sleep. */
  surroundings: Surroundings = NONE;
  #nowMs = 0;
  #slept = 0;
  #sleepers: Sleeper[] = [];

  /** @param lateMs by how much the n-th sleep (from 0) ends too late, as the timers of a busy machine do */
  constructor(lateMs: (sleep: number) => number = () => 0, epoch = "2026-03-01T00:00:00Z") {
    this.#lateMs = lateMs;
    this.#epoch = Date.parse(epoch);
  }

  now(): Date {
    return new Date(this.#epoch + this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const late = Math.max(0, this.#lateMs(this.#slept));
      this.#slept += 1;
      const wake = (): void => {
        signal?.removeEventListener("abort", wake);
        this.#sleepers = this.#sleepers.filter((other) => other.wake !== wake);
        resolve();
      };
      this.#sleepers.push({ atMs: this.#nowMs + Math.max(0, ms) + late, wake });
      signal?.addEventListener("abort", wake);
    });
  }

  /** Lets `ms` go by. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.surroundings.settle();
    while (await this.#wakeNext(untilMs));
    await this.#move(untilMs);
  }

  /** Until nobody sleeps any more. */
  async runOut(): Promise<void> {
    await this.surroundings.settle();
    while (await this.#wakeNext(Infinity));
  }

  async #wakeNext(untilMs: number): Promise<boolean> {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (first === undefined || sleeper.atMs < first.atMs) first = sleeper;
    }
    if (first === undefined || first.atMs > untilMs) return false;
    await this.#move(Math.max(this.#nowMs, first.atMs));
    first.wake();
    await this.surroundings.settle();
    return true;
  }

  async #move(toMs: number): Promise<void> {
    if (toMs === this.#nowMs) return;
    this.#nowMs = toMs;
    await this.surroundings.moved(this.now());
  }
}
