/**
 * One task at a time for a device, and a second between two of them.
 *
 * The NBI serialises tasks of one device, but not in their order (genieacs-nbi.md 0.14). And it reads a parameter at most
 * once in a second for a device: sooner, it answers from its memory (3), and a value that it wrote itself a moment ago
 * would look like one that was read. The wait takes no slot at the gate.
 */
import type { Clock } from "../../lib/time.ts";
import type { DeviceId } from "../../model/device.ts";

/** A second of the ACS's clock, and a little for the two clocks to differ in speed. */
const SECOND_MS = 1_050;

export class Turns {
  readonly #clock: Clock;
  readonly #tails = new Map<DeviceId, Promise<unknown>>();
  /** When a task of a device last ended, monotonic ms, oldest first. */
  readonly #ended = new Map<DeviceId, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs when all earlier work of the device is over. `work` never rejects. */
  async take<T>(device: DeviceId, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(device);
    const turn = (async () => {
      await before;
      return await work();
    })();
    this.#tails.set(device, turn);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(device) === turn) this.#tails.delete(device);
    }
  }

  /** Until the second of the device's last task is over. */
  async newSecond(device: DeviceId, signal: AbortSignal): Promise<void> {
    const ended = this.#ended.get(device);
    if (ended === undefined) return;
    const left = ended + SECOND_MS - this.#clock.monotonicMs();
    if (left > 0) await this.#clock.sleep(left, signal);
  }

  taskEnded(device: DeviceId): void {
    const now = this.#clock.monotonicMs();
    this.#ended.delete(device);
    for (const [other, ended] of this.#ended) {
      if (ended + SECOND_MS > now) break;
      this.#ended.delete(other);
    }
    this.#ended.set(device, now);
  }
}
