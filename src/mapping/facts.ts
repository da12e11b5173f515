/** What a device says of itself, through its map: what the choice of the next map rests on. */
import type { DeviceFacts } from "../model/device.ts";
import type { Observation } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";

/** Read with every read: they prove who answered and decide which map fits. Uptime shows a late answer to another read. */
export const FACT_LOGICALS = [
  "device.serial-number",
  "device.manufacturer",
  "device.oui",
  "device.product-class",
  "device.model-name",
  "device.hardware-version",
  "device.software-version",
  "device.uptime",
] as const;

/** The parameter that proves which device answered. */
export const SERIAL: string = FACT_LOGICALS[0];
/** The parameter that says which firmware runs. */
export const SOFTWARE = "device.software-version";

/**
 * That the device has no such parameter is a fact too: it says nothing there.
 *
 * @param get undefined for what the map does not bind, of which nothing is known
 */
export function factsOf(
  snapshot: Snapshot,
  get: (logical: (typeof FACT_LOGICALS)[number]) => Observation | undefined,
): DeviceFacts {
  const text = (logical: (typeof FACT_LOGICALS)[number]): string | null => {
    const observed = get(logical);
    if (observed?.kind === "absent") return "";
    return observed?.kind === "value" && typeof observed.value === "string" ? observed.value : null;
  };
  const answered = [...snapshot.values].filter(([, reading]) => reading.kind !== "failed");
  const roots = new Set(answered.map(([path]) => path.slice(0, path.indexOf("."))));
  const root = (["InternetGatewayDevice", "Device"] as const).filter((name) => roots.has(name));
  return {
    root: root.length === 1 ? (root[0] ?? null) : null,
    manufacturer: text("device.manufacturer"),
    oui: text("device.oui")?.toUpperCase() ?? null,
    productClass: text("device.product-class"),
    modelName: text("device.model-name"),
    hardwareVersion: text("device.hardware-version"),
    softwareVersion: text("device.software-version"),
    serial: text("device.serial-number"),
    presence: {},
  };
}
