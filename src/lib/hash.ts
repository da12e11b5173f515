/** Content addresses: the same content gives the same hash whatever the order of its keys. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** JSON with sorted keys and without undefined members. Arrays keep their order. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return "null";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of a text, as 64 hex digits. Not for secrets: those need a keyed digest, which the store makes. */
export function hashText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** SHA-256 of the canonical JSON of a value. */
export function hashValue(value: unknown): string {
  return hashText(canonicalJson(value));
}

/** A stable number in [0, 1) from a text: spreads due times without a random source. */
export function spread(text: string): number {
  return Number.parseInt(hashText(text).slice(0, 8), 16) / 0x1_0000_0000;
}
