/**
 * The map of a device whose whole tree is at hand: what the matches ask of its parameters is looked up in the tree, as
 * often as a further map asks for more.
 */
import type { DeviceFacts } from "../../model/device.ts";
import type { Snapshot } from "../../model/parameter.ts";
import type { MapSet, Selection } from "../mapper.ts";

/** Each round lays at least one more map over the others, and no device fits so many. */
const MAX_ROUNDS = 8;

/** @param snapshot of the whole tree, so that a parameter that is not in it is absent */
export function settledSelection(set: MapSet, facts: DeviceFacts, snapshot: Snapshot): Selection {
  let known = facts;
  let selection = set.select(known);
  for (let round = 0; round < MAX_ROUNDS && selection.kind === "undecided"; round += 1) {
    if (selection.likely === null) return selection;
    const { presence } = selection.likely.facts(snapshot);
    known = { ...known, presence: { ...known.presence, ...presence } };
    selection = set.select(known);
  }
  return selection;
}
