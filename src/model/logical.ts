/**
 * Logical values: what a parameter means, whatever its home on a device. Compared in this form only, never as wire text.
 *
 * Credential: user and realm (realm may be empty). Scan list: centre frequencies in kHz, in the order in which the CPE
 * tries them. Channel plan: the same with a bandwidth in kHz for each channel. A `Secret` never leaves this type.
 */
import { canonicalJson } from "../lib/hash.ts";
import { Secret } from "../lib/secret.ts";

export interface Credential {
  readonly user: string;
  readonly realm: string;
}

export interface Channel {
  readonly centreKhz: number;
  readonly bandwidthKhz: number;
}

export type LogicalValue =
  string | number | Credential | readonly number[] | readonly Channel[] | Secret;

/** Desired values by logical name (`wan.ppp.credential`). */
export type LogicalValues = ReadonlyMap<string, LogicalValue>;

/** Equal in normal form. Secrets compare in constant time; a secret never equals a value that is not one. */
export function sameValue(a: LogicalValue, b: LogicalValue): boolean {
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.equals(b);
  }
  return canonicalJson(a) === canonicalJson(b);
}

const PRINTED = 6;

function printEntry(entry: number | Channel): string {
  return typeof entry === "number" ? String(entry) : `${entry.centreKhz}/${entry.bandwidthKhz}`;
}

/** For messages: short, without units, a list cut after a few entries. A secret stays a mark. */
export function printLogical(value: LogicalValue): string {
  if (value instanceof Secret || typeof value !== "object") return String(value);
  if ("user" in value) return value.realm === "" ? value.user : `${value.user}@${value.realm}`;
  const entries: readonly (number | Channel)[] = value;
  const more = entries.length > PRINTED ? ` and ${entries.length - PRINTED} more` : "";
  return entries.length === 0
    ? "empty"
    : entries.slice(0, PRINTED).map(printEntry).join(", ") + more;
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
