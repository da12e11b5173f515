/** What others ask of this ACS, served by the process that may call it. */
import { messageOf } from "../lib/errors.ts";
import type { Deps } from "./deps.ts";
import { probe } from "./probe.ts";

/** Until `signal` aborts. A request that this process takes and does not end is taken by the next holder. */
export async function serveRequests(
  deps: Deps,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, telemetry, lease, settings } = deps;
  const over = (): boolean => signal.aborted;
  while (!over()) {
    try {
      const wanted = settings().probe;
      if (wanted !== null) {
        const { everyMs, sample, upTo } = wanted;
        await store.scheduleProbe(lease(), everyMs, { devices: [], sample, upTo });
      }
      const request = await store.takeRequest(lease());
      if (request !== null) {
        const result = await probe(request.spec, deps, signal, (levels) =>
          store.reportProgress(lease(), request.id, levels),
        );
        if (!over()) await store.finishRequest(lease(), request.id, result);
      }
    } catch (error) {
      telemetry.log("warn", `requests of ${lease().acs} not served: ${messageOf(error)}`);
    }
    await clock.sleep(pollMs, signal);
  }
}
