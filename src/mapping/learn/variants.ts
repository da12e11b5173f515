/**
 * The forms in which a known home may hold on another device: as it is, with its row found by content, or moved into the
 * branch of another vendor. Each says what it changed, as that is part of the evidence.
 */
import type { DeviceTree } from "../../model/tree/tree.ts";
import type { AnchorText } from "../anchors.ts";
import type { Home } from "./homes.ts";
import { bare, general, pathsIn, withoutVendor, withPaths } from "./paths.ts";
import { bandAnchor, knownConditions, rowAndRest, rowsOf, usualPreferences } from "./rows.ts";

export interface Variant {
  readonly logical: string;
  readonly lens: readonly unknown[];
  readonly anchors: Readonly<Record<string, AnchorText>>;
  /** `known`: as a map says it. `moved`: the same names under another vendor's prefix. `alike`: the same last two names. */
  readonly how: "known" | "moved" | "alike";
  readonly changes: readonly string[];
}

/** Parameters of a tree by what their names say without vendors and numbers. */
export interface Names {
  readonly whole: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the last two names, below a vendor's branch only. */
  readonly ends: ReadonlyMap<string, ReadonlySet<string>>;
}

const lastTwo = (path: string): string => path.split(".").slice(-2).join(".");

export function namesOf(tree: DeviceTree): Names {
  const whole = new Map<string, Set<string>>();
  const ends = new Map<string, Set<string>>();
  const put = (index: Map<string, Set<string>>, key: string, path: string): void => {
    index.set(key, (index.get(key) ?? new Set()).add(path));
  };
  for (const { path } of tree.nodes.values()) {
    if (path.endsWith(".")) continue;
    const shape = general(path, {}) ?? path;
    put(whole, bare(shape), shape);
    if (shape.includes(".X_")) put(ends, lastTwo(bare(shape)), shape);
  }
  return { whole, ends };
}

/** A row anchor of its own for each table, named for it. */
function nameFor(row: string, taken: Readonly<Record<string, unknown>>): string {
  const table = row.split(".").findLast((segment) => !segment.startsWith("{")) ?? "row";
  const word = withoutVendor(table).replace(/[^A-Za-z0-9]/g, "");
  const base = word.charAt(0).toLowerCase() + word.slice(1) || "row";
  let name = base === "row" ? "rowOf" : base;
  for (let n = 2; taken[name] !== undefined; n += 1) name = `${base}${n}`;
  return name;
}

function anchorFor(logical: string, row: string, tree: DeviceTree): AnchorText | null {
  const band = /^wifi\.(2g|5g)\./.exec(logical)?.[1];
  const rows = rowsOf(row, tree);
  if (rows.size === 0) return null;
  if (band === "2g" || band === "5g") return bandAnchor(row, band, tree);
  if (rows.size === 1) return { row };
  const prefer = usualPreferences(row, tree);
  return prefer.length === 0 ? null : { row, prefer: [...prefer] };
}

/** Every path with a row number goes below an anchor; null where no content tells the row. */
function anchored(variant: Variant, tree: DeviceTree): Variant | null {
  const anchors: Record<string, AnchorText> = { ...variant.anchors };
  const byRow = new Map<string, string>();
  const changes: string[] = [];
  for (const path of pathsIn(variant.lens)) {
    const parts = path.startsWith("$") ? null : rowAndRest(path);
    if (parts === null || byRow.has(parts.row)) continue;
    const anchor = anchorFor(variant.logical, parts.row, tree);
    if (anchor === null) return null;
    const name = nameFor(parts.row, anchors);
    anchors[name] = anchor;
    byRow.set(parts.row, name);
    changes.push(`its row is found by ${howFound(anchor)}`);
  }
  if (byRow.size === 0) return variant;
  const lens = withPaths(variant.lens, (path) => {
    const parts = path.startsWith("$") ? null : rowAndRest(path);
    const name = parts === null ? undefined : byRow.get(parts.row);
    if (parts === null || name === undefined) return path;
    return parts.rest === "" ? `$${name}` : `$${name}.${parts.rest}`;
  }) as readonly unknown[];
  return { ...variant, lens, anchors, changes: [...variant.changes, ...changes] };
}

function howFound(anchor: AnchorText): string {
  const conditions = [...(anchor.where ?? []), ...(anchor.prefer ?? [])];
  return conditions.length === 0
    ? "being the only one"
    : conditions.map(({ param }) => param).join(", ");
}

/** Anchors without what this device lacks, and with what is usual where that leaves several rows. */
function loosened(variant: Variant, tree: DeviceTree): Variant | null {
  const changes: string[] = [];
  const anchors = Object.fromEntries(
    Object.entries(variant.anchors).map(([name, anchor]) => {
      if (anchor.row === undefined) return [name, anchor];
      const known = knownConditions(anchor, tree);
      const said = (known.where?.length ?? 0) + (known.prefer?.length ?? 0);
      if (said !== (anchor.where?.length ?? 0) + (anchor.prefer?.length ?? 0))
        changes.push(`conditions of $${name} that this device does not know are left out`);
      const prefer = [...(known.prefer ?? []), ...usualPreferences(anchor.row, tree)];
      const once = prefer.filter(
        (one, at) => prefer.findIndex(({ param }) => param === one.param) === at,
      );
      if (once.length > (known.prefer?.length ?? 0))
        changes.push(`$${name} also prefers what is usual`);
      return [name, { ...known, prefer: once }];
    }),
  );
  return changes.length === 0 ? null : { ...variant, anchors, changes };
}

/** The same names in the branch of the vendor that this tree has: one tree path for each path of the home, or none. */
function moved(home: Home, names: Names, tree: DeviceTree): Variant | null {
  const target = new Map<string, string>();
  let how: Variant["how"] = "moved";
  for (const path of new Set(pathsIn(home.lens))) {
    const shape = general(path, home.anchors);
    if (shape === null) return null;
    const same = names.whole.get(bare(shape));
    const alike = names.ends.get(lastTwo(bare(shape)));
    const found = same?.size === 1 ? same : alike?.size === 1 ? alike : undefined;
    const [only] = found ?? [];
    if (only === undefined) return null;
    if (found !== same) how = "alike";
    target.set(path, only);
  }
  if ([...target].every(([path, shape]) => general(path, home.anchors) === shape)) return null;
  const anchors: Record<string, AnchorText> = {};
  const byRow = new Map<string, string>();
  for (const shape of target.values()) {
    const { row } = rowOfShape(shape);
    if (row === null || byRow.has(row)) continue;
    const anchor = anchorFor(home.logical, row, tree);
    if (anchor === null) return null;
    const name = nameFor(row, anchors);
    anchors[name] = anchor;
    byRow.set(row, name);
  }
  const lens = withPaths(home.lens, (path) => {
    const shape = target.get(path);
    if (shape === undefined) return path;
    const { row, rest } = rowOfShape(shape);
    const name = row === null ? undefined : byRow.get(row);
    return name === undefined ? shape : rest === "" ? `$${name}` : `$${name}.${rest}`;
  }) as readonly unknown[];
  return { logical: home.logical, lens, anchors, how, changes: ["under the names of this vendor"] };
}

function rowOfShape(shape: string): { readonly row: string | null; readonly rest: string } {
  const segments = shape.split(".");
  const last = segments.lastIndexOf("{}");
  if (last < 0) return { row: null, rest: shape };
  let letter = 0;
  const row = segments
    .slice(0, last + 1)
    .map((segment) => (segment === "{}" ? `{${"abcdefgh"[letter++] ?? "x"}}` : segment))
    .join(".");
  return { row, rest: segments.slice(last + 1).join(".") };
}

/** In the order in which they are worth trying. */
export function variantsOf(home: Home, tree: DeviceTree, names: Names): readonly Variant[] {
  const asIs: Variant = {
    logical: home.logical,
    lens: home.lens,
    anchors: home.anchors,
    how: "known",
    changes: [],
  };
  const found = anchored(asIs, tree);
  const loose = found === null ? null : loosened(found, tree);
  return [found, loose, moved(home, names, tree)].filter((one) => one !== null);
}
