/** What a change of maps does to devices: which values are read otherwise, and which wishes would be written otherwise. */
import { canonicalJson } from "../../lib/hash.ts";
import { Secret } from "../../lib/secret.ts";
import type { LogicalValue, Observation } from "../../model/logical.ts";
import type { Snapshot } from "../../model/parameter.ts";
import { DICTIONARY } from "../dictionary/index.ts";
import { samples } from "../dictionary/samples.ts";
import type { Mapper, PutResult } from "../mapper.ts";

export interface Changed {
  readonly logical: string;
  /** `read`: another outcome or value; `write`: the same is read, and something is written otherwise. */
  readonly what: "read" | "write";
  readonly before: Observation;
  readonly after: Observation;
}

/** Wishes that tell two bindings apart: a few edge values of the type. */
const WISHES = 8;

function wishesFor(logical: string): readonly LogicalValue[] {
  const type = DICTIONARY.get(logical)?.type;
  if (type === undefined) return [];
  return samples(type.domain)
    .filter((value) => value instanceof Secret || type.never(value) === undefined)
    .slice(0, WISHES);
}

const UNBOUND: Observation = { kind: "absent", path: "", detail: "is not bound" };

const readBy = (mapper: Mapper | null, logical: string, snapshot: Snapshot): Observation =>
  mapper?.bindings.has(logical) === true ? mapper.get(logical, snapshot) : UNBOUND;

/** How something is refused does not matter; that it is, does. */
const written = (result: PutResult | undefined): string =>
  result === undefined || result.kind === "refused" ? "nothing" : canonicalJson(result.calls);

/** By name; empty when the device would not notice. */
export function compareMaps(
  before: Mapper | null,
  after: Mapper | null,
  snapshot: Snapshot,
): readonly Changed[] {
  const names = new Set([...(before?.bindings.keys() ?? []), ...(after?.bindings.keys() ?? [])]);
  return [...names].sort().flatMap((logical): Changed[] => {
    const [old, now] = [readBy(before, logical, snapshot), readBy(after, logical, snapshot)];
    const change = { logical, before: old, after: now };
    if (canonicalJson(old) !== canonicalJson(now)) return [{ ...change, what: "read" }];
    const differs = wishesFor(logical).some(
      (wish) =>
        written(before?.put(logical, wish, snapshot)) !==
        written(after?.put(logical, wish, snapshot)),
    );
    return differs ? [{ ...change, what: "write" }] : [];
  });
}
