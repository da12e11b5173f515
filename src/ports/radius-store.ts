/** Where RADIUS records go. Every method is one transaction and may be called twice with the same records. */
import type { Poison } from "../fraud/radius/poison.ts";
import type { RadiusEndpoint } from "../fraud/radius/read.ts";
import type { RadiusEvent } from "../fraud/radius-event.ts";

export interface QuarantinedRecord {
  readonly endpoint: RadiusEndpoint;
  readonly poison: Poison;
}

export interface RadiusStore {
  /**
   * Resolves after the commit; then every event is in the history and in its session, once.
   * @returns how many of the events were not there before
   */
  storeRadius(
    events: readonly RadiusEvent[],
    quarantined: readonly QuarantinedRecord[],
  ): Promise<number>;
}
