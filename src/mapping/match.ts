/**
 * Which devices a map is for. Every term has to hold:
 *
 *   root: InternetGatewayDevice        oui: ["00259E"]        serial: [SN1, SN2]
 *   modelName: EG8145V5                exactly this text; in a list, one of them
 *   hardwareVersion: { contains: "3.0" }, { matches: "^EC220-G5 3" }
 *   softwareVersion: { scheme: vrc, range: ">=V5R019C10S350" }
 *   has: [Device.X_TP_Mesh.Enable], lacks: [...]              parameters by full name
 *
 * manufacturer and productClass are written like modelName. productClass says little: it is `IGD` for a whole vendor.
 */
import { z } from "zod";
import { parameterName } from "./parameter-name.ts";
import { parsePattern } from "./pattern.ts";
import { prefixesOf } from "./pattern-prefix.ts";
import { parseRange, rangeSchema, type Range } from "./version.ts";

const word = z.string().min(1);
const listed = z.union([word, z.array(word).min(1)]);

const part = z.strictObject({ contains: word.describe("It holds this somewhere.") });
const pattern = z.strictObject({
  matches: word
    .superRefine((source, context) => {
      const parsed = parsePattern(source);
      if ("fault" in parsed)
        context.addIssue({ code: "custom", message: `the pattern ${parsed.fault}` });
    })
    .describe("An RE2 expression, looked for anywhere in it."),
});
const range = rangeSchema.superRefine((spec, context) => {
  const parsed = parseRange(spec);
  if ("fault" in parsed)
    context.addIssue({ code: "custom", path: ["range"], message: parsed.fault });
});
const FORMS = "a text, a list of texts, { contains: … }, { matches: … }";
const text = z.union([listed, part, pattern], { error: `wants one of: ${FORMS}` });
const version = z.union([listed, part, pattern, range], {
  error: `wants one of: ${FORMS}, { scheme: dotted, natural, vrc or regex, range: … }`,
});

export const matchSchema = z.strictObject({
  root: z
    .enum(["InternetGatewayDevice", "Device"])
    .optional()
    .describe("The data model: TR-098 or TR-181."),
  oui: z
    .array(z.string().regex(/^[0-9A-F]{6}$/, "wants six upper-case hex digits"))
    .min(1)
    .optional()
    .describe("One of these OUIs."),
  manufacturer: text.optional().describe("As the device says it."),
  productClass: text
    .optional()
    .describe("As the device says it; of some vendors the same for all models."),
  modelName: text.optional().describe("As the device says it."),
  hardwareVersion: text.optional().describe("As the device says it."),
  softwareVersion: version.optional().describe("As the device says it, or a range."),
  serial: z.array(word).min(1).optional().describe("One of these serial numbers."),
  has: z.array(parameterName).min(1).optional().describe("Parameters that are all there."),
  lacks: z.array(parameterName).min(1).optional().describe("Parameters of which none is there."),
});
export type Match = z.infer<typeof matchSchema>;

/** From the strongest to the weakest. `root` tells no models apart. */
export const TEXT_TERMS = [
  "serial",
  "softwareVersion",
  "hardwareVersion",
  "modelName",
  "productClass",
  "oui",
  "manufacturer",
  "root",
] as const;
export type TextTerm = (typeof TEXT_TERMS)[number];

/** One term about a text, ready to be asked. */
export interface Wanted {
  readonly term: TextTerm;
  /** All that it takes, where it lists them. */
  readonly texts: readonly string[] | null;
  readonly range: Range | null;
  /** One of these begins every text that it takes, in lower case. */
  readonly prefixes: readonly string[];
  readonly test: (text: string) => boolean | "unparsed";
  readonly print: string;
}

export interface Matcher {
  readonly wanted: readonly Wanted[];
  readonly has: readonly string[];
  readonly lacks: readonly string[];
  /** Higher is more specific; compared from the left. */
  readonly rank: readonly number[];
}

type Given = z.infer<typeof version>;

function wantedOf(term: TextTerm, given: Given): Wanted {
  if (typeof given === "string" || Array.isArray(given)) {
    const texts = typeof given === "string" ? [given] : given;
    const known = new Set(texts);
    const print = texts.length > 5 ? `one of ${texts.length}` : texts.join(" or ");
    return { term, texts, range: null, prefixes: [""], test: (have) => known.has(have), print };
  }
  const open = { term, texts: null, range: null, prefixes: [""] };
  if ("contains" in given) {
    const { contains } = given;
    return { ...open, test: (have) => have.includes(contains), print: `…${contains}…` };
  }
  if ("matches" in given) {
    const parsed = parsePattern(given.matches);
    // The schema has refused every pattern and range that is none.
    const test = "fault" in parsed ? () => false : (have: string) => parsed.test(have);
    return { ...open, prefixes: prefixesOf(given.matches), test, print: `/${given.matches}/` };
  }
  const parsed = parseRange(given);
  const print = `${given.scheme} ${given.range}`;
  if ("fault" in parsed) return { ...open, test: () => false, print };
  return { ...open, range: parsed, test: (have) => parsed.matches(have), print };
}

/** 2 for texts that are listed, 1 for a pattern or a part, 0 for a term that is not there. */
const weight = (wanted: readonly Wanted[], term: TextTerm): number => {
  const found = wanted.find((one) => one.term === term);
  return found === undefined ? 0 : found.texts === null ? 1 : 2;
};

/**
 * How specific a match is: serial list, exact software version, range or pattern of it, hardware version, model name,
 * product class, OUI, manufacturer, number of parameters that have to be there or not.
 */
function rankOf(wanted: readonly Wanted[], presences: number): number[] {
  const [serial = 0, software = 0, ...others] = TEXT_TERMS.slice(0, -1).map((term) =>
    weight(wanted, term),
  );
  return [serial, software === 2 ? 1 : 0, software === 1 ? 1 : 0, ...others, presences];
}

export function matcherOf(match: Match): Matcher {
  const wanted = TEXT_TERMS.flatMap((term) => {
    const given = match[term];
    return given === undefined ? [] : [wantedOf(term, given)];
  });
  const { has = [], lacks = [] } = match;
  return { wanted, has, lacks, rank: rankOf(wanted, has.length + lacks.length) };
}

export function compareRank(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
