/** A sleep that others can end, also when they come between the last look and the sleep. */
import type { Clock } from "../lib/time.ts";

export class Waker {
  readonly #clock: Clock;
  readonly #asleep = new Set<() => void>();
  /** Somebody came while nobody slept: the next sleep is over before it begins. */
  #pending = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#pending = this.#asleep.size === 0;
    for (const wake of this.#asleep) wake();
    this.#asleep.clear();
  }

  /** Before a look: it sees whatever woke us until here, so that nothing of that has to end the next sleep. */
  looking(): void {
    this.#pending = false;
  }

  /** Listens and stops listening: signals that live as long as the process must not gather what waited on them. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return;
    }
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
