/**
 * What a parameter may hold, and whether a text on the wire obeys it. The words are those of TR-106: a base type, whether
 * it is a list of it, a named type above it, and the facets enumeration, range and size.
 *
 * A CPE refuses a text that is no value of the base type with 9006, and a value that breaks a facet with 9007.
 *
 *   boolean              `0 1 false true`, no other spelling
 *   integers, decimal    sign and digits; a number outside the type (unsignedInt: 0 to 4294967295) is none of it: 9006
 *   dateTime             a day that exists, in UTC (`Z`, `+00:00`, `-00:00`); without a zone only before the year 1000,
 *                        which is the time since boot
 *   base64, hexBinary    size counts the bytes that are meant, not the characters that say them
 *   string               size counts characters (code points); an empty text has size 0 and is no member of an
 *                        enumeration that does not list it
 *   list                 items between commas, blanks around a comma belong to it; inside an item blanks and commas are
 *                        percent-encoded; the empty text is the list of nothing; facets are those of an item
 *
 * Vendors may add to an enumeration (`X_` and their mark, at most 31 characters), so such a value breaks nothing.
 * Texts with blanks around a number are refused: XML would take them, CPEs do not.
 *
 * Source: TR-106 Amendment 12, sections 3.2.1, 3.2.3, 3.3, A.2.3.3; XML Schema part 2; TR-069 A.5 for the faults.
 */
import {
  checkType,
  integerOf,
  isInteger,
  VALUE,
  type BaseType,
  type TextFault,
} from "./base-types.ts";
import { namedFault } from "./formats.ts";

/** Both ends belong to it; null is open. Values are `min`, `min + step`, ...; an open minimum steps from 0. */
export interface Range {
  readonly min: bigint | null;
  readonly max: bigint | null;
  readonly step: bigint;
}

export interface Size {
  readonly min: number | null;
  readonly max: number | null;
}

/** Of several ranges, sizes or words one has to hold; none means that everything is allowed. */
export interface Facets {
  readonly type: BaseType;
  readonly list: boolean;
  /** Named type that the base type stands for: `MACAddress`, `Alias`. */
  readonly named: string | null;
  readonly words: readonly string[];
  readonly ranges: readonly Range[];
  readonly sizes: readonly Size[];
}

/** What a CPE that follows the standard says to a write of this text; undefined when it takes it. */
export function checkText(facets: Facets, text: string): TextFault | undefined {
  if (!facets.list) return checkItem(facets, text);
  if (text.trim() === "") return undefined;
  const items = text.split(",").map((item) => item.trim());
  if (items.length > 1 && items.at(-1) === "") return VALUE("ends in a comma");
  for (const item of items) {
    if (/\s/.test(item)) return VALUE("has a blank inside an item, which has to be written %20");
    const fault = checkItem(facets, percentDecoded(item));
    if (fault !== undefined) return { ...fault, reason: `has an item that ${fault.reason}` };
  }
  return undefined;
}

function checkItem(facets: Facets, text: string): TextFault | undefined {
  return (
    checkType(facets.type, text) ??
    checkNamed(facets.named, text) ??
    checkWords(facets.words, text) ??
    checkRanges(facets, text) ??
    checkSizes(facets, text)
  );
}

function checkNamed(named: string | null, text: string): TextFault | undefined {
  const reason = named === null ? undefined : namedFault(named, text);
  return reason === undefined ? undefined : VALUE(reason);
}

const VENDOR_WORD = /^X_[A-Z0-9-]+_\S+$/;

function checkWords(words: readonly string[], text: string): TextFault | undefined {
  if (words.length === 0 || words.includes(text)) return undefined;
  if (VENDOR_WORD.test(text) && text.length <= 31) return undefined;
  const shown = words.slice(0, 8).map((word) => (word === "" ? '""' : word));
  return VALUE(`is none of ${shown.join(", ")}${words.length > 8 ? ", ..." : ""}`);
}

function checkRanges({ type, ranges }: Facets, text: string): TextFault | undefined {
  if (ranges.length === 0 || ranges.some((range) => inRange(range, type, text))) return undefined;
  return VALUE(`is outside ${ranges.map(printRange).join(" and ")}`);
}

function inRange({ min, max, step }: Range, type: BaseType, text: string): boolean {
  if (type === "decimal") {
    const value = Number(text);
    return (min === null || value >= Number(min)) && (max === null || value <= Number(max));
  }
  if (!isInteger(type)) return true;
  const value = integerOf(text);
  if ((min !== null && value < min) || (max !== null && value > max)) return false;
  return (value - (min ?? 0n)) % step === 0n;
}

/** `1 to 4094`, `at least 1`, `0 to 240 by 16`, `-1`. */
function printRange({ min, max, step }: Range): string {
  const by = step === 1n ? "" : ` by ${step}`;
  if (min === null) return max === null ? `steps of ${step}` : `at most ${max}${by}`;
  if (max === null) return `at least ${min}${by}`;
  return min === max ? String(min) : `${min} to ${max}${by}`;
}

function checkSizes({ type, sizes }: Facets, text: string): TextFault | undefined {
  if (sizes.length === 0) return undefined;
  const size = sizeOf(type, text);
  if (sizes.some(({ min, max }) => (min ?? 0) <= size && (max === null || size <= max))) {
    return undefined;
  }
  const unit = type === "string" ? "characters" : "bytes";
  return VALUE(`is not ${sizes.map(printSize).join(" or ")} ${unit} long`);
}

function printSize({ min, max }: Size): string {
  if (max === null) return `at least ${min ?? 0}`;
  if (min === null || min === 0) return `at most ${max}`;
  return min === max ? String(min) : `${min} to ${max}`;
}

function sizeOf(type: BaseType, text: string): number {
  if (type === "hexBinary") return text.length / 2;
  if (type !== "base64") return Array.from(text).length;
  const letters = text.replace(/[\s=]/g, "").length;
  return Math.floor((letters * 3) / 4);
}

/** An item of a list as it is meant; one that is not encoded rightly stands for itself. */
function percentDecoded(item: string): string {
  try {
    return decodeURIComponent(item);
  } catch {
    return item;
  }
}
