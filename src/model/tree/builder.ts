/**
 * Collects the rows of a source, in any order, into a tree that holds together: paths are paths, a name stands once,
 * nothing lies below a parameter, every object on the way is there.
 *
 * Two rows of one name are one node where each says what the other does not (a GetParameterNamesResponse and a
 * GetParameterValuesResponse); where they differ that is a problem.
 */
import type { Problem } from "../../lib/errors.ts";
import { parentOf, ROOTS, type DeviceTree, type TreeNode } from "./tree.ts";

/** One node as a source says it, before it is known what lies below it. */
export interface TreeRow {
  /** With or without the last dot of an object. */
  readonly path: string;
  /** Null: the source does not say; then it is an object if it ends in a dot or anything lies below it. */
  readonly object: boolean | null;
  readonly writable: boolean | null;
  /** With or without the prefix; empty is null. */
  readonly type: string | null;
  readonly value: string | null;
}

export type TreePlace = Pick<Problem, "line" | "column" | "pointer">;

export type ParsedTree =
  | { readonly kind: "tree"; readonly tree: DeviceTree }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

interface Placed {
  readonly row: TreeRow;
  readonly place: TreePlace;
}

/** A text that is no tree at all has a problem in each line; nobody reads more than these. */
const MAX_PROBLEMS = 100;
/** TR-069 allows 256. */
const MAX_PATH = 512;
/** Wider than a map's paths: XML names may have letters of any script. A comma or a quote is a sign of another format. */
const PATH = /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u;
const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);
/** Branches that GenieACS keeps beside the device's own. All but the identity is passed over. */
const OF_THE_ACS = new Set([
  "DeviceID",
  "Downloads",
  "Events",
  "FactoryReset",
  "Reboot",
  "Tags",
  "VirtualParameters",
]);
const IDENTITY: ReadonlyMap<string, string> = new Map([
  ["DeviceID.Manufacturer", "manufacturer"],
  ["DeviceID.OUI", "oui"],
  ["DeviceID.ProductClass", "productClass"],
  ["DeviceID.SerialNumber", "serial"],
]);

const typeName = (type: string | null): string | null =>
  type?.replace(/^[A-Za-z_][\w.-]*:/, "") || null;

/** What both say together, or undefined where they say different things. */
function merged(a: TreeRow, b: TreeRow): TreeRow | undefined {
  const agree = (key: keyof TreeRow): boolean =>
    a[key] === null || b[key] === null || a[key] === b[key];
  if (!agree("object") || !agree("writable") || !agree("type") || !agree("value")) return undefined;
  return {
    path: a.path,
    object: a.object ?? b.object,
    writable: a.writable ?? b.writable,
    type: a.type ?? b.type,
    value: a.value ?? b.value,
  };
}

export class TreeBuilder {
  readonly #file: string;
  /** By path without the last dot. */
  readonly #rows = new Map<string, Placed>();
  readonly #header = new Map<string, readonly string[]>();
  readonly #problems: Problem[] = [];

  /** @param file only for problems */
  constructor(file: string) {
    this.#file = file;
  }

  problem(place: TreePlace, code: string, message: string): void {
    if (this.#problems.length < MAX_PROBLEMS) {
      this.#problems.push({ file: this.#file, ...place, code, message });
    }
  }

  header(key: string, cells: readonly string[]): void {
    this.#header.set(key, cells);
  }

  add(given: TreeRow, place: TreePlace): void {
    if (given.path.length > MAX_PATH || !PATH.test(given.path)) {
      this.problem(place, "invalid_path", "is not the full path of a parameter or an object");
      return;
    }
    const dotted = given.path.endsWith(".");
    const path = dotted ? given.path.slice(0, -1) : given.path;
    const root = path.split(".", 1)[0] ?? "";
    if (!ROOT_NAMES.has(root)) {
      this.#beside(root, path, given.value, place);
      return;
    }
    const row = {
      ...given,
      path,
      object: dotted || path === root ? true : given.object,
      type: typeName(given.type),
    };
    const known = this.#rows.get(path);
    const both = known === undefined ? row : merged(known.row, row);
    if (both === undefined) {
      this.problem(place, "duplicate_path", `${path} stands here again and says something else`);
      return;
    }
    this.#rows.set(path, { row: both, place: known?.place ?? place });
  }

  #beside(root: string, path: string, value: string | null, place: TreePlace): void {
    const key = IDENTITY.get(path);
    if (key !== undefined && value !== null) this.#header.set(key, [value]);
    if (!OF_THE_ACS.has(root)) {
      const message = `"${root}" is no root: a tree lies below InternetGatewayDevice or Device`;
      this.problem(place, "unknown_root", message);
    }
  }

  finish(): ParsedTree {
    const objects = new Set<string>();
    for (const path of this.#rows.keys()) {
      for (let at = parentOf(path); at !== "" && !objects.has(at); at = parentOf(at)) {
        objects.add(at);
      }
    }
    const nodes = new Map<string, TreeNode>();
    for (const [path, { row, place }] of this.#rows) {
      const holds = objects.has(`${path}.`);
      const object = row.object === true || holds;
      if (holds && row.object === false) {
        this.problem(place, "below_parameter", `${path} is a parameter, and something lies below`);
      } else if (object && row.value !== null && row.value !== "") {
        this.problem(place, "object_value", `${path} is an object, and an object has no value`);
      }
      this.#enter(nodes, object ? `${path}.` : path);
    }
    if (nodes.size === 0 && this.#problems.length === 0) {
      this.problem({ line: 1 }, "empty_tree", "holds no parameter");
    }
    return this.#problems.length > 0
      ? { kind: "problems", problems: this.#problems }
      : { kind: "tree", tree: { nodes, header: this.#header } };
  }

  /** With the objects that it lies in, which a source may name later or never. */
  #enter(nodes: Map<string, TreeNode>, path: string): void {
    if (nodes.has(path)) return;
    const parent = parentOf(path);
    if (parent !== "") this.#enter(nodes, parent);
    const object = path.endsWith(".");
    const row = this.#rows.get(object ? path.slice(0, -1) : path)?.row;
    nodes.set(path, {
      path,
      writable: row?.writable ?? null,
      type: object ? null : (row?.type ?? null),
      value: object ? null : (row?.value ?? null),
    });
  }
}
