/**
 * Logical values: what a parameter means, whatever its home on a device. Compared in this form only, never as wire text.
 *
 * `null` is a value: *nothing* (an untagged VLAN, no lock), which is neither unknown nor empty. A `Secret` never leaves
 * this type. Which form a logical parameter has is said by the dictionary (`mapping/dictionary`).
 */
import { canonicalJson } from "../lib/hash.ts";
import { Secret } from "../lib/secret.ts";

/** User and realm; the realm may be empty. */
export type Credential = { readonly user: string; readonly realm: string };

/** A centre frequency with its bandwidth, in kHz. */
export type Channel = { readonly centreKhz: number; readonly bandwidthKhz: number };

export type LogicalValue =
  | string
  | number
  | boolean
  | null
  | Secret
  | readonly LogicalValue[]
  | { readonly [member: string]: LogicalValue };

/** Desired values by logical name (`wan.ppp.credential`). */
export type LogicalValues = ReadonlyMap<string, LogicalValue>;

/** A value with named members: not a list, not a secret, not nothing. Takes anything, as values come from outside. */
export function isRecord(value: unknown): value is { readonly [member: string]: LogicalValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret)
  );
}

export const isList = (value: unknown): value is readonly LogicalValue[] => Array.isArray(value);

/** Equal in normal form. Secrets compare in constant time; a secret never equals a value that is not one. */
export function sameValue(a: LogicalValue, b: LogicalValue): boolean {
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.equals(b);
  }
  return canonicalJson(a) === canonicalJson(b);
}

const PRINTED = 6;

/** For messages: short, without units, a list cut after a few entries. A secret stays a mark. */
export function printLogical(value: LogicalValue): string {
  if (value === null) return "none";
  if (isList(value)) {
    const more = value.length > PRINTED ? ` and ${value.length - PRINTED} more` : "";
    return value.length === 0 ? "empty" : value.slice(0, PRINTED).map(printEntry).join(", ") + more;
  }
  return printEntry(value);
}

function printEntry(value: LogicalValue): string {
  if (!isRecord(value)) return isList(value) ? "a list" : String(value);
  const { user, realm, centreKhz, bandwidthKhz } = value;
  if (typeof user === "string" && typeof realm === "string")
    return realm === "" ? user : `${user}@${realm}`;
  if (typeof centreKhz === "number" && typeof bandwidthKhz === "number")
    return `${centreKhz}/${bandwidthKhz}`;
  return Object.entries(value)
    .map(([member, inner]) => `${member} ${printEntry(inner)}`)
    .join(" ");
}

/**
 * What a map found for one logical parameter. Only `value` can be equal to what is desired; the other five are not
 * drift and not compliance, and each is something else:
 * absent (the path does not exist), unread (not fetched), unreadable (a secret, or secured by the standard), foreign (a
 * value that the map cannot decode), nonconforming (decodes, but a companion parameter is wrong).
 */
export type Observation =
  | { readonly kind: "value"; readonly value: LogicalValue; readonly paths: readonly string[] }
  | { readonly kind: "absent"; readonly path: string; readonly detail: string }
  | { readonly kind: "unread"; readonly path: string }
  | { readonly kind: "unreadable"; readonly path: string }
  | { readonly kind: "foreign"; readonly path: string; readonly detail: string }
  | {
      readonly kind: "nonconforming";
      readonly value: LogicalValue;
      readonly path: string;
      readonly detail: string;
    };
