/** Who a CPE is, by its own tree; where the tree does not say, by what its source says beside it. */
import type { DeviceFacts } from "../device.ts";
import { ROOTS, type DeviceTree } from "./tree.ts";

/**
 * An empty text says nothing as long as somebody knows better.
 *
 * @param asked parameters whose presence tells maps apart; a tree knows it of any
 */
export function factsOf(tree: DeviceTree, asked: readonly string[] = []): DeviceFacts {
  const roots = ROOTS.filter((root) => tree.nodes.has(`${root}.`));
  const root = roots.length === 1 ? (roots[0] ?? null) : null;
  const fact = (name: string, key: string): string | null => {
    const shown = roots.map((each) => tree.nodes.get(`${each}.DeviceInfo.${name}`)?.value ?? null);
    const known = [...shown, tree.header.get(key)?.[0] ?? null].filter((text) => text !== null);
    return known.find((text) => text !== "") ?? known[0] ?? null;
  };
  return {
    root,
    manufacturer: fact("Manufacturer", "manufacturer"),
    oui: fact("ManufacturerOUI", "oui")?.toUpperCase() ?? null,
    productClass: fact("ProductClass", "productClass"),
    modelName: fact("ModelName", "modelName"),
    hardwareVersion: fact("HardwareVersion", "hardwareVersion"),
    softwareVersion: fact("SoftwareVersion", "softwareVersion"),
    serial: fact("SerialNumber", "serial"),
    presence: Object.fromEntries(asked.map((path) => [path, tree.nodes.has(path)])),
  };
}
