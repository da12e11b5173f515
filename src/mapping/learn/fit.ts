/** Does a home fit this tree? What its lens finds there, and whether the device would let it be written. */
import { canonicalJson } from "../../lib/hash.ts";
import { Secret } from "../../lib/secret.ts";
import type { Observation } from "../../model/logical.ts";
import type { Snapshot } from "../../model/parameter.ts";
import type { DeviceTree } from "../../model/tree/tree.ts";
import { parseAnchor, type Anchor, type AnchorText } from "../anchors.ts";
import type { Got, Lens } from "../codecs/codec.ts";
import { DICTIONARY } from "../dictionary/index.ts";
import { samples } from "../dictionary/samples.ts";
import { observationOf } from "../outcomes.ts";
import { buildLens } from "../pipeline.ts";
import { viewOf } from "../snapshot-view.ts";
import type { View } from "../view.ts";

export interface Fit {
  /** As `Observation`, with the reasons apart that it folds together; `broken`: the lens cannot even be built. */
  readonly got: Got["kind"] | "broken";
  readonly observation: Observation | null;
  /** Is every parameter that it would write writable in the tree? */
  readonly writable: boolean;
  /** Found, and it says something: not empty, not nothing. */
  readonly telling: boolean;
  /** What it would send for edge values of its type; null where it refuses one. */
  readonly sends: readonly (string | null)[];
}

/** Enough to see every word of the alphabets that are known. */
const SAMPLES = 24;

const BROKEN: Fit = {
  got: "broken",
  observation: null,
  writable: false,
  telling: false,
  sends: [],
};

function anchorsOf(
  given: Readonly<Record<string, AnchorText>>,
): ReadonlyMap<string, Anchor> | null {
  const anchors = new Map<string, Anchor>();
  for (const [name, text] of Object.entries(given)) {
    const anchor = parseAnchor(text);
    if ("fault" in anchor) return null;
    anchors.set(name, anchor);
  }
  return anchors;
}

export function fitOf(
  home: {
    readonly logical: string;
    readonly lens: readonly unknown[];
    readonly anchors: Readonly<Record<string, AnchorText>>;
  },
  tree: DeviceTree,
  snapshot: Snapshot,
): Fit {
  const def = DICTIONARY.get(home.logical);
  const anchors = anchorsOf(home.anchors);
  if (def === undefined || anchors === null) return BROKEN;
  const { lens, problems } = buildLens(home.logical, home.lens, "", new Set(anchors.keys()));
  if (problems.length > 0) return BROKEN;
  const view = viewOf(snapshot, anchors);
  const got = lens.get(view);
  const observation = observationOf(got, def.type);
  return {
    got: got.kind,
    observation,
    writable: isWritable(lens, view, tree),
    telling: observation.kind === "value" && says(observation.value),
    sends: samples(def.type.domain)
      .slice(0, SAMPLES)
      .map((value) => {
        const put = lens.put(value, view);
        return put.kind === "refused" ? null : canonicalJson(put.calls);
      }),
  };
}

/** Do two homes send the same wherever both send something? One that says less is not another one. */
export function agree(a: Fit, b: Fit): boolean {
  return a.sends.every((sent, at) => {
    const other = b.sends[at] ?? null;
    return sent === null || other === null || sent === other;
  });
}

function says(value: unknown): boolean {
  if (value === null || value === "" || value instanceof Secret) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== "object") return true;
  return Object.values(value).some((member) => says(member));
}

/** Tables: each parameter of each row that is there. What was not said to be writable is not. */
function isWritable(lens: Lens, view: View, tree: DeviceTree): boolean {
  const own = lens.needs.filter((need) => !("probe" in need));
  const paths = own.flatMap((need): readonly (string | null)[] => {
    if (need.kind === "table") return [];
    const place = view.place(need.path);
    return [place.kind === "path" ? place.path : null];
  });
  const tables = own.flatMap((need) =>
    need.kind === "table" ? view.rows(need.row).map(({ path }) => path) : [],
  );
  const inRows = [...tree.nodes.values()].filter(({ path }) =>
    tables.some((row) => path.startsWith(`${row}.`) && !path.endsWith(".")),
  );
  return (
    paths.length + inRows.length > 0 &&
    paths.every((path) => path !== null && tree.nodes.get(path)?.writable === true) &&
    (inRows.length === 0 || inRows.some(({ writable }) => writable === true))
  );
}
