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

export const MAP_FILES: readonly MapSource[] = readdirSync(new URL("maps/", root))
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => ({
    source: `maps/${file}`,
    document: parse(readFileSync(new URL(`maps/${file}`, root), "utf8")) as unknown,
  }));

export const MAPS = loadMaps(MAP_FILES);

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
  const selection = MAPS.select(RECORDS[name]);
  if (selection.kind !== "undecided" || selection.likely === null)
    throw new Error(`${name}: not likely`);
  return selection.likely;
}

/** A map of a test: the base for TR-181 facts, and what the test binds. */
export function mapOf(spec: Record<string, unknown>, name = "test-map"): MapSource[] {
  const base = MAP_FILES.filter(({ source }) => source.endsWith("-facts.yaml"));
  const document = {
    apiVersion: "plumbline/v1",
    kind: "ParameterMap",
    metadata: { name },
    spec: { extends: ["tr-181-facts"], match: { oui: ["AAAAAA"], productClass: "T" }, ...spec },
  };
  return [...base, { source: `${name}.yaml`, document }];
}

export function testMapper(spec: Record<string, unknown>): Mapper {
  const selection = loadMaps(mapOf(spec)).select(
    facts({ root: "Device", oui: "AAAAAA", productClass: "T" }),
  );
  if (selection.kind !== "map") throw new Error(selection.kind);
  return selection.mapper;
}
