/** Looks for misuse in what came in: a loop that takes what waits. Nothing waits for it, and its trouble is its own (I19). */
import { messageOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { FindingsStore } from "../ports/findings-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** A record is looked at within this, as a rule. */
const EVERY_MS = 500;
const AFTER_TROUBLE_MS = 10_000;

/** Until the signal aborts. Several processes may do it: they take turns. */
export async function detectMisuse(
  deps: {
    readonly store: FindingsStore;
    readonly telemetry: Telemetry;
    readonly clock: Clock;
  },
  signal: AbortSignal,
): Promise<void> {
  const { store, telemetry, clock } = deps;
  const failed = (error: unknown): void => {
    // What was thrown may quote a record: its kind is told, and the rest goes to where mistakes of ours are looked at.
    const cause = error instanceof Error ? error.name : "unknown";
    telemetry.log("error", "misuse could not be looked for in what came in; again in 10 min", {
      cause,
    });
    telemetry.capture({
      message: "an evaluation of misuse failed",
      fingerprint: ["fraud", "evaluation", cause],
      level: "error",
      tags: { cause },
      error,
    });
  };
  while (!signal.aborted) {
    let waitMs = EVERY_MS;
    try {
      if ((await store.evaluateDue(failed)) > 0) waitMs = 0;
    } catch (error) {
      telemetry.log("warn", `misuse is not looked for now: ${messageOf(error)}`);
      waitMs = AFTER_TROUBLE_MS;
    }
    await clock.sleep(waitMs, signal);
  }
}
