/**
 * Signs of life from an ACS that lists its devices: whoever made contact since the last look, and is waited for, is served
 * now and not at its next probe. One call for a hundred devices; the list is gone on with from where it ended, also by
 * another process. What goes wrong here delays, and decides nothing: the probes stay.
 */
import { messageOf } from "../lib/errors.ts";
import type { Deps } from "./deps.ts";

/** At 0.5 s a call, 3 % of the ACS's time. */
const EVERY_MS = 15_000;

export async function watchContacts(
  deps: Deps,
  wake: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { acs, store, clock, telemetry, lease } = deps;
  if (acs.list === undefined) return;
  // It is what tells of those that are back: behind their passes it would wait until the last one is served.
  const context = { class: "returning", changeId: "contacts", signal } as const;
  let place: string | null | undefined;
  while (!signal.aborted) {
    try {
      place ??= await store.listedTo(lease().acs);
      const page = await acs.list(place, context);
      if (page.kind === "page") {
        const due = await store.contacted(lease(), page.devices, page.next);
        if (due > 0) wake();
        const goesOn = page.more && page.next !== place;
        place = page.next;
        if (goesOn) continue;
      } else if (page.kind === "unknown") deps.fault(page.fault, context.changeId, page.detail);
    } catch (error) {
      telemetry.log("warn", `last contacts of ${lease().acs} not stored: ${messageOf(error)}`);
    }
    await clock.sleep(EVERY_MS, signal);
  }
}
