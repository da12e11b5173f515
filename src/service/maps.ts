/** Parameter maps as records: whether they go together with those that ship, and which devices a change of them touches. */
import type { MapSet } from "../mapping/mapper.ts";
import type { DeviceFacts } from "../model/device.ts";
import { mapsVersion, type MapRecord } from "../model/records.ts";
import type { Remap } from "../ports/fleet-store.ts";

/** The maps that ship with these records over them. @throws AppError `invalid_map` or `ambiguous_map`, with all problems */
export type MapsOf = (records: readonly MapRecord[]) => MapSet;

/** Content address of what a device gets; a map that is only likely is not the same as one that is certain. */
function reading(set: MapSet, facts: DeviceFacts): string {
  const selection = set.select(facts);
  switch (selection.kind) {
    case "map":
      return selection.mapper.hash;
    case "undecided":
      return `likely ${selection.likely?.hash ?? "none"}`;
    case "none":
      return "none";
  }
}

/** @throws AppError when the maps of after do not go together */
export function remapBetween(
  mapsOf: MapsOf,
): (before: readonly MapRecord[], after: readonly MapRecord[]) => Remap {
  return (before, after) => {
    const [old, now] = [mapsOf(before), mapsOf(after)];
    return (facts) => reading(old, facts) !== reading(now, facts);
  };
}

/** Remembers the last set: to read the maps anew takes a good part of a second, and they change a few times a year. */
export function rememberingMaps(mapsOf: MapsOf): MapsOf {
  let last: { readonly version: string; readonly set: MapSet } | null = null;
  return (records) => {
    const version = mapsVersion(records);
    if (last?.version !== version) last = { version, set: mapsOf(records) };
    return last.set;
  };
}
