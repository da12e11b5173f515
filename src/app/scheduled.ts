/** Looks for documents whose time has come. Their times stand in the database, so a look that is missed does no harm. */
import { messageOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

const EVERY_MS = 1_000;

/** Until `signal` aborts. Several processes may look; one of them makes each document current. */
export async function watchScheduled(
  store: Pick<DocumentStore, "applyScheduled">,
  { telemetry, clock }: { readonly telemetry: Telemetry; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    try {
      await store.applyScheduled();
      told = "";
    } catch (error) {
      const message = messageOf(error);
      // Once, and not each second while a database is away.
      if (message !== told) telemetry.log("warn", `scheduled changes not looked at: ${message}`);
      told = message;
    }
    await clock.sleep(EVERY_MS, signal);
  }
}
