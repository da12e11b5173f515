/**
 * What a GenieACS remembers of one CPE: each parameter by itself, with the time at which it was last read or written. It
 * knows nothing that it did not ask for, and keeps what it once knew (genieacs-nbi.md 1).
 */
import { isObject, type TreeNode } from "../../../model/tree/tree.ts";
import { findNode, nodesBelow, shownValue, type CpeState } from "../cpe-state.ts";

export interface KnownLeaf {
  readonly value: string | number | boolean;
  readonly type: string;
  /** Undefined until its name was asked for: an Inform says values only. */
  readonly writable: boolean | undefined;
  readonly atMs: number;
}

export interface KnownObject {
  readonly writable: boolean | undefined;
  /** When its children were last listed. */
  readonly listedMs: number | undefined;
}

/** Paths without a dot at their end. */
export interface Memory {
  readonly leaves: Map<string, KnownLeaf>;
  readonly objects: Map<string, KnownObject>;
}

export function emptyMemory(): Memory {
  return { leaves: new Map(), objects: new Map() };
}

/** Text as GenieACS keeps it: numbers, truths and times by type, with a text that does not fit left as it is (0.4). */
export function bent(text: string, type: string): KnownLeaf["value"] {
  switch (type) {
    case "xsd:int":
    case "xsd:unsignedInt": {
      const number = Number.parseInt(text, 10);
      return Number.isNaN(number) ? text : number;
    }
    case "xsd:boolean":
      return text === "true" || text === "1"
        ? true
        : text === "false" || text === "0"
          ? false
          : text;
    case "xsd:dateTime": {
      const ms = Date.parse(text);
      return Number.isNaN(ms) ? text : new Date(ms).toISOString();
    }
    default:
      return text;
  }
}

function typeOf(node: TreeNode): string {
  return `xsd:${node.type ?? "string"}`;
}

/** Where its source did not say, a CPE refuses to be written. */
function isWritable(node: TreeNode): boolean {
  return node.writable === true;
}

function bare(path: string): string {
  return path.endsWith(".") ? path.slice(0, -1) : path;
}

function ancestorsOf(path: string): string[] {
  const segments = bare(path).split(".");
  return segments.slice(1).map((_, i) => segments.slice(0, i + 1).join("."));
}

/** The object is known to be there, and no more than that. */
function mention({ objects }: Memory, path: string): void {
  for (const each of ancestorsOf(path)) {
    if (!objects.has(each)) objects.set(each, { writable: undefined, listedMs: undefined });
  }
}

function read(memory: Memory, cpe: CpeState, node: TreeNode, atMs: number): void {
  const type = typeOf(node);
  const value = bent(shownValue(cpe, node, atMs) ?? "", type);
  mention(memory, node.path);
  memory.leaves.set(node.path, { value, type, writable: isWritable(node), atMs });
}

/** What a CPE says of itself at each Inform, as far as it has it. */
const INFORMED = [
  "DeviceInfo.HardwareVersion",
  "DeviceInfo.SoftwareVersion",
  "DeviceInfo.ProvisioningCode",
  "ManagementServer.ParameterKey",
  "ManagementServer.ConnectionRequestURL",
];

export function inform(memory: Memory, cpe: CpeState, atMs: number): void {
  for (const rest of INFORMED) {
    const path = `${cpe.model.root}.${rest}`;
    const node = findNode(cpe, path);
    if (node === undefined || isObject(node)) continue;
    const writable = memory.leaves.get(path)?.writable;
    read(memory, cpe, node, atMs);
    const leaf = memory.leaves.get(path);
    if (leaf !== undefined) memory.leaves.set(path, { ...leaf, writable });
  }
}

/** Forgets a path and all below it. */
export function forget({ leaves, objects }: Memory, path: string): void {
  for (const known of [leaves, objects]) {
    for (const each of known.keys()) {
      if (each === path || each.startsWith(`${path}.`)) known.delete(each);
    }
  }
}

/**
 * The provision `refresh`: one parameter, or an object with all below it. Quantised to the second (3): what was read or
 * written in this second already is not asked for again.
 */
export function refresh(memory: Memory, cpe: CpeState, path: string, sessionMs: number): void {
  const second = Math.floor(sessionMs / 1_000) * 1_000;
  const isFresh = (atMs: number | undefined): boolean => atMs !== undefined && atMs >= second;
  /** Its value, unless that is of this second; that it can be written is learnt with its name. */
  const learn = (each: TreeNode): void => {
    const known = memory.leaves.get(each.path);
    if (known === undefined || !isFresh(known.atMs)) read(memory, cpe, each, sessionMs + 4);
    else memory.leaves.set(each.path, { ...known, writable: isWritable(each) });
  };
  const node = findNode(cpe, path);
  if (node !== undefined && !isObject(node)) {
    learn(node);
    return;
  }
  const object = findNode(cpe, `${path}.`);
  if (object === undefined) {
    forget(memory, path);
    return;
  }
  if (isFresh(memory.objects.get(path)?.listedMs)) return;
  const below = nodesBelow(cpe, `${path}.`);
  const there = new Set(below.map((each) => bare(each.path)));
  for (const each of [...memory.leaves.keys(), ...memory.objects.keys()]) {
    if (each.startsWith(`${path}.`) && !there.has(each)) forget(memory, each);
  }
  mention(memory, object.path);
  for (const each of [object, ...below]) {
    if (isObject(each)) {
      const listed = { writable: isWritable(each), listedMs: sessionMs };
      memory.objects.set(bare(each.path), listed);
    } else learn(each);
  }
}

/** The name of a parameter, and whether it can be written: what is asked before anything is set. */
export function discover(memory: Memory, cpe: CpeState, path: string): KnownLeaf | undefined {
  const known = memory.leaves.get(path);
  if (known?.writable !== undefined) return known;
  const node = findNode(cpe, path);
  if (node === undefined || isObject(node)) return undefined;
  if (known === undefined) read(memory, cpe, node, 0);
  const found = memory.leaves.get(path);
  if (found !== undefined) memory.leaves.set(path, { ...found, writable: isWritable(node) });
  return memory.leaves.get(path);
}
