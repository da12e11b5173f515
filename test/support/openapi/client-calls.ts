/**
 * Types of the calls that our own client makes, from the document: what each takes, and which answer it gets. The answers
 * are those of `model/api-answers.ts`, which the schemas of the document are made of.
 */
import type { Schema } from "./answer-schemas.ts";

type Parameter = Readonly<{ name?: string; in?: string; required?: boolean; schema?: Schema }>;
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

const HEAD = `/** Written by \`npm run gen\` from the document of the API; a change here is lost. */
import type { Answers } from "../model/api-answers.ts";

/** By method and path: what goes in, and what comes back. One line each, as nobody writes here. */
// prettier-ignore
export interface Calls {
`;

/** @throws on a schema that has no type here */
export function clientCalls(document: Schema): string {
  const paths = document["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const answer = answerType(operation);
      return answer === undefined ? [] : [callText(method, path, operation, answer)];
    }),
  );
  return `${HEAD}${calls.sort().join("")}}\n`;
}

function callText(method: string, path: string, operation: Operation, answer: string): string {
  const parts = [
    ...groupOf("path", operation.parameters),
    ...groupOf("query", operation.parameters),
    ...bodyOf(operation),
    `answer: ${answer}`,
  ];
  return `"${method.toUpperCase()} ${path}": { ${parts.join("; ")} };\n`;
}

function groupOf(place: string, parameters: readonly Parameter[]): string[] {
  const members = parameters
    .filter((each) => each.in === place)
    .map(({ name = "", required = false, schema = {} }) =>
      // Nothing is sent of a parameter that is null.
      required ? `${name}: string | number` : `${name}?: ${typeOf(schema)} | null | undefined`,
    );
  if (members.length === 0) return [];
  return [`${place}${place === "path" ? "" : "?"}: { ${members.join("; ")} }`];
}

function bodyOf({ requestBody }: Operation): string[] {
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return [];
  return [`json${requestBody?.required === true ? "" : "?"}: ${typeOf(schema)}`];
}

/** Of the successes, which are one type or several. */
function answerType({ responses }: Operation): string | undefined {
  const names = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .flatMap(([, { content }]) => {
      const ref = content?.["application/json"]?.schema?.["$ref"];
      return typeof ref === "string" ? [ref.slice("#/components/schemas/".length)] : [];
    });
  const types = [...new Set(names)].map((name) => `Answers["${name}"]`);
  return types.length === 0 ? undefined : types.join(" | ");
}

const PLAIN: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

function typeOf(schema: Schema): string {
  const { type, const: only, enum: words, anyOf, items } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (words !== undefined)
    return (words as unknown[]).map((word) => JSON.stringify(word)).join(" | ");
  if (anyOf !== undefined) return [...new Set((anyOf as Schema[]).map(typeOf))].join(" | ");
  if (type === "array") return `readonly (${typeOf((items ?? {}) as Schema)})[]`;
  if (type === "object") return objectType(schema);
  if (typeof type === "string" && type in PLAIN) return PLAIN[type] ?? "unknown";
  if (type === undefined) return "unknown";
  throw new Error(`no type for ${JSON.stringify(schema)}`);
}

function objectType({
  properties = {},
  required = [],
  additionalProperties: others,
}: Schema): string {
  const members = Object.entries(properties as Readonly<Record<string, Schema>>).map(
    ([name, schema]) => {
      const optional = (required as readonly string[]).includes(name) ? "" : "?";
      const type = typeOf(schema);
      const missing = optional === "" || type === "unknown" ? "" : " | undefined";
      return `readonly ${name}${optional}: ${type}${missing}`;
    },
  );
  if (members.length > 0) return `{ ${members.join("; ")} }`;
  return others === false ? "Readonly<Record<string, never>>" : "Readonly<Record<string, unknown>>";
}
