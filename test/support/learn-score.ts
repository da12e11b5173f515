/**
 * How well `map learn` does on a device whose own map was taken away: what it would write, beside what that map writes.
 * Two bindings are the same when they read the same from the tree and send the same calls for the edge values of the type.
 */
import { canonicalJson } from "../../src/lib/hash.ts";
import { DICTIONARY } from "../../src/mapping/dictionary/index.ts";
import { samples } from "../../src/mapping/dictionary/samples.ts";
import { loadMaps, type MapSource } from "../../src/mapping/load.ts";
import { suggestedMap } from "../../src/mapping/learn/document.ts";
import { suggest } from "../../src/mapping/learn/suggest.ts";
import type { Mapper, MapSet } from "../../src/mapping/mapper.ts";
import { settledSelection } from "../../src/mapping/tools/settle.ts";
import type { LogicalValue } from "../../src/model/logical.ts";
import type { DeviceFacts } from "../../src/model/device.ts";
import type { Snapshot } from "../../src/model/parameter.ts";
import { factsOf } from "../../src/model/tree/facts.ts";
import { snapshotOf } from "../../src/model/tree/snapshot.ts";
import type { DeviceTree } from "../../src/model/tree/tree.ts";

export interface LearnScore {
  readonly map: string;
  /** Logical parameters that the map writes. */
  readonly wanted: readonly string[];
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
  /** Proposed for writing, and the map does not write them: nobody can say whether they are right. */
  readonly unjudged: readonly string[];
}

const WIDER = ["base", "vendor"];

function mapperFor(set: MapSet, facts: DeviceFacts, snapshot: Snapshot): Mapper | null {
  const selection = settledSelection(set, facts, snapshot);
  return selection.kind === "map" ? selection.mapper : null;
}

const writes = (mapper: Mapper | null, logical: string): boolean =>
  mapper?.bindings.get(logical)?.observeOnly === false;

/** Can it be written on this very tree? A parameter that is not there says nothing about the assistant. */
function writable(mapper: Mapper, snapshot: Snapshot): readonly string[] {
  return [...mapper.bindings.keys()].filter((logical) => {
    const { kind } = mapper.get(logical, snapshot);
    return writes(mapper, logical) && kind !== "absent" && kind !== "foreign";
  });
}

/**
 * Do both read the same, and send the same wherever both send something? A map that takes fewer characters or words is
 * narrower, not wrong.
 */
function same(a: Mapper, b: Mapper, logical: string, snapshot: Snapshot): boolean {
  const read = (mapper: Mapper): string => canonicalJson(mapper.get(logical, snapshot));
  const sent = (mapper: Mapper, value: LogicalValue): string | null => {
    const put = mapper.put(logical, value, snapshot);
    return put.kind === "refused" ? null : canonicalJson(put.calls);
  };
  const pairs = samples(DICTIONARY.get(logical)?.type.domain ?? { kind: "boolean" })
    .map((value) => [sent(a, value), sent(b, value)] as const)
    .filter(([one, other]) => one !== null && other !== null);
  return read(a) === read(b) && pairs.length > 0 && pairs.every(([one, other]) => one === other);
}

const nameOf = ({ document }: MapSource): string =>
  (document as { metadata: { name: string } }).metadata.name;

/** Null for a tree that no map of a model fits. */
export function learnScore(tree: DeviceTree, sources: readonly MapSource[]): LearnScore | null {
  const facts = factsOf(tree);
  const snapshot = snapshotOf(tree);
  const all = loadMaps(sources);
  const own = mapperFor(all, facts, snapshot);
  if (own === null || own.general) return null;
  const removed = new Set(
    all.maps
      .filter(({ name, layer }) => own.layers.includes(name) && !WIDER.includes(layer))
      .map(({ name }) => name),
  );
  const left = sources.filter((source) => !removed.has(nameOf(source)));
  const suggestion = suggest(
    tree,
    left.map(({ document }) => document),
  );
  const { document } = suggestedMap(suggestion);
  const approved = { ...document, metadata: { name: "learned" } };
  const learned = mapperFor(
    loadMaps([...left, { source: "learned", document: approved }]),
    facts,
    snapshot,
  );
  if (learned === null) throw new Error("the suggested map does not fit its own tree");
  const wanted = writable(own, snapshot);
  const proposed = writable(learned, snapshot);
  const differs = new Set(wanted.filter((logical) => !same(own, learned, logical, snapshot)));
  const judged = proposed.filter((logical) => wanted.includes(logical));
  return {
    map: own.name,
    wanted,
    right: judged.filter((logical) => !differs.has(logical)),
    wrong: judged.filter((logical) => differs.has(logical)),
    missed: wanted.filter((logical) => !proposed.includes(logical)),
    unjudged: proposed.filter((logical) => !wanted.includes(logical)),
  };
}
