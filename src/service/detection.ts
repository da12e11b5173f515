/** Looks for misuse in what came in: a loop that takes what waits. */
import type { FindingsStore } from "../ports/findings-store.ts";
import { reportMistake, takeWhatWaits, type Taking } from "./taking.ts";

/** A record is looked at within this, as a rule. */
const EVERY_MS = 500;

/** Until the signal aborts. Several processes may do it: they take turns. */
export async function detectMisuse(
  deps: Taking & { readonly store: FindingsStore },
  signal: AbortSignal,
): Promise<void> {
  const failed = (error: unknown): void => {
    reportMistake(deps.telemetry, error, {
      log: "misuse could not be looked for in what came in; again in 10 min",
      message: "an evaluation of misuse failed",
      of: "evaluation",
    });
  };
  const how = { everyMs: EVERY_MS, trouble: "misuse is not looked for now" };
  await takeWhatWaits(deps, how, async () => (await deps.store.evaluateDue(failed)) > 0, signal);
}
