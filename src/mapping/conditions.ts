/**
 * Conditions on a row: what one of its parameters has to hold. Anchors choose a row by them, and tables tell our rows from
 * those of strangers.
 */
import { z } from "zod";
import { literalSchema, saysLiteral } from "./literal.ts";
import { instanceNames, parseTemplate } from "./path.ts";
import { parsePattern } from "./pattern.ts";
import type { View } from "./view.ts";

export const conditionSchema = z
  .strictObject({
    param: z.string().min(1).max(256).describe("A parameter below the row."),
    equals: literalSchema.optional().describe("It holds this."),
    in: z.array(literalSchema).min(1).optional().describe("It holds one of these."),
    token: z.string().min(1).optional().describe("This is one of the tokens that it holds."),
    sep: z
      .string()
      .min(1)
      .max(4)
      .optional()
      .describe("Each of its characters separates tokens; only beside token."),
    matches: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("An RE2 expression, looked for anywhere in it."),
  })
  .refine(
    (given) =>
      [given.equals, given.in, given.token, given.matches].filter((test) => test !== undefined)
        .length === 1,
    "wants exactly one of equals, in, token (with sep), matches",
  )
  .refine((given) => (given.token === undefined) === (given.sep === undefined), {
    message: "token and sep go together",
  });

export interface Condition {
  /** Below the row. */
  readonly param: string;
  readonly test: (text: string) => boolean;
  readonly print: string;
}

/** From the document's form; a fault names what is wrong. */
export function parseCondition(
  given: z.infer<typeof conditionSchema>,
): Condition | { readonly fault: string } {
  const { param } = given;
  const path = parseTemplate(param);
  if ("fault" in path || path.anchor !== null || instanceNames(path).length > 0) {
    return { fault: `param "${param}" is not a path below the row` };
  }
  if (given.token !== undefined) {
    const { token, sep = "" } = given;
    const tokens = (text: string): string[] =>
      Array.from(text, (char) => (sep.includes(char) ? "\n" : char))
        .join("")
        .split("\n");
    return {
      param,
      test: (text) => tokens(text).some((item) => item.trim() === token),
      print: `${param} holds ${token}`,
    };
  }
  if (given.matches !== undefined) {
    const pattern = parsePattern(given.matches);
    if ("fault" in pattern) return { fault: `the pattern "${given.matches}" ${pattern.fault}` };
    return {
      param,
      test: (text) => pattern.test(text),
      print: `${param} matches ${given.matches}`,
    };
  }
  const values = given.in ?? [given.equals ?? ""];
  return {
    param,
    test: (text) => values.some((value) => saysLiteral(value, text)),
    print: `${param} is ${values.map(String).join(" or ")}`,
  };
}

/** True, false, or the path of the evidence that was not read. A row without the parameter fails the condition. */
export function meets(condition: Condition, row: string, view: View): boolean | string {
  const path = `${row}.${condition.param}`;
  const state = view.state(path);
  if (state.kind === "text") return condition.test(state.text);
  return state.kind === "absent" ? false : path;
}
