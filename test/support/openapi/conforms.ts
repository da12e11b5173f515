/**
 * Whether an answer is one that the document promises: status, code, headers and body. Stricter than a client may be: a
 * member that the document does not know is a fault here, since it would be one that nobody can find out about.
 */
import { misfits } from "../json-schema.ts";
import type { Schema } from "./answer-schemas.ts";

export interface Given {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  readonly text: string;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Schema[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<
      Record<string, { readonly schema: Schema; readonly example: unknown }>
    >;
  };
  readonly responses: Readonly<Record<string, Response>>;
  readonly security: readonly { readonly bearer: readonly string[] }[];
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

/** Headers that say something of this API; those of HTTP itself are nobody's promise. */
const HEADERS = [
  ...["ETag", "Location", "Link", "Preference-Applied", "Retry-After"],
  ...["Idempotency-Replayed", "RateLimit", "Request-Id", "WWW-Authenticate"],
];

/** The call that a request is; undefined: the document has none, as for a wrong address. Fewest variables first. */
export function operationFor(
  document: Document,
  method: string,
  target: string,
): Operation | undefined {
  const [path = ""] = target.split("?");
  const fits = Object.entries(document.paths)
    .filter(([pattern]) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
    .sort(([a], [b]) => a.split("{").length - b.split("{").length);
  return fits[0]?.[1][method.toLowerCase()];
}

/** Why not, in words; none where it conforms. */
export function unlike(
  document: Document,
  request: { readonly method: string; readonly path: string },
  given: Given,
): readonly string[] {
  const operation = operationFor(document, request.method, request.path);
  if (operation === undefined || given.status === 405) return [];
  const named = operation.responses[String(given.status)];
  if (named === undefined) return [`${given.status} is not foreseen`];
  const response =
    named.$ref === undefined
      ? named
      : document.components.responses[named.$ref.slice("#/components/responses/".length)];
  const known = Object.keys(response?.headers ?? {});
  const headers = HEADERS.filter((name) => given.headers.has(name) && !known.includes(name));
  return [...headers.map((name) => `the header ${name} is not foreseen`), ...wrongBody()];

  function wrongBody(): readonly string[] {
    if (given.text === "") return response?.content === undefined ? [] : ["the body is missing"];
    const [type = ""] = (given.headers.get("Content-Type") ?? "").split(";");
    const content = response?.content?.[type];
    if (content === undefined) return [`a body of ${type} is not foreseen`];
    return type.endsWith("json") ? misfits(rootOf(document, content.schema), given.body) : [];
  }
}

/** A schema that carries what its references lead to. */
function rootOf(document: Document, schema: Schema): Schema {
  const schemas = CLOSED.get(document) ?? closed(document.components.schemas);
  CLOSED.set(document, schemas);
  return { components: { schemas }, allOf: [schema] };
}

const CLOSED = new WeakMap<Document, unknown>();

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const { properties, ...rest } = node as Record<string, unknown>;
  const others = Object.fromEntries(
    // An example is a value, and may well have a member of that name.
    Object.entries(rest).map(([key, value]) => [key, key === "examples" ? value : closed(value)]),
  );
  if (properties === undefined) return others;
  const members = Object.entries(properties as Record<string, unknown>);
  const inner = Object.fromEntries(members.map(([name, value]) => [name, closed(value)]));
  return { additionalProperties: false, ...others, properties: inner };
}
