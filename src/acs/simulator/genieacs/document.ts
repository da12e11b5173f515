/** A remembered CPE as a document of the NBI, whole or as far as a projection asks (genieacs-nbi.md 1, 2). */
import { isPlain, type Json } from "./query.ts";
import type { KnownDevice } from "./known-device.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** Members that begin with `_`, without building the tree: what most filters and sorts look at. */
export function metaOf(device: KnownDevice): Record<string, Json> {
  const { model } = device.entry.device;
  const rootListed = device.memory.objects.get(model.root)?.listedMs;
  return {
    _id: device.id,
    _deviceId: {
      _Manufacturer: model.manufacturer,
      _OUI: model.oui,
      _ProductClass: model.productClass,
      _SerialNumber: device.entry.device.serial,
    },
    _lastInform: iso(device.lastInformMs),
    ...(device.lastBootstrapMs === null ? {} : { _lastBootstrap: iso(device.lastBootstrapMs) }),
    ...(device.lastBootMs === null ? {} : { _lastBoot: iso(device.lastBootMs) }),
    _registered: iso(device.registeredMs),
    ...(device.tags.size === 0 ? {} : { _tags: [...device.tags] }),
    ...(rootListed === undefined ? {} : { _timestamp: iso(rootListed) }),
  };
}

/** A parameter, an object (alone, without its children), or one of GenieACS's own roots. */
export function memberAt(device: KnownDevice, path: string): Record<string, Json> | undefined {
  const leaf = device.memory.leaves.get(path);
  if (leaf !== undefined) {
    return {
      _object: false,
      ...(leaf.writable === undefined ? {} : { _writable: leaf.writable }),
      _value: leaf.value,
      _type: leaf.type,
      _timestamp: iso(leaf.atMs),
    };
  }
  const object = device.memory.objects.get(path);
  if (object === undefined) return undefined;
  return {
    _object: true,
    ...(object.writable === undefined ? {} : { _writable: object.writable }),
    ...(object.listedMs === undefined ? {} : { _timestamp: iso(object.listedMs) }),
  };
}

export function wholeDocument(device: KnownDevice): Record<string, Json> {
  const document = metaOf(device);
  const paths = [...device.memory.objects.keys(), ...device.memory.leaves.keys()];
  for (const path of paths) {
    const segments = path.split(".");
    let node = document;
    for (const segment of segments.slice(0, -1)) {
      const next = node[segment];
      const object: Record<string, Json> = isPlain(next) ? next : {};
      node[segment] = object;
      node = object;
    }
    const last = segments.at(-1) ?? "";
    const there = node[last];
    node[last] = { ...(isPlain(there) ? there : {}), ...memberAt(device, path) };
  }
  return document;
}
