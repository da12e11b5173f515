/**
 * Firmware versions have no common form, so a map names the scheme by which it compares them.
 *
 *   dotted   638.112.100.1487, V2.3.7 with `strip: V`     numbers; missing parts are 0
 *   natural  V9.1.0P4N3_MUL, 10.0.5.29(C947), RP2815      runs of digits as numbers, runs of letters as text in any
 *                                                         case, all else only separates; a patch letter comes before
 *                                                         a further number (9.1 < 9.1P4 < 9.1.0)
 *   vrc      V5R020C00S280, V100R001IRQC56B017            V, R, C, SPC or S, B as numbers; letters of an operator
 *                                                         between them are not compared
 *   regex    1.12.0 Build 220820 Rel.52419n               the named groups of `pattern` in their order, each as natural
 *
 * A text that the scheme cannot read is unparsed, and is never taken for version 0.
 */
import { z } from "zod";
import { parsePattern } from "./pattern.ts";

const SCHEMES = ["dotted", "natural", "vrc", "regex"] as const;

export const rangeSchema = z.strictObject({
  scheme: z.enum(SCHEMES).describe("How versions of this device are compared."),
  range: z.string().min(1).max(200).describe("As >=2.3.7 <3, several with ||."),
  strip: z
    .string()
    .min(1)
    .max(16)
    .optional()
    .describe("For dotted: what stands before the first number, if it is there."),
  pattern: z
    .string()
    .min(1)
    .optional()
    .describe("For regex: its named groups are compared in their order."),
});
export type RangeSpec = z.infer<typeof rangeSchema>;

export interface Fault {
  readonly fault: string;
}

/** Numbers as digits without leading zeros, letters in lower case, and "" at the end of each group but the last. */
export type Version = readonly string[];

const DOTTED = /^\d+(\.\d+)*$/;
const VRC =
  /^V(\d+)R(\d+)(?:(?:(?!SPC)[A-Z])*?C(\d+))?(?:[A-Z]*?(?:SPC|S)(\d+))?(?:[A-Z]*?B(\d+))?$/i;

const digits = (text = "0"): string => text.replace(/^0+(?=\d)/, "");

const isNumber = (part: string): boolean => /^\d/.test(part);

function runs(text: string): Version {
  const parts = text.toLowerCase().match(/\d+|[a-z]+/g) ?? [];
  return parts.map((part) => (isNumber(part) ? digits(part) : part));
}

function natural(text: string): Version | null {
  const parts = runs(text);
  return parts.some(isNumber) ? parts : null;
}

function dotted(text: string): Version | null {
  if (!DOTTED.test(text)) return null;
  const parts = text.split(".").map(digits);
  while (parts.at(-1) === "0") parts.pop();
  return parts;
}

function vrc(text: string): Version | null {
  const found = VRC.exec(text);
  return found === null ? null : found.slice(1).map(digits);
}

const grouped = (groups: readonly string[]): Version =>
  groups.flatMap((group, index) => [...(index === 0 ? [] : [""]), ...runs(group)]);

/** How a device says a version, and how a range does. */
export interface Reader {
  readonly version: (text: string) => Version | null;
  readonly bound: (text: string) => Version | null;
}

export function readerOf({ scheme, strip, pattern }: RangeSpec): Reader | Fault {
  if (strip !== undefined && scheme !== "dotted") return { fault: "strip is for scheme dotted" };
  if ((pattern === undefined) === (scheme === "regex"))
    return { fault: "scheme regex needs a pattern, and no other scheme takes one" };
  if (pattern !== undefined) {
    const parsed = parsePattern(pattern);
    if ("fault" in parsed) return { fault: `the pattern ${parsed.fault}` };
    if (parsed.names.length === 0)
      return { fault: "the pattern has no named group to compare, as (?<build>\\d+)" };
    return {
      version(text) {
        const groups = parsed.groups(text);
        return groups === null ? null : grouped(groups);
      },
      bound(text) {
        const groups = text.split("/");
        const fits = groups.length <= parsed.names.length;
        return fits && groups.every((group) => runs(group).length > 0) ? grouped(groups) : null;
      },
    };
  }
  const read = { dotted, natural, vrc, regex: natural }[scheme];
  const stripped = (text: string): string =>
    strip !== undefined && text.startsWith(strip) ? text.slice(strip.length) : text;
  const version = (text: string): Version | null => read(stripped(text.trim()));
  return { version, bound: version };
}

/** Nothing is below everything, the end of a group below its going on, letters below digits. */
function rank(part: string | undefined): number {
  if (part === undefined) return 0;
  if (part === "") return 1;
  return isNumber(part) ? 3 : 2;
}

export function compareVersions(a: Version, b: Version): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === right) continue;
    const ranks = rank(left) - rank(right);
    if (ranks !== 0 || left === undefined || right === undefined) return ranks;
    // Digits are compared as text, so that a build number of 20 digits is not rounded: more of them is more.
    if (rank(left) === 3 && left.length !== right.length) return left.length - right.length;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The order of two texts under a scheme; null where one of them is unparsed. */
export function versionOrder(spec: RangeSpec): ((a: string, b: string) => number | null) | Fault {
  const reader = readerOf(spec);
  if ("fault" in reader) return reader;
  return (a, b) => {
    const [left, right] = [reader.version(a), reader.version(b)];
    return left === null || right === null ? null : compareVersions(left, right);
  };
}
