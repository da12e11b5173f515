/**
 * Everything that the rules may look at, as plain arrays in any order and with any repeats. The store loads the neighbourhood of
 * a change (its credential, MACs, serials, line, secret) for `retention`; `viewOf` gives it the shape that rules read.
 */
import type { RadiusEvent } from "../radius-event.ts";
import type { Sighting } from "./acs.ts";
import type { Digest, ListedCredential, Service, StockRecord } from "./billing.ts";
import type { BaseStation, Disturbance, Line, Nas, Site } from "./network.ts";
import type { Act, Pending, Push } from "./own-log.ts";
import type { CallHour, Registration } from "./voice.ts";

/** A packet with the digest of its credential; null: no user name, or one that is not the credential (an outer identity). */
export interface RadiusFact {
  readonly event: RadiusEvent;
  readonly credential: Digest | null;
}

export interface Facts {
  readonly radius: readonly RadiusFact[];
  readonly sightings: readonly Sighting[];
  readonly services: readonly Service[];
  readonly stock: readonly StockRecord[];
  readonly listed: readonly ListedCredential[];
  readonly nases: readonly Nas[];
  readonly lines: readonly Line[];
  readonly sites: readonly Site[];
  readonly baseStations: readonly BaseStation[];
  readonly disturbances: readonly Disturbance[];
  readonly pushes: readonly Push[];
  readonly pending: readonly Pending[];
  readonly acts: readonly Act[];
  readonly registrations: readonly Registration[];
  readonly calls: readonly CallHour[];
}

export const NO_FACTS: Facts = {
  radius: [],
  sightings: [],
  services: [],
  stock: [],
  listed: [],
  nases: [],
  lines: [],
  sites: [],
  baseStations: [],
  disturbances: [],
  pushes: [],
  pending: [],
  acts: [],
  registrations: [],
  calls: [],
};
