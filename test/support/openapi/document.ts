/** The OpenAPI document of the API, from the registry of routes and the types of the answers. Written by `npm run gen`. */
import { ERROR_CODES, type ErrorCode } from "../../../src/lib/errors.ts";
import { EXAMPLES } from "../../../src/http/routes/examples.ts";
import { ROUTES } from "../../../src/http/routes/index.ts";
import { ANSWER_HEADERS } from "../../../src/http/routes/parameters.ts";
import {
  TAGS,
  type Entries,
  type RouteAnswer,
  type RouteEntry,
} from "../../../src/http/routes/route.ts";
import { SCOPES } from "../../../src/service/access.ts";
import type { Schema } from "./answer-schemas.ts";
import { isGated, problemsOf, statusOf, type Place } from "./problems.ts";
import { bodyOf, parametersOf, sharedParameters } from "./requests.ts";

const INTRODUCTION = `Keeps an ISP's CPEs true to their record over a TR-069 ACS. Five rules hold for all calls.

Stored is not done: 201 and 202 promise that the wish is stored and the device is due; an operation says when a later read has proven it.

Repeats do no harm: every call sets a state, and the same call again sends nothing to the CPE. POST takes an Idempotency-Key besides.

Offline is normal: a change for a CPE that is switched off waits for it, for weeks if need be.

Every failure is a problem (RFC 9457): its code never changes its meaning, and retry says now, after (with Retry-After), after_change or never. Checks run in one order: 401, 403, 415, 400, 413, 422, 404, 409, 412.

A secret goes in and never comes out, but for the answers that make one. Members and codes are added within /v1, so take no offence at one that you do not know.`;

/** `GET /v1/devices/:id{[0-9]+}` as OpenAPI writes it. */
export function placeOf(key: string): Place {
  const [method = "", pattern = ""] = key.split(" ");
  return { method, path: pattern.replaceAll(/:(\w+)(\{(?:[^{}]|\{[^{}]*\})*\})?/g, "{$1}") };
}

/** `getDevicesByIdDesired`. */
function operationId({ method, path }: Place): string {
  const words = path.split(/[/.-]/).filter((part) => part !== "" && part !== "v1");
  const named = words.map((word) => word.replace(/^\{(\w+)\}$/, "by-$1").split("-")).flat();
  const camel = named.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return `${method.toLowerCase()}${camel === "" ? "Index" : camel}`;
}

interface Components {
  readonly schemas: ReadonlyMap<string, Schema>;
  /** Filled while the routes are looked at. */
  readonly problems: Map<string, Schema>;
}

/** @param version of the package */
export function openApiDocument(version: string, schemas: ReadonlyMap<string, Schema>): Schema {
  const components: Components = { schemas, problems: new Map() };
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [key, entry] of Object.entries<RouteEntry>(ROUTES as Entries)) {
    const place = placeOf(key);
    (paths[place.path] ??= {})[place.method.toLowerCase()] = operation(entry, place, components);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Plumbline",
      version,
      summary: "Keeps a CPE fleet true to its record",
      description: INTRODUCTION,
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(
        [...schemas].map(([name, schema]) => {
          const example: unknown = (EXAMPLES as Schema)[name];
          return [name, example === undefined ? schema : { ...schema, examples: [example] }];
        }),
      ),
      responses: Object.fromEntries([...components.problems].sort(([a], [b]) => (a < b ? -1 : 1))),
      parameters: sharedParameters(),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, { says, example }]) => [
          name,
          { description: says, schema: { type: "string" }, example },
        ]),
      ),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "plumb_<id>_<secret>",
          description: `A token has scopes:\n\n${scopesText()}`,
        },
      },
    },
  };
}

const HEADERS = {
  ...ANSWER_HEADERS,
  "Request-Id": {
    says: "Quote it when you ask about a call.",
    example: "01JD8Z3YQK7T2V9M4X6B5N0PCA",
  },
  "RateLimit-Policy": {
    says: "What this token may ask: `q` requests in `w` seconds.",
    example: '"token";q=3000;w=30',
  },
  RateLimit: {
    says: "What is left of it, and the seconds to wait.",
    example: '"token";r=2999;t=0',
  },
  "Idempotency-Replayed": { says: "`true`: the answer is the first one, again.", example: "true" },
  "WWW-Authenticate": { says: "With 401.", example: 'Bearer realm="plumbline"' },
} as const;

function scopesText(): string {
  return Object.entries(SCOPES)
    .map(([scope, meaning]) => `- \`${scope}\`: ${meaning}`)
    .join("\n");
}

function operation(entry: RouteEntry, place: Place, components: Components): Schema {
  const { tag, summary, notes, scopes } = entry;
  const body = bodyOf(entry);
  return {
    operationId: operationId(place),
    tags: [tag],
    summary,
    ...(notes === undefined ? {} : { description: notes }),
    parameters: parametersOf(entry, place),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      ...Object.fromEntries(
        Object.entries(entry.answers).map(([status, answer]) => [
          status,
          answerOf(answer, [
            ...(isGated(entry, place) ? ["RateLimit-Policy", "RateLimit"] : []),
            ...(isGated(entry, place) && place.method === "POST" ? ["Idempotency-Replayed"] : []),
          ]),
        ]),
      ),
      ...problemAnswers(entry, place, components),
    },
    // Any of them is enough, so each is an alternative of its own.
    security: scopes?.map((scope) => ({ bearer: [scope] })) ?? [],
  };
}

function headersOf(names: readonly string[]): Schema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function answerOf(
  { says, body, type, headers = [] }: RouteAnswer,
  more: readonly string[],
): Schema {
  const named = body === undefined ? {} : { $ref: `#/components/schemas/${body}` };
  const plain = { type: type === "application/json" ? "object" : "string" };
  const given = type ?? (body === undefined ? undefined : "application/json");
  return {
    description: says,
    headers: headersOf([...headers, "Request-Id", ...more]),
    ...(given === undefined ? {} : { content: { [given]: { schema: type ? plain : named } } }),
  };
}

/** By status; routes with the same codes share one answer. */
function problemAnswers(entry: RouteEntry, place: Place, { problems }: Components): Schema {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of problemsOf(entry, place))
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].flatMap(([status, codes]) => {
      // `/readyz` says 503 in a document of its own.
      if (entry.answers[status] !== undefined) return [];
      const name = codes.join(".");
      if (!problems.has(name)) problems.set(name, problemAnswer(status, codes));
      return [[String(status), { $ref: `#/components/responses/${name}` }]];
    }),
  );
}

function problemAnswer(status: number, codes: readonly ErrorCode[]): Schema {
  const lines = codes.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}.`);
  const retries = codes.some((code) => ERROR_CODES[code].retry === "after");
  const headers = ["Request-Id", ...(retries ? ["Retry-After"] : [])];
  if (status === 401) headers.push("WWW-Authenticate");
  // Whoever is refused with 401 has not been counted yet.
  else headers.push("RateLimit-Policy", "RateLimit");
  const problem = { $ref: "#/components/schemas/Problem" };
  const code = { properties: { code: { enum: codes }, status: { const: status } } };
  return {
    description: lines.join(" "),
    headers: headersOf(headers),
    content: { "application/problem+json": { schema: { allOf: [problem, code] } } },
  };
}
