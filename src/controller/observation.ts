/** What is kept of a read: for the record, for the next pass, and for people. */
import { sightings } from "../fraud/sighting.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { DeviceFacts } from "../model/device.ts";
import type { Epoch } from "../model/epoch.ts";
import type { Observation } from "../model/logical.ts";
import type { Reading, Snapshot } from "../model/parameter.ts";
import type { ObservationRecord, Told } from "../ports/observation.ts";
import { secretPathsOf } from "../reconcile/renewal.ts";
import { isShown, shownSecrets } from "../reconcile/shown-secrets.ts";
import { normaliseEntry } from "./decoded.ts";

/** What the map wants of the read, without the rest of the tree. */
export function observationOf(
  mapper: Mapper,
  snapshot: Snapshot,
  facts: DeviceFacts,
  readAt: Date,
  changeId: string,
  epoch: Epoch,
  told: Told,
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
    if (isKept(path)) values.set(path, secretPaths.has(path) ? withoutSecret(reading) : reading);
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
    ...told,
  };
}

/** That a secret's parameter exists, and whether it shows anything, is worth keeping; what it showed is not (I18). */
function withoutSecret(reading: Reading): Reading {
  return isShown(reading) || reading.kind === "null"
    ? { kind: "null" }
    : { kind: "value", text: "" };
}

/** @param answer of the read alone: a time since the last boot that is remembered would tell of another boot */
export function toldBy(mapper: Mapper, snapshot: Snapshot, answer: Snapshot): Told {
  const uptime = mapper.get("device.uptime", answer);
  const seconds = uptime.kind === "value" ? Number(uptime.value) : Number.NaN;
  return {
    uptimeSeconds: Number.isFinite(seconds) ? seconds : null,
    secrets: shownSecrets(mapper, snapshot, answer),
  };
}
