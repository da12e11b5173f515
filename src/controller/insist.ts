/** What has to reach the database, whatever becomes of a connection: a lease or a device that nobody gives back stands idle. */
import type { Clock } from "../lib/time.ts";

/**
 * Tries at once, also when `signal` has aborted, and then again until it is taken, the signal aborts or the time is over.
 *
 * @param untilMs on the monotonic clock
 */
export async function insist(
  work: () => Promise<void>,
  clock: Clock,
  everyMs: number,
  signal: AbortSignal,
  untilMs = Infinity,
): Promise<void> {
  do {
    try {
      await work();
      return;
    } catch {
      await clock.sleep(everyMs, signal);
    }
  } while (!signal.aborted && clock.monotonicMs() < untilMs);
}
