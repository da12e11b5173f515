/** The same device told otherwise: other instance numbers, another order of its rows, no value unread. */
import { defaultValue } from "../../model/tree/lexical.ts";
import {
  isObject,
  parentOf,
  ROOTS,
  type DeviceTree,
  type TreeNode,
} from "../../model/tree/tree.ts";

export interface Renumbering {
  /** Rows whose number is a part of their name: `Device.Table.Rule` of `Device.Table.Rule07`. */
  readonly inNames?: readonly string[];
  /**
   * @param table path before the number: `Device.PPP.Interface.`, or an entry of `inNames`; numbers of outer rows are the
   *   old ones
   * @param numbers those of all its rows, ascending
   * @returns as many numbers, all different, in the same order; `numbers` itself where nothing is to change
   */
  readonly permute: (table: string, numbers: readonly number[]) => readonly number[];
}

const REFERENCE = new RegExp(`^(${ROOTS.join("|")})\\.`);

/** The items of a value that are paths. */
const references = (value: string | null): string[] =>
  value === null ? [] : value.split(/,\s*/).filter((item) => REFERENCE.test(item));

/** The number in a segment, with the path before it; undefined where it has none. */
type Numbered = (
  head: string,
  segment: string,
) => { readonly table: string; readonly digits: string; readonly width: number } | undefined;

const numberedBy =
  (inNames: readonly string[]): Numbered =>
  (head, segment) => {
    if (/^\d+$/.test(segment)) return { table: head, digits: segment, width: 1 };
    const table = inNames.find((name) => (head + segment).startsWith(name));
    const digits = table === undefined ? "" : (head + segment).slice(table.length);
    return table !== undefined && /^\d+$/.test(digits)
      ? { table, digits, width: digits.length }
      : undefined;
  };

/** The path with each numbered segment as `change` says. */
function mapNumbers(
  path: string,
  numbered: Numbered,
  change: (table: string, number: number) => number,
): string {
  let head = "";
  const segments = path.split(".").map((segment) => {
    const found = numbered(head, segment);
    head += `${segment}.`;
    if (found === undefined) return segment;
    const { table, digits, width } = found;
    const number = String(change(table, Number(digits))).padStart(width, "0");
    return segment.slice(0, segment.length - digits.length) + number;
  });
  return segments.join(".");
}

/**
 * A copy in which rows have other numbers: in paths, and in values that are lists of paths (LowerLayers), with and without
 * the last dot. A number that stands alone in a value is left: nobody can know what it counts. Rows that are only referred
 * to are numbered with the others, so that a reference to nothing stays one.
 */
export function renumbered(tree: DeviceTree, renumbering: Renumbering): DeviceTree {
  const { path, text } = movesOf(tree, renumbering);
  const nodes = new Map<string, TreeNode>();
  for (const node of tree.nodes.values()) {
    const moved = path(node.path);
    nodes.set(moved, {
      ...node,
      path: moved,
      value: node.value === null ? null : text(node.value),
    });
  }
  return { ...tree, nodes };
}

/** What a renumbering does to a path of this tree, and to a value with paths in it. */
export function movesOf(
  tree: DeviceTree,
  { inNames = [], permute }: Renumbering,
): { readonly path: (path: string) => string; readonly text: (text: string) => string } {
  const numbered = numberedBy(inNames);
  const taken = new Map<string, Set<number>>();
  for (const { path, value } of tree.nodes.values()) {
    for (const each of [path, ...references(value)]) {
      mapNumbers(each, numbered, (table, number) => {
        taken.set(table, (taken.get(table) ?? new Set()).add(number));
        return number;
      });
    }
  }
  const moves = new Map<string, ReadonlyMap<number, number>>();
  for (const [table, numbers] of taken) {
    const old = [...numbers].sort((a, b) => a - b);
    const fresh = permute(table, old);
    moves.set(table, new Map(old.map((number, index) => [number, fresh[index] ?? number])));
  }
  const path = (given: string): string =>
    mapNumbers(given, numbered, (table, number) => moves.get(table)?.get(number) ?? number);
  return {
    path,
    text: (given) =>
      given
        .split(/(,\s*)/)
        .map((item) => (REFERENCE.test(item) ? path(item) : item))
        .join(""),
  };
}

/** The children of each object in another order; every object still comes before what lies in it. */
export function shuffled(
  tree: DeviceTree,
  permute: (paths: readonly string[]) => readonly string[],
): DeviceTree {
  const members = new Map<string, string[]>();
  for (const path of tree.nodes.keys()) {
    const parent = parentOf(path);
    const known = members.get(parent);
    if (known === undefined) members.set(parent, [path]);
    else known.push(path);
  }
  const nodes = new Map<string, TreeNode>();
  const emit = (parent: string): void => {
    for (const path of permute(members.get(parent) ?? [])) {
      const node = tree.nodes.get(path);
      if (node === undefined) continue;
      nodes.set(path, node);
      if (isObject(node)) emit(path);
    }
  };
  emit("");
  return { ...tree, nodes };
}

/**
 * A CPE that answers for everything: for what nobody ever read with the null value of the type, and with yes where a source
 * did not say whether a write is allowed (an export of values never does).
 */
export function awake(tree: DeviceTree): DeviceTree {
  const nodes = [...tree.nodes.values()].map((node) => ({
    ...node,
    writable: node.writable ?? true,
    value: isObject(node) ? null : (node.value ?? defaultValue(node.type)),
  }));
  return { ...tree, nodes: new Map(nodes.map((node) => [node.path, node])) };
}
