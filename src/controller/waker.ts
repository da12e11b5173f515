/** A sleep that others can end. */
import type { Clock } from "../lib/time.ts";

export class Waker {
  readonly #clock: Clock;
  readonly #asleep = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    for (const wake of this.#asleep) wake();
    this.#asleep.clear();
  }

  /** Listens and stops listening: signals that live as long as the process must not gather what waited on them. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => {
      woken.abort();
    };
    this.#asleep.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    if (!signal.aborted) await this.#clock.sleep(ms, woken.signal);
    signal.removeEventListener("abort", wake);
    this.#asleep.delete(wake);
  }
}
