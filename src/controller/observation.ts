/** What is kept of a read: for the record, for the next pass, and for people. */
import { sightings } from "../fraud/sighting.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { DeviceFacts } from "../model/device.ts";
import type { Epoch } from "../model/epoch.ts";
import type { Observation } from "../model/logical.ts";
import type { Reading, Snapshot } from "../model/parameter.ts";
import type { ObservationRecord } from "../ports/engine-store.ts";
import { secretPathsOf } from "../reconcile/renewal.ts";
import { normaliseEntry } from "./decoded.ts";

/** What the map wants of the read, without the rest of the tree. */
export function observationOf(
  mapper: Mapper,
  snapshot: Snapshot,
  facts: DeviceFacts,
  readAt: Date,
  changeId: string,
  epoch: Epoch,
): ObservationRecord {
  const observed = new Map<string, Observation>();
  for (const logical of mapper.bindings.keys())
    observed.set(logical, mapper.get(logical, snapshot));
  const decoded: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [logical, observation] of observed) {
    if (observation.kind !== "unread") decoded[logical] = normaliseEntry(observation);
  }
  const names = mapper.wanted([...mapper.bindings.keys()], snapshot);
  const exact = new Set(names);
  const subtrees = names.filter((name) => name.endsWith("."));
  const isKept = (path: string): boolean =>
    exact.has(path) || subtrees.some((subtree) => path.startsWith(subtree));
  const secretPaths = new Set(secretPathsOf(mapper, snapshot));
  const values = new Map<string, Reading>();
  for (const [path, reading] of snapshot.values) {
    // That a secret's parameter exists is worth keeping; what it showed is not (I18).
    if (isKept(path)) values.set(path, secretPaths.has(path) ? { kind: "null" } : reading);
  }
  return {
    readAt,
    mapName: mapper.name,
    mapHash: mapper.hash,
    snapshot: { values, covered: snapshot.covered.filter((subtree) => subtrees.includes(subtree)) },
    decoded,
    facts,
    changeId,
    epoch,
    credentials: sightings(observed),
  };
}
