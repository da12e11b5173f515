/**
 * A device document as parameters by full path (genieacs-nbi.md 1). Pure.
 *
 * `{"Device": {"PPP": {"Interface": {"1": {"Username": {"_value": "anna", "_type": "xsd:string", "_timestamp": ...}}}}}}`
 * is the leaf `Device.PPP.Interface.1.Username`. Members that begin with `_` are GenieACS's own.
 */
import type { ParameterPath, Reading } from "../../model/parameter.ts";
import { isMembers, timeOf, type Members } from "./answer.ts";

export interface Leaf {
  /** Undefined: its name is known and its value was never read. */
  readonly reading: Exclude<Reading, { readonly kind: "failed" }> | undefined;
  /** When the ACS last read or wrote it, on its own clock, ms; undefined when it never did. */
  readonly at: number | undefined;
  /** `xsd:string`; empty when not known. */
  readonly type: string;
  /** Undefined until the CPE was asked for its names. */
  readonly writable: boolean | undefined;
}

export interface Tree {
  readonly leaves: ReadonlyMap<ParameterPath, Leaf>;
  /** Objects, without a dot at their end, with the time at which their children were last listed. */
  readonly objects: ReadonlyMap<string, number | undefined>;
}

/** The roots of the two data models; `VirtualParameters`, `Downloads` and the like are not the CPE's. */
export const ROOTS = ["InternetGatewayDevice", "Device"] as const;

/** GenieACS itself follows paths of 16 segments. */
const DEEPEST = 32;

export function treeOf(document: Members): Tree {
  const leaves = new Map<ParameterPath, Leaf>();
  const objects = new Map<string, number | undefined>();
  const walk = (node: Members, path: string, depth: number): void => {
    if (node["_object"] === false || "_value" in node) {
      leaves.set(path, leafOf(node));
      return;
    }
    objects.set(path, timeOf(node["_timestamp"]));
    if (depth >= DEEPEST) return;
    for (const [name, child] of Object.entries(node)) {
      if (!name.startsWith("_") && isMembers(child)) walk(child, `${path}.${name}`, depth + 1);
    }
  };
  for (const root of ROOTS) {
    const node = document[root];
    if (isMembers(node)) walk(node, root, 1);
  }
  return { leaves, objects };
}

function leafOf(node: Members): Leaf {
  const writable = node["_writable"];
  return {
    reading: readingOf(node["_value"]),
    at: timeOf(node["_timestamp"]),
    type: typeof node["_type"] === "string" ? node["_type"] : "",
    writable: typeof writable === "boolean" ? writable : undefined,
  };
}

function readingOf(value: unknown): Leaf["reading"] {
  if (value === null) return { kind: "null" };
  if (typeof value === "string") return { kind: "value", text: value };
  if (typeof value === "number" || typeof value === "boolean") {
    return { kind: "value", text: String(value) };
  }
  return undefined;
}
