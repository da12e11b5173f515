/** A resolved map, opened: its anchors and lenses one by one, for laws that look at what a map is made of. */
import { parseAnchor, type Anchor } from "../anchors.ts";
import type { Lens } from "../codecs/codec.ts";
import { buildBinding } from "../build-binding.ts";
import { DICTIONARY } from "../dictionary/index.ts";
import { SOFTWARE } from "../facts.ts";
import type { LogicalType } from "../dictionary/type.ts";
import { usesOfBinding, type Use } from "../lint/uses.ts";
import type { Binding, Mapper } from "../mapper.ts";
import { viewOf } from "../snapshot-view.ts";
import type { View } from "../view.ts";
import type { Snapshot } from "../../model/parameter.ts";

export interface Bound {
  readonly binding: Binding;
  readonly type: LogicalType;
  readonly lens: Lens;
  /** Every path that it names. */
  readonly uses: readonly Use[];
}

export interface Subject {
  readonly mapper: Mapper;
  readonly anchors: ReadonlyMap<string, Anchor>;
  /** By logical name. */
  readonly bounds: ReadonlyMap<string, Bound>;
  view(snapshot: Snapshot): View;
}

/** A mapper comes from a set that was loaded, so nothing in it can fail to be built again. */
export function subjectOf(mapper: Mapper): Subject {
  const { resolved, bindings } = mapper;
  const anchors = new Map<string, Anchor>();
  for (const [name, given] of Object.entries(resolved.anchors)) {
    const anchor = parseAnchor(given);
    if (!("fault" in anchor)) anchors.set(name, anchor);
  }
  const bounds = new Map<string, Bound>();
  for (const [logical, given] of Object.entries(resolved.bind)) {
    const binding = bindings.get(logical);
    const type = DICTIONARY.get(logical)?.type;
    if (given === null || binding === undefined || type === undefined) continue;
    const built = buildBinding(logical, given, "", new Set(anchors.keys()));
    const { observeOnly } = binding;
    const place = { logical, file: "", pointer: "", observeOnly, text: given };
    const uses = usesOfBinding(place, built, anchors);
    bounds.set(logical, { binding, type, lens: built.lens, uses });
  }
  const software = bounds.get(SOFTWARE)?.lens;
  return { mapper, anchors, bounds, view: (snapshot) => viewOf(snapshot, anchors, software) };
}
