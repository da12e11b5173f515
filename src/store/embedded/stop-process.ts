/** Ends a PostgreSQL server by signals, gently first. */
import { setTimeout as sleep } from "node:timers/promises";

const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;

/**
 * Fast, then immediate (the next start replays the log), then by force. Answers when the process is gone, at the
 * latest after 50 s.
 *
 * @param kill may throw when the process is gone already
 */
export async function stopProcess(
  kill: (signal: NodeJS.Signals) => unknown,
  isGone: () => Promise<boolean>,
): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
    ["SIGKILL", IMMEDIATE_STOP_MS],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    if (await isGone()) return;
    try {
      kill(signal);
    } catch {
      return; // gone between the question and the signal
    }
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      if (await isGone()) return;
      await sleep(5);
    }
  }
}
