/**
 * A device as the NBI of GenieACS shows it: nested objects, with what is known of a node in members that start with an
 * underscore (`_value`, `_type`, `_writable`, `_object`). One device, a list of one, or a recorded reply with either in
 * `response.body`. A parameter without `_value` was never read. What GenieACS keeps beside the root is passed over, but
 * for `_deviceId`.
 */
import { malformedAt } from "../../lib/json-text.ts";
import { pointerOf } from "../../lib/schema.ts";
import type { TreeBuilder } from "./builder.ts";
import type { TreeFormat } from "./format.ts";
import { ROOTS } from "./tree.ts";

type Json = Readonly<Record<string, unknown>>;
type Trail = readonly (string | number)[];

/** Deeper is no path of TR-069. */
const MAX_DEPTH = 64;

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The one device of a document, or why there is none; with where it stands. */
type Found = { readonly trail: Trail } & ({ readonly device: Json } | { readonly fault: string });

function deviceIn(value: unknown, trail: Trail): Found {
  if (Array.isArray(value)) {
    if (value.length === 1 && trail.length < MAX_DEPTH) return deviceIn(value[0], [...trail, 0]);
    return { trail, fault: `holds ${value.length} devices; a tree is one` };
  }
  if (!isRecord(value)) return { trail, fault: "is no device" };
  if (ROOTS.some((root) => isRecord(value[root]))) return { trail, device: value };
  const { response } = value;
  if (isRecord(response) && trail.length === 0) {
    return deviceIn(response["body"], ["response", "body"]);
  }
  return { trail, fault: "is no device: it has neither InternetGatewayDevice nor Device" };
}

const IDENTITY = {
  _Manufacturer: "manufacturer",
  _OUI: "oui",
  _ProductClass: "productClass",
  _SerialNumber: "serial",
} as const;

/** Text as a CPE would send it. Undefined: not a value at all. */
function textOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return undefined;
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

class DeviceReader {
  readonly #builder: TreeBuilder;

  constructor(builder: TreeBuilder) {
    this.#builder = builder;
  }

  #fail(trail: Trail, message: string): void {
    this.#builder.problem({ pointer: pointerOf(trail) }, "malformed_tree", message);
  }

  device(device: Json, trail: Trail): void {
    const { _deviceId: identity } = device;
    for (const [name, key] of Object.entries(IDENTITY)) {
      const value = isRecord(identity) ? identity[name] : undefined;
      if (typeof value === "string") this.#builder.header(key, [value]);
    }
    for (const [name, value] of Object.entries(device)) {
      if (!name.startsWith("_")) this.#node(name, name, value, [...trail, name]);
    }
  }

  #node(name: string, path: string, node: unknown, trail: Trail): void {
    if (!isRecord(node)) {
      this.#fail(trail, "is no node: an object or a parameter is written in braces");
      return;
    }
    if (name.includes(".") || trail.length > MAX_DEPTH) {
      this.#fail(trail, "is no part of a path");
      return;
    }
    const { _object: object, _writable: writable, _type: type, _value: value } = node;
    const text = textOf(value);
    if (text === undefined) this.#fail([...trail, "_value"], "is no text, number or boolean");
    const below = Object.entries(node).filter(([key]) => !key.startsWith("_"));
    this.#builder.add(
      {
        path,
        object: below.length > 0 || (value === undefined && type === undefined && object !== false),
        writable: typeof writable === "boolean" ? writable : null,
        type: typeof type === "string" ? type : null,
        value: text ?? null,
      },
      { pointer: pointerOf(trail) },
    );
    for (const [key, child] of below) this.#node(key, `${path}.${key}`, child, [...trail, key]);
  }
}

function parsed(text: string, builder: TreeBuilder): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column, message } = malformedAt(text);
    builder.problem({ line, column }, "malformed_json", message);
    return undefined;
  }
}

export const genieacs: TreeFormat = {
  meaning: "a device of the GenieACS NBI (JSON)",
  recognises: (text) => /^\s*[[{]/.test(text),
  read(text, builder) {
    const document = parsed(text, builder);
    if (document === undefined) return;
    const found = deviceIn(document, []);
    const pointer = pointerOf(found.trail);
    if ("fault" in found) builder.problem({ pointer }, "not_a_tree", found.fault);
    else new DeviceReader(builder).device(found.device, found.trail);
  },
};
