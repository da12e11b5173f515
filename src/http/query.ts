/** Query parameters: known ones only, each once. A mistyped `dryrun` must not turn a plan into an apply. */
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import type { Ctx } from "./context.ts";

export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .pipe(z.number().min(min, error).max(max, error))
    .meta({ type: "integer", minimum: min, maximum: max });
}

/** @throws `invalid` with the nearest known parameter */
export function readQuery<Shape extends z.ZodRawShape>(c: Ctx, shape: Shape) {
  const schema = z.strictObject(shape);
  const given: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    const [value = ""] = values;
    if (values.length > 1) {
      const message = "stands here more than once";
      const problems = [{ pointer: `/${name}`, code: "repeated", message }];
      throw new AppError("invalid", `query parameter: /${name} ${message}`, { problems });
    }
    given[name] = value;
  }
  return parseWith(schema, given, "query parameter");
}

/** For routes that take none. */
export function noQuery(c: Ctx): void {
  readQuery(c, {});
}
