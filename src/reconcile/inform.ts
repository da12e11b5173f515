/** How often a CPE informs by itself, as it says: what anything that waits for its next Inform is measured by. */
import type { Mapper } from "../mapping/mapper.ts";
import type { Snapshot } from "../model/parameter.ts";

const INTERVAL = "mgmt.periodic-inform-interval";

/** To be read along with whatever is read: none where the map does not know it, or the device was seen to lack it. */
export function alsoRead(mapper: Mapper, known: Snapshot | null): readonly string[] {
  if (!mapper.bindings.has(INTERVAL)) return [];
  return known !== null && mapper.get(INTERVAL, known).kind === "absent" ? [] : [INTERVAL];
}

/** ms; null where nobody knows. */
export function informIntervalMs(mapper: Mapper, snapshot: Snapshot): number | null {
  if (!mapper.bindings.has(INTERVAL)) return null;
  const observation = mapper.get(INTERVAL, snapshot);
  const seconds = observation.kind === "value" ? Number(observation.value) : 0;
  return seconds > 0 ? seconds * 1_000 : null;
}

/** How long a change may take to show on a CPE that takes it at its next Inform, and to be read at the one after that. */
export function verifyWithin(
  allowedMs: number,
  reach: "push" | "pull",
  intervalMs: number | null,
): number {
  return reach === "pull" ? Math.max(allowedMs, 2 * (intervalMs ?? 0)) : allowedMs;
}
