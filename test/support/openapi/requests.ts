/** What a route takes, as OpenAPI says it: parts of the path, query, headers, body. */
import { z } from "zod";
import {
  IDEMPOTENCY_KEY,
  PATH_PARTS,
  RECORD_NAME,
  REQUEST_HEADERS,
  REQUEST_ID,
} from "../../../src/http/routes/parameters.ts";
import type { BodyForm, RouteEntry } from "../../../src/http/routes/route.ts";
import type { Schema } from "./answer-schemas.ts";
import { isGated, type Place } from "./problems.ts";

/** As people write it, before it is transformed. What JSON Schema cannot say is left to the words. */
export function jsonSchema(schema: BodyForm["schema"]): Schema {
  if (!(schema instanceof z.ZodType)) return schema;
  const json = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema: node }) => {
      // The format says it, and the pattern of a moment is eight lines that nobody reads.
      if (node.format === "date-time") delete node.pattern;
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
    },
  });
  delete json.$schema;
  return { ...json };
}

/** Without the pattern of its text. */
function numberOf({ type, minimum, maximum }: Schema): Schema {
  return { type, minimum, maximum };
}

/** A query is text; what is meant is a number or a yes. */
function queryPart(name: string, schema: z.ZodType): Schema {
  const { description, ...json } = jsonSchema(schema);
  const words = json["enum"] as unknown[] | undefined;
  const flag = words?.length === 2 && words.includes("true") && words.includes("false");
  const meant = flag ? { type: "boolean" } : json["type"] === "integer" ? numberOf(json) : json;
  return {
    name,
    in: "query",
    ...(description === undefined ? {} : { description }),
    schema: meant,
  };
}

function pathPart(name: string, path: string): Schema {
  const upTo = path.slice(0, path.indexOf(`{${name}}`) + name.length + 2);
  const { says, example } = PATH_PARTS[upTo] ?? RECORD_NAME;
  const schema = { type: "string" };
  return { name, in: "path", required: true, description: says, schema, example };
}

const SHARED = {
  ...REQUEST_HEADERS,
  "Idempotency-Key": IDEMPOTENCY_KEY,
  "Request-Id": REQUEST_ID,
} as const;

/** Under `components/parameters`. */
export function sharedParameters(): Schema {
  return Object.fromEntries(
    Object.entries(SHARED).map(([name, { says, example }]) => [
      name,
      { name, in: "header", description: says, schema: { type: "string" }, example },
    ]),
  );
}

export function parametersOf(entry: RouteEntry, place: Place): readonly Schema[] {
  const names = [...place.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const headers: (keyof typeof SHARED)[] = [...(entry.headers ?? [])];
  if (isGated(entry, place) && place.method === "POST") headers.push("Idempotency-Key");
  headers.push("Request-Id");
  return [
    ...names.map((name) => pathPart(name, place.path)),
    ...Object.entries(entry.query ?? {}).map(([name, schema]) => queryPart(name, schema)),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

export function bodyOf({ body }: RouteEntry): Schema | undefined {
  if (body === undefined) return undefined;
  const content = Object.entries(body.forms).map(([type, { schema, example }]) => [
    type,
    { schema: jsonSchema(schema), example },
  ]);
  return { required: body.required, content: Object.fromEntries(content) as Schema };
}
