/**
 * Anchors: rows are found by what they hold or by walking references, never by their number, and end at exactly one row.
 *
 * `row`: every row of the template that passes all of `where`; then each `prefer` in turn keeps the rows that pass it, if
 * there are any; several left are ambiguous unless `pick` says lowest or highest. Evidence that was not read decides
 * nothing: if it could change the choice, the anchor is unread.
 * `follow`: from a parameter that names other objects (TR-181 LowerLayers) to the first row of the form `to`, at most
 * eight steps; on the way the parameter of the same name is read again. References come with and without a last dot.
 */
import { z } from "zod";
import { parseTemplate, prefixOf, type Template } from "./path.ts";

const param = z.string().min(1).max(256);
const condition = z
  .strictObject({
    param,
    equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
    token: z.string().min(1).optional(),
    /** Each character separates; only beside `token`. */
    sep: z.string().min(1).max(4).optional(),
    matches: z.string().min(1).max(200).optional(),
  })
  .refine(
    (given) =>
      [given.equals, given.token, given.matches].filter((test) => test !== undefined).length === 1,
    "wants exactly one of equals, token (with sep), matches",
  )
  .refine((given) => (given.token === undefined) === (given.sep === undefined), {
    message: "token and sep go together",
  });

export const anchorSchema = z
  .strictObject({
    row: z.string().optional(),
    where: z.array(condition).optional(),
    prefer: z.array(condition).optional(),
    pick: z.enum(["only", "lowest", "highest"]).optional(),
    follow: z.string().optional(),
    to: z.string().optional(),
  })
  .refine(
    (given) => (given.row !== undefined) !== (given.follow !== undefined && given.to !== undefined),
    "wants either row, or follow with to",
  );
type AnchorText = z.infer<typeof anchorSchema>;

export interface Condition {
  /** Below the row. */
  readonly param: string;
  readonly test: (text: string) => boolean;
  readonly print: string;
}

export type Anchor =
  | {
      readonly kind: "row";
      readonly row: Template;
      readonly where: readonly Condition[];
      readonly prefer: readonly Condition[];
      readonly pick: "only" | "lowest" | "highest";
    }
  | { readonly kind: "follow"; readonly from: Template; readonly to: Template };

/** `true` is written `true` or `1` on the wire, in any case; other values are compared as they stand. */
function equalsTest(value: string | number | boolean): (text: string) => boolean {
  if (typeof value !== "boolean") return (text) => text === String(value);
  const words = value ? ["true", "1"] : ["false", "0"];
  return (text) => words.includes(text.toLowerCase());
}

function parseCondition(given: z.infer<typeof condition>): Condition | { fault: string } {
  const path = parseTemplate(given.param);
  if ("fault" in path || path.anchor !== null || prefixOf(path).includes("{")) {
    return { fault: `param "${given.param}" is not a path below the row` };
  }
  if (given.token !== undefined) {
    const { token, sep = "" } = given;
    const tokens = (text: string): string[] =>
      Array.from(text, (char) => (sep.includes(char) ? "\n" : char))
        .join("")
        .split("\n");
    return {
      param: given.param,
      test: (text) => tokens(text).some((item) => item.trim() === token),
      print: `${given.param} holds ${token}`,
    };
  }
  if (given.matches !== undefined) {
    let pattern: RegExp;
    try {
      pattern = new RegExp(given.matches, "u");
    } catch {
      return { fault: `matches "${given.matches}" is not a regular expression` };
    }
    return {
      param: given.param,
      test: (text) => pattern.test(text),
      print: `${given.param} matches ${given.matches}`,
    };
  }
  const value = given.equals ?? "";
  return {
    param: given.param,
    test: equalsTest(value),
    print: `${given.param} is ${String(value)}`,
  };
}

/** From the document's form; a fault names what is wrong, for the pointer of the anchor. */
export function parseAnchor(given: AnchorText): Anchor | { readonly fault: string } {
  const rowText = given.row ?? given.to ?? "";
  const row = parseTemplate(rowText);
  if ("fault" in row) return { fault: `"${rowText}" ${row.fault}` };
  if (row.anchor !== null) return { fault: `"${rowText}" has to start at the root` };
  if (row.segments.every((segment) => segment.kind === "name")) {
    return { fault: `"${rowText}" has no {instance} to look for` };
  }
  if (given.follow !== undefined) {
    const from = parseTemplate(given.follow);
    if ("fault" in from) return { fault: `"${given.follow}" ${from.fault}` };
    if (from.segments.at(-1)?.kind !== "name" || prefixOf(from).includes("{")) {
      return { fault: `"${given.follow}" is not one parameter` };
    }
    return { kind: "follow", from, to: row };
  }
  const conditions: Condition[][] = [];
  for (const list of [given.where, given.prefer]) {
    const parsed: Condition[] = [];
    for (const one of list ?? []) {
      const test = parseCondition(one);
      if ("fault" in test) return test;
      parsed.push(test);
    }
    conditions.push(parsed);
  }
  const [where = [], prefer = []] = conditions;
  return { kind: "row", row, where, prefer, pick: given.pick ?? "only" };
}
