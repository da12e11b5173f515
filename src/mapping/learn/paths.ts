/** Paths in the text of a binding: found, replaced, and made comparable across vendors and row numbers. */
import { isRecord } from "../../model/logical.ts";
import type { AnchorText } from "../anchors.ts";

const PATH = /^(\$[A-Za-z]\w*|InternetGatewayDevice|Device)(\.|$)/;

/** Every path of a lens, keys of companions included, in the order of the text. */
export function pathsIn(lens: unknown): string[] {
  if (typeof lens === "string") return PATH.test(lens) ? [lens] : [];
  if (Array.isArray(lens)) return lens.flatMap(pathsIn);
  if (!isRecord(lens)) return [];
  return Object.entries(lens).flatMap(([key, value]) => [...pathsIn(key), ...pathsIn(value)]);
}

/** The same lens with other paths. */
export function withPaths(lens: unknown, other: (path: string) => string): unknown {
  if (typeof lens === "string") return PATH.test(lens) ? other(lens) : lens;
  if (Array.isArray(lens)) return lens.map((one) => withPaths(one, other));
  if (!isRecord(lens)) return lens;
  return Object.fromEntries(
    Object.entries(lens).map(([key, value]) => [
      PATH.test(key) ? other(key) : key,
      withPaths(value, other),
    ]),
  );
}

const INSTANCE = /^(\d+|\{\w+\})$/;

/** `A.{}.B`: rows without their numbers. An anchor stands for its row; null where there is no such anchor. */
export function general(
  path: string,
  anchors: Readonly<Record<string, AnchorText>>,
): string | null {
  const [first = "", ...rest] = path.split(".");
  const row = first.startsWith("$")
    ? (anchors[first.slice(1)]?.row ?? anchors[first.slice(1)]?.to)
    : first;
  if (row === undefined) return null;
  return [...row.split("."), ...rest]
    .map((segment) => (INSTANCE.test(segment) ? "{}" : segment))
    .join(".");
}

/** `X_HW_VLAN` is `VLAN`, `X_CT-COM_ServiceList` is `ServiceList`: what the name says without whose it is. */
export function withoutVendor(segment: string): string {
  return segment.replace(/^X_[A-Za-z0-9-]+_/, "");
}

/** Lower case, without vendors, `_` and `-`: equal for two spellings of one thing. */
export function bare(generalPath: string): string {
  return generalPath
    .split(".")
    .map((segment) => withoutVendor(segment).replace(/[_-]/g, "").toLowerCase())
    .join(".");
}
