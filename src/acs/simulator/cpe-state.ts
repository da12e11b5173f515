/**
 * The memory of one CPE: its model's tree, which thousands share, and what differs from it. Never changed in place: the
 * ACS's idea of a CPE (last known values) is simply an older state.
 */
import { defaultValue } from "../../model/tree/lexical.ts";
import { isObject, type TreeNode } from "../../model/tree/tree.ts";
import type { CpeModel } from "./cpe-model.ts";
import { isCommand, isHidden } from "./hidden.ts";

/** Nodes by path that replace or join the model's tree; null: the node is gone. */
export type Overlay = ReadonlyMap<string, TreeNode | null>;

/**
 * What a CPE makes of a firmware that it fetched; `resets`: it runs it, with all else as it left the factory;
 * `never-returns`: it is gone for good.
 */
export type Flash = "runs" | "resets" | "not-taken" | "never-returns";

export interface CpeState {
  readonly model: CpeModel;
  readonly serial: string;
  /** Quirk of some CPEs of the field: every write is accepted, and nothing changes. */
  readonly ignoresWrites: boolean;
  /** Quirk of some others: what it should hide it reads back in clear. */
  readonly showsSecrets?: boolean;
  /** What it makes of a firmware. */
  readonly flash: Flash;
  /** It did not survive one. */
  readonly dead: boolean;
  /** Wall clock, ms since 1970. */
  readonly bootedAtMs: number;
  readonly boots: number;
  readonly resets: number;
  /** Files that it fetched and wrote, whatever it made of them. */
  readonly flashes: number;
  readonly overlay: Overlay;
}

export function findNode(state: CpeState, path: string): TreeNode | undefined {
  const over = state.overlay.get(path);
  return over === undefined ? state.model.nodes.get(path) : (over ?? undefined);
}

/** By path, instance numbers as numbers (2 before 10). */
function inTreeOrder(a: TreeNode, b: TreeNode): number {
  return a.path.localeCompare(b.path, "en", { numeric: true });
}

/** All nodes below a prefix that ends in a dot, or all when it is empty; in tree order. */
export function nodesBelow(state: CpeState, prefix: string): readonly TreeNode[] {
  const base = state.model.below(prefix);
  const touched = [...state.overlay.keys()].filter(
    (path) => path.startsWith(prefix) && path !== prefix,
  );
  if (touched.length === 0) return base;
  const kept = base.flatMap((node) => {
    const over = state.overlay.get(node.path);
    return over === undefined ? [node] : over === null ? [] : [over];
  });
  const added = touched.flatMap((path) => {
    const over = state.overlay.get(path);
    return over === undefined || over === null || state.model.nodes.has(path) ? [] : [over];
  });
  return added.length === 0 ? kept : [...kept, ...added].sort(inTreeOrder);
}

/** Parameters that a CPE answers from what it is, whatever its tree says. Undefined: not one of them. */
function ownValue(state: CpeState, node: TreeNode, atMs: number): string | undefined {
  const { root, manufacturer, oui, productClass, modelName } = state.model;
  const prefix = `${root}.DeviceInfo.`;
  if (!node.path.startsWith(prefix)) return undefined;
  switch (node.path.slice(prefix.length)) {
    case "SerialNumber":
      return state.serial;
    case "UpTime":
      return String(Math.max(0, Math.floor((atMs - state.bootedAtMs) / 1_000)));
    case "Manufacturer":
      return node.value ?? manufacturer;
    case "ManufacturerOUI":
      return node.value ?? oui;
    case "ProductClass":
      return node.value ?? productClass;
    case "ModelName":
      return node.value ?? modelName;
    default:
      return undefined;
  }
}

/** A MAC of the source tree, which all CPEs of a model were made from. */
const TREE_MAC = /^02:00:([0-9a-f]{2}):00:00:([0-9a-f]{2})$/i;

/** Each CPE has MACs of its own; the model and the port stay as the tree has them. Undefined: no MAC of the tree. */
function ownMac(state: CpeState, node: TreeNode): string | undefined {
  if (!node.path.endsWith(".MACAddress") || state.overlay.has(node.path)) return undefined;
  const [, model, port] = TREE_MAC.exec(node.value ?? "") ?? [];
  if (model === undefined || port === undefined) return undefined;
  const number = Number(/\d{1,7}$/.exec(state.serial)?.[0] ?? 0) % 2 ** 16;
  const pair = (byte: number): string => byte.toString(16).padStart(2, "0");
  return `02:00:${model}:${pair(number >> 8)}:${pair(number & 255)}:${port}`;
}

/** What the CPE holds, secrets included; null where its source tree was never read. */
export function heldValue(state: CpeState, node: TreeNode, atMs: number): string | null {
  return ownValue(state, node, atMs) ?? ownMac(state, node) ?? node.value;
}

/** What a read shows: secrets are the null value of their type (mostly empty), commands false, and null stays null. */
export function shownValue(state: CpeState, node: TreeNode, atMs: number): string | null {
  if (isCommand(node)) return "false";
  const treeValue = state.model.nodes.get(node.path)?.value ?? null;
  const hides = state.showsSecrets !== true && isHidden(node, treeValue);
  return hides ? defaultValue(node.type) : heldValue(state, node, atMs);
}

/** Parameters only, as `nodesBelow`. */
export function parametersBelow(state: CpeState, prefix: string): readonly TreeNode[] {
  return nodesBelow(state, prefix).filter((node) => !isObject(node));
}
