/**
 * One lookup for all standard data models: what a parameter path of a device, or of a map, means in them. Paths may hold
 * instance numbers or `{names}`, and may end in a dot; anchors (`$wan.X`) are the caller's to resolve.
 *
 *   Device.PPP.Interface.7.Username, Device.PPP.Interface.{p}.Username      parameter
 *   Device.PPP., Device.PPP.Interface, Device.PPP.Interface.{p}             object
 *   Device.PPP.Interface.7.X_TP_Mode, Device.X_TP_A.B.1.C                   vendor: the standard ends at the X_ segment
 *   Device.PPP.Interface.7.Usrname                                          unknown, near to Username
 *   Device.PPP.Interface.Username                                           unknown: a table has no parameters
 */
import { nearest } from "../../lib/nearest.ts";
import type { DataModel, StandardNode, StandardObject, StandardParameter } from "./data-model.ts";

export type Finding =
  | StandardParameter
  | StandardObject
  /** `prefix` is the path as given, up to and with the first vendor segment. */
  | { readonly kind: "vendor"; readonly prefix: string }
  /** `nearest` is the path that was probably meant, its slips mended. */
  | { readonly kind: "unknown"; readonly nearest?: string };

export interface Standard {
  /** `Device:2.19`, roots first. */
  readonly models: readonly string[];
  lookup(path: string): Finding;
}

/** Below which objects the paths of a model hang. A voice service has none of its own: older ones are met in both. */
const HOMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["InternetGatewayDevice:1", [""]],
  ["Device:2", [""]],
  ["VoiceService:2", ["Device.Services."]],
  ["VoiceService:1", ["InternetGatewayDevice.Services.", "Device.Services."]],
]);

/** Files of `manifests/data-models` that answer for a root; a voice service of either age may hang below `Device`. */
export const TABLES = {
  InternetGatewayDevice: ["tr-098-igd-1.14.tsv", "tr-104-voiceservice-1.1.tsv"],
  Device: ["tr-181-device-2.19.tsv", "tr-104-voiceservice-2.0.tsv", "tr-104-voiceservice-1.1.tsv"],
} as const;

const INSTANCE = /^(\d+|\{\w+\})$/;
/** A slip of the pen: at most two letters, and at most a third of the name. */
const NEAR = (name: string): number => Math.min(2, Math.floor(name.length / 3));

const majorOf = (model: DataModel): string => model.model.slice(0, model.model.indexOf("."));

/**
 * The lookup over some models, in any order; models without a home are left out. Where two say something of one path the
 * newer one counts. A service is found only below a root that is among the models.
 */
export function standardOf(models: readonly DataModel[]): Standard {
  const nodes = new Map<string, StandardNode>();
  const children = new Map<string, string[]>();
  const add = (path: string, node: StandardNode): void => {
    const key = path.endsWith(".") ? path.slice(0, -1) : path;
    if (nodes.has(key)) return;
    nodes.set(key, node);
    const end = key.lastIndexOf(".");
    const around = end < 0 ? "" : key.slice(0, end);
    const names = children.get(around);
    if (names === undefined) children.set(around, [key.slice(end + 1)]);
    else names.push(key.slice(end + 1));
  };
  const order = [...HOMES.keys()];
  const sorted = models
    .filter((model) => HOMES.has(majorOf(model)))
    .sort((a, b) => order.indexOf(majorOf(a)) - order.indexOf(majorOf(b)));
  for (const model of sorted) {
    for (const home of HOMES.get(majorOf(model)) ?? []) {
      if (home !== "" && !nodes.has(home.slice(0, -1))) continue;
      for (const node of model.nodes) {
        const path = home + node.path;
        const placed = home === "" ? node : { ...node, path };
        if (node.kind === "object" && node.row) add(path.slice(0, -"{i}.".length), placed);
        add(path, placed);
      }
    }
  }

  const lookup = (path: string): Finding => {
    const given = (path.endsWith(".") ? path.slice(0, -1) : path).split(".");
    const parts = given.map((part) => (INSTANCE.test(part) ? "{i}" : part));
    const found = nodes.get(parts.join("."));
    if (found !== undefined) return found;
    let known = 0;
    while (nodes.has(parts.slice(0, known + 1).join("."))) known += 1;
    const wrong = parts[known] ?? "";
    if (known > 0 && wrong.startsWith("X_")) {
      return { kind: "vendor", prefix: given.slice(0, known + 1).join(".") };
    }
    const around = parts.slice(0, known);
    const meant = nearest(wrong, children.get(around.join(".")) ?? [], NEAR(wrong));
    if (meant === undefined || meant === wrong) return { kind: "unknown" };
    // Nothing was meant that leads nowhere.
    const corrected = [...around, meant, ...parts.slice(known + 1)].join(".");
    const next = lookup(corrected);
    return next.kind === "unknown" ? next : { kind: "unknown", nearest: corrected };
  };
  return { models: sorted.map(({ model }) => model), lookup };
}
