/** Loops beside everything else that take what waits: nothing waits for them, and their trouble is their own (I19). */
import { messageOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { Telemetry } from "../ports/telemetry.ts";

const AFTER_TROUBLE_MS = 10_000;

export interface Taking {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/**
 * Until the signal aborts. Several processes may do it: they take turns.
 * @param everyMs until it is looked again where nothing waited
 * @param trouble what does not happen now, for the log
 * @param take resolves to whether there was something
 */
export async function takeWhatWaits(
  { telemetry, clock }: Taking,
  { everyMs, trouble }: { readonly everyMs: number; readonly trouble: string },
  take: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs = everyMs;
    try {
      if (await take()) waitMs = 0;
    } catch (error) {
      telemetry.log("warn", `${trouble}: ${messageOf(error)}`);
      waitMs = AFTER_TROUBLE_MS;
    }
    await clock.sleep(waitMs, signal);
  }
}

/** What was thrown may quote a record: its kind is told, and the rest goes to where mistakes of ours are looked at. */
export function reportMistake(
  telemetry: Telemetry,
  error: unknown,
  told: { readonly log: string; readonly message: string; readonly of: string },
): void {
  const cause = error instanceof Error ? error.name : "unknown";
  telemetry.log("error", told.log, { cause });
  telemetry.capture({
    message: told.message,
    fingerprint: ["fraud", told.of, cause],
    level: "error",
    tags: { cause },
    error,
  });
}
