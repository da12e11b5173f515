/** Conditional requests (RFC 9110 section 13): strong ETags from the generation of a document, `"g7"`. */
import { AppError } from "../lib/errors.ts";
import type { Precondition } from "../service/desired.ts";
import type { Ctx } from "./context.ts";

export function etagOf(generation: number): string {
  return `"g${generation}"`;
}

function bad(header: string, message: string): AppError {
  const problems = [{ pointer: "", code: "bad_header", message: `${header} ${message}` }];
  return new AppError("invalid", `${header} ${message}`, { problems });
}

/** Tags of other resources and weak ones match nothing, so that they fail the condition and not the request. */
function generationsIn(header: string, text: string): readonly number[] | "*" {
  if (text.trim() === "*") return "*";
  const tags = text.match(/(?:W\/)?"[\x21\x23-\x7e]*"/g) ?? [];
  const list = text.split(",").filter((part) => part.trim() !== "");
  if (tags.length === 0 || tags.length !== list.length) {
    throw bad(header, `must be * or ETags in double quotes, like "g3"`);
  }
  return tags.flatMap((tag) => {
    const generation = /^"g(\d{1,9})"$/.exec(tag)?.[1];
    return generation === undefined ? [] : [Number(generation)];
  });
}

/** For PUT, PATCH and DELETE. */
export function preconditionOf(c: Ctx): Precondition {
  const match = c.req.header("If-Match");
  const noneMatch = c.req.header("If-None-Match")?.trim();
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw bad("If-None-Match", "can only be * here: create, but do not change");
  }
  if (match !== undefined && noneMatch !== undefined) {
    throw bad("If-Match", "and If-None-Match contradict each other");
  }
  return {
    ifMatch: match === undefined ? null : generationsIn("If-Match", match),
    ifNoneMatch: noneMatch === "*",
  };
}

/** For GET: does the caller have this already? Weak comparison. */
export function notModified(c: Ctx, etag: string): boolean {
  const header = c.req.header("If-None-Match");
  if (header === undefined) return false;
  const bare = (tag: string): string => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" || header.split(",").some((tag) => bare(tag) === bare(etag));
}
