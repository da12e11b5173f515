/** From zod's findings to our problems: JSON Pointers, unknown keys with the nearest known one, no rejected value. */
import type { z } from "zod";
import { AppError, type Problem } from "./errors.ts";
import { didYouMean } from "./nearest.ts";

/** RFC 6901. The root is the empty text. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  const unwrap = (node: unknown): unknown => {
    let inner = node;
    for (;;) {
      const def = (inner as { def?: { innerType?: unknown; in?: unknown } } | undefined)?.def;
      if (def?.innerType !== undefined) inner = def.innerType;
      else if (def?.in !== undefined) inner = def.in;
      else return inner;
    }
  };
  for (const part of path) {
    at = unwrap(at);
    const shaped = at as { shape?: Record<string, unknown>; element?: unknown };
    at = shaped.shape?.[String(part)] ?? shaped.element;
    if (at === undefined) return [];
  }
  const shape = (unwrap(at) as { shape?: Record<string, unknown> } | undefined)?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

/** Problems of a failed parse, in document order, one for each unknown key. Values are never quoted. */
export function problemsOf(error: z.ZodError, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        pointer: pointerOf([...issue.path, key]),
        code: "unknown_field",
        message: `unknown field "${key}".${didYouMean(key, known)}`,
      }));
    }
    return [{ pointer: pointerOf(issue.path), code: issue.code, message: issue.message }];
  });
}

/** Parses or throws `invalid` with every problem at once. `what` names the thing in the message. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = problemsOf(result.error, schema);
  const first = problems[0];
  throw new AppError(
    "invalid",
    `${what}: ${first?.pointer ?? ""} ${first?.message ?? "not valid"}`,
    { problems },
  );
}
