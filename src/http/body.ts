/**
 * Bodies: declared, limited, well-formed text, then JSON; in that order, and each failure a code of its own.
 *
 * A body without a JSON content type is 415 and never an empty object: a client that forgets the header would otherwise
 * clear its desired state. `JSON.parse`'s own messages may quote the text, which may hold a password, so the place of a
 * mistake is found here.
 */
import { AppError } from "../lib/errors.ts";
import type { Ctx } from "./context.ts";
import { depthProblem, malformedAt } from "../lib/json-text.ts";

const BODY_LIMIT = 64 * 1024;
const MANY_LIMIT = 16 * 1024 * 1024;
const MAX_DEPTH = 64;

type BodyType = "json" | "yaml" | "ndjson" | "csv";

function typeOf(c: Ctx): BodyType | undefined {
  const [type = "", ...parameters] = (c.req.header("Content-Type") ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((each) => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(each)?.[1])
    .find(Boolean);
  if (charset !== undefined && !["utf-8", "utf8"].includes(charset)) return undefined;
  if (/^application\/(json|[a-z0-9.-]+\+json)$/.test(type.trim())) return "json";
  if (type.trim() === "application/x-ndjson") return "ndjson";
  if (type.trim() === "text/csv") return "csv";
  return /^(application|text)\/(yaml|x-yaml)$/.test(type.trim()) ? "yaml" : undefined;
}

async function bytesOf(c: Ctx, limit: number): Promise<Uint8Array> {
  const tooLarge = (): AppError =>
    new AppError("payload_too_large", `a body here may have at most ${limit / 1024} KiB`, {
      details: { limitBytes: limit },
    });
  if (Number(c.req.header("Content-Length") ?? 0) > limit) throw tooLarge();
  const reader = (c.req.raw.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts);
    size += value.length;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    parts.push(value);
  }
}

/** The bytes of any body, read to its end; null where they are more than a body may have, and none of them is kept. */
export async function readWithin(c: Ctx, limit = BODY_LIMIT): Promise<Uint8Array | null> {
  const declared = c.req.header("Content-Length");
  // A small body needs no stream in between; with one, reading it took a tenth of the time of the process.
  if (declared !== undefined && Number(declared) <= limit) {
    return new Uint8Array(await c.req.arrayBuffer());
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const body = c.req.raw.body as ReadableStream<Uint8Array> | null;
  if (body !== null) {
    for await (const part of body) {
      size += part.length;
      if (size <= limit) parts.push(part);
      else parts.length = 0;
    }
  }
  return size > limit ? null : Buffer.concat(parts);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("malformed_json", "the body is not UTF-8");
  }
}

/** @throws `malformed_json` with its place, `invalid` for what no database keeps */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column, message } = malformedAt(text);
    throw new AppError("malformed_json", `line ${line}, column ${column}: ${message}`, {
      problems: [{ line, column, code: "malformed_json", message }],
    });
  }
  const deep = depthProblem(text, MAX_DEPTH);
  if (deep !== undefined) throw invalid("", "too_deep", `is nested more than ${MAX_DEPTH} deep`);
  refuseUnstorable(value, "");
  return value;
}

/** NUL and half a surrogate pair are JSON, and no database keeps them. */
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

function refuseUnstorable(value: unknown, pointer: string): void {
  if (typeof value === "string") {
    if (UNSTORABLE.test(value))
      throw invalid(pointer, "bad_text", "holds a character that is no text");
  } else if (value !== null && typeof value === "object") {
    for (const [key, member] of Object.entries(value)) {
      if (UNSTORABLE.test(key)) throw invalid(pointer, "bad_text", "has a name that is no text");
      refuseUnstorable(member, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    }
  }
}

function invalid(pointer: string, code: string, message: string): AppError {
  return new AppError("invalid", `${pointer} ${message}`.trim(), {
    problems: [{ pointer, code, message }],
  });
}

function undeclared(c: Ctx, wanted: string): AppError {
  const given = c.req.header("Content-Type") === undefined ? "there is none" : "it is another";
  return new AppError(
    "unsupported_media_type",
    `send the header Content-Type: ${wanted}; ${given}`,
  );
}

/** A body that must be there. */
export async function readJson(c: Ctx, limit = BODY_LIMIT): Promise<unknown> {
  if (typeOf(c) !== "json") throw undeclared(c, "application/json");
  return parseJson(textOf(await bytesOf(c, limit)));
}

/** The media types of a PATCH, which say how its body is to be read. */
export const PATCH_TYPES = {
  "application/merge-patch+json": "merge",
  "application/json-patch+json": "operations",
} as const;

export async function readPatch(
  c: Ctx,
): Promise<{ readonly kind: "merge" | "operations"; readonly value: unknown }> {
  const [type = ""] = (c.req.header("Content-Type") ?? "").toLowerCase().split(";");
  const kind = PATCH_TYPES[type.trim() as keyof typeof PATCH_TYPES] as
    "merge" | "operations" | undefined;
  if (kind === undefined || typeOf(c) === undefined)
    throw undeclared(c, Object.keys(PATCH_TYPES).join(" or "));
  return { kind, value: parseJson(textOf(await bytesOf(c, BODY_LIMIT))) };
}

/** For actions that need none: no body is an empty object here, anything else is read as strictly as `readJson`. */
export async function readOptionalJson(c: Ctx): Promise<unknown> {
  const declared = c.req.header("Content-Type") !== undefined;
  const bytes = declared && typeOf(c) !== "json" ? undefined : await bytesOf(c, BODY_LIMIT);
  if (bytes?.length === 0) return {};
  if (bytes === undefined || !declared) throw undeclared(c, "application/json");
  return parseJson(textOf(bytes));
}

/** JSON, or YAML as text. */
export async function readManifests(
  c: Ctx,
): Promise<
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "yaml"; readonly text: string }
> {
  const type = typeOf(c);
  if (type !== "json" && type !== "yaml")
    throw undeclared(c, "application/json or application/yaml");
  const text = textOf(await bytesOf(c, MANY_LIMIT));
  if (type === "json") return { kind: "json", value: parseJson(text) };
  if (UNSTORABLE.test(text)) throw invalid("", "bad_text", "holds a character that is no text");
  return { kind: "yaml", text };
}

/** Many values as lines of text; what they hold is for `import-lines.ts`. */
export async function readLines(
  c: Ctx,
): Promise<{ readonly kind: "ndjson" | "csv"; readonly text: string }> {
  const type = typeOf(c);
  if (type !== "ndjson" && type !== "csv") throw undeclared(c, "application/x-ndjson or text/csv");
  const text = textOf(await bytesOf(c, MANY_LIMIT));
  if (text.includes("\0")) throw invalid("", "bad_text", "holds a character that is no text");
  return { kind: type, text };
}
