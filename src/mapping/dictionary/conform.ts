/**
 * From any value to the normal form of a domain. Type check and normal form are one walk, so that no value can pass the
 * one and miss the other. N(N(v)) = N(v).
 */
import { canonicalJson } from "../../lib/hash.ts";
import { Secret } from "../../lib/secret.ts";
import { isList, isRecord, type LogicalValue } from "../../model/logical.ts";
import type { Domain, ListDomain } from "./domain.ts";

/** Half of a surrogate pair: XML cannot carry it, and an encoder would replace it without a word. */
const ILL_FORMED = /\p{Surrogate}/u;

const lengthOf = (text: string): number => Array.from(text).length;

/** The value in normal form, or undefined when it is not of the domain. Takes anything; never throws. */
export function conform(domain: Domain, value: unknown): LogicalValue | undefined {
  switch (domain.kind) {
    case "text": {
      if (typeof value !== "string" || ILL_FORMED.test(value)) return undefined;
      // Folded before it is measured: a letter can become two.
      const text = domain.fold === "lower" ? value.toLowerCase() : value;
      return text.length <= domain.max || lengthOf(text) <= domain.max ? text : undefined;
    }
    case "digits":
      return typeof value === "string" &&
        /^\d*$/.test(value) &&
        value.length >= domain.min &&
        value.length <= domain.max
        ? value
        : undefined;
    case "integer":
      return typeof value === "number" &&
        Number.isSafeInteger(value) &&
        value >= domain.min &&
        value <= domain.max
        ? value + 0 // -0 is 0
        : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "word":
      return typeof value === "string" && domain.words.includes(value) ? value : undefined;
    case "mac":
      return typeof value === "string" ? macOf(value) : undefined;
    case "ipv4":
      return typeof value === "string" ? ipv4Of(value) : undefined;
    case "secret": {
      if (!(value instanceof Secret)) return undefined;
      // Opened to be measured only.
      const length = lengthOf(value.open());
      return length >= domain.min && length <= domain.max ? value : undefined;
    }
    case "nothing-or":
      return value === null ? null : conform(domain.of, value);
    case "record":
      return recordOf(domain.members, value);
    case "list":
      return listOf(domain, value);
  }
}

function macOf(text: string): string | undefined {
  if (!/^[\da-f]{2}([:-]?)(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(text)) return undefined;
  const digits = text.toLowerCase().replace(/[:-]/g, "");
  return (digits.match(/../g) ?? []).join(":");
}

/** Leading zeros are padding here: no device writes octal. */
function ipv4Of(text: string): string | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const numbers = text.split(".").map(Number);
  return numbers.every((number) => number <= 255) ? numbers.join(".") : undefined;
}

function recordOf(
  members: Readonly<Record<string, Domain>>,
  value: unknown,
): LogicalValue | undefined {
  if (!isRecord(value) || Object.keys(value).length !== Object.keys(members).length)
    return undefined;
  const made: Record<string, LogicalValue> = {};
  for (const [name, domain] of Object.entries(members)) {
    const member = Object.hasOwn(value, name) ? conform(domain, value[name]) : undefined;
    if (member === undefined) return undefined;
    made[name] = member;
  }
  return made;
}

function listOf({ of, order, max }: ListDomain, value: unknown): LogicalValue | undefined {
  if (!isList(value) || (order === "kept" && value.length > max)) return undefined;
  const entries: LogicalValue[] = [];
  for (const given of value) {
    const entry = conform(of, given);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  if (order === "kept") return entries;
  // The text of each entry is made once: sorting asks for it many times.
  const unique = [...new Map(entries.map((entry) => [canonicalJson(entry), entry]))];
  return unique.length <= max ? unique.sort(compare).map(([, entry]) => entry) : undefined;
}

/** Numbers by size, everything else by its canonical text. */
function compare([text, a]: [string, LogicalValue], [other, b]: [string, LogicalValue]): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return text < other ? -1 : 1;
}
