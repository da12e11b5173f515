/** Shipped maps and recorded trees (`manifests/cpes`). */
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { loadMaps, type MapSource } from "../../../src/mapping/load.ts";
import type { Mapper } from "../../../src/mapping/mapper.ts";
import { NO_FACTS, type DeviceFacts } from "../../../src/model/device.ts";
import type { DeviceTree } from "../../../src/model/tree/tree.ts";
import { shippedTree } from "../model/tree/trees.ts";

export type Tree = DeviceTree;

const root = new URL("../../../manifests/", import.meta.url);

export const readTree = shippedTree;

const files = readdirSync(new URL("maps/", root), { recursive: true, encoding: "utf8" });
export const MAP_FILES: readonly MapSource[] = files
  .filter((file) => file.endsWith(".yaml"))
  .sort()
  .map((file) => ({
    source: `maps/${file}`,
    document: parse(readFileSync(new URL(`maps/${file}`, root), "utf8")) as unknown,
  }));

export const MAPS = loadMaps(MAP_FILES);

/** Every recorded tree that ships, by name. */
export const TREES: readonly { readonly name: string; readonly tree: Tree }[] = readdirSync(
  new URL("cpes/", root),
)
  .filter((file) => file.endsWith(".tsv"))
  .sort()
  .map((file) => file.slice(0, -".tsv".length))
  .map((name) => ({ name, tree: readTree(name) }));

export const facts = (known: Partial<DeviceFacts>): DeviceFacts => ({ ...NO_FACTS, ...known });

/** What a record says before the first read: OUI and product class. */
export const RECORDS = {
  "huawei-bm632w": facts({ oui: "202BC1", productClass: "BM632w" }),
  "huawei-eg8145v5": facts({ oui: "00259E", productClass: "EG8145V5" }),
  "tplink-ec220-g5-v3": facts({ oui: "9CA2F4", productClass: "EC220-G5" }),
  "talk-frequency-table": facts({ oui: "001CAA", productClass: "WIMAX-25.v2" }),
  "talk-channel-rules": facts({ oui: "0022F7", productClass: "SWU_9100" }),
} as const;
export type MapName = keyof typeof RECORDS;
export const MAP_NAMES = Object.keys(RECORDS) as MapName[];

export function mapperOf(name: MapName): Mapper {
  const mapper = MAPS.mapper(name);
  if (mapper === null) throw new Error(`${name} cannot be read by itself`);
  return mapper;
}

const documentOf = (name: string, spec: object): MapSource => ({
  source: `${name}.yaml`,
  document: { apiVersion: "plumbline/v1", kind: "ParameterMap", metadata: { name }, spec },
});

/** The facts of one data model and nothing else, whatever the base that ships grows to. */
function baseOf(name: string, root: string): MapSource {
  const at = (parameter: string) => [{ at: `${root}.DeviceInfo.${parameter}` }];
  const bind = {
    "device.manufacturer": { lens: at("Manufacturer") },
    "device.oui": { lens: at("ManufacturerOUI") },
    "device.product-class": { lens: at("ProductClass") },
    "device.model-name": { lens: at("ModelName") },
    "device.hardware-version": { lens: at("HardwareVersion") },
    "device.software-version": { lens: at("SoftwareVersion") },
    "device.serial-number": { lens: at("SerialNumber") },
    "device.uptime": { lens: [{ int: { min: 0 } }, ...at("UpTime")] },
  };
  return documentOf(name, { layer: "base", match: { root }, bind });
}
export const BASES = [baseOf("tr-098", "InternetGatewayDevice"), baseOf("tr-181", "Device")];

/** What every map of a test fits, if it does not say otherwise. */
export const TEST_MATCH = { root: "Device", oui: ["AAAAAA"], productClass: "T" };

/** A map of a test alone. */
export const testMap = (name: string, spec: Record<string, unknown>): MapSource =>
  documentOf(name, { match: TEST_MATCH, ...spec });

/** A map of a test over the bases. */
export const mapOf = (spec: Record<string, unknown>, name = "test-map"): MapSource[] => [
  ...BASES,
  testMap(name, spec),
];

export function testMapper(spec: Record<string, unknown>): Mapper {
  const selection = loadMaps(mapOf(spec)).select(
    facts({ root: "Device", oui: "AAAAAA", productClass: "T" }),
  );
  if (selection.kind !== "map") throw new Error(selection.kind);
  return selection.mapper;
}
