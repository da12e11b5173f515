/** The document by itself: what it shows is valid by its own schemas, and holds no secret. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parse } from "yaml";
import { ROUTES } from "../../../src/http/routes/index.ts";
import type { Entries } from "../../../src/http/routes/route.ts";
import { shippedOpenApi } from "../../../src/package/files.ts";
import { parseDesiredBody } from "../../../src/service/desired-body.ts";
import { misfits } from "../../support/json-schema.ts";
import { operationFor, unlike, type Document } from "../../support/openapi/conforms.ts";

const text = shippedOpenApi();
const document = JSON.parse(text) as Document;
const { schemas } = document.components;

const bodies = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody }]) =>
    Object.entries(requestBody?.content ?? {}).map(
      ([type, form]) => [`${method.toUpperCase()} ${path} as ${type}`, form] as const,
    ),
  ),
);
const examples = Object.entries(schemas).flatMap(([name, schema]) =>
  ((schema["examples"] as unknown[] | undefined) ?? []).map((example) => [name, example] as const),
);

describe("what the document shows", () => {
  it.for(bodies)("the body of %s fits its schema", ([, { schema, example }]) => {
    expect(misfits(schema, example)).toEqual([]);
  });

  it.for(examples)("an answer %s fits its schema", ([name, example]) => {
    const root = { components: document.components, $ref: `#/components/schemas/${name}` };
    expect(misfits(root, example)).toEqual([]);
  });

  it("is what the schemas of the routes take, too", () => {
    const forms = Object.values<Entries[string]>(ROUTES).flatMap(({ body }) =>
      Object.values(body?.forms ?? {}),
    );
    const checked = forms.filter(({ schema }) => schema instanceof z.ZodType);
    for (const { schema, example } of checked) {
      expect((schema as z.ZodType).safeParse(example).success, JSON.stringify(example)).toBe(true);
    }
    expect(checked.length).toBeGreaterThan(20);
  });

  it("has an example of most answers, and of every body", () => {
    expect(examples.length).toBeGreaterThan(25);
    expect(bodies.every(([, { example }]) => example !== undefined)).toBe(true);
  });

  it("is no secret of anybody", () => {
    expect(text).not.toMatch(/plumb_[0-9A-Za-z]{1,32}_[0-9A-Za-z]{20,}|whsec_|BEGIN [A-Z ]*KEY/);
    const passwords = [...text.matchAll(/"password": "([^"]*)"/g)].map(([, value]) => value);
    expect(new Set(passwords)).toEqual(new Set(["EXAMPLE-ONLY"]));
  });

  it("leads somewhere with each of its references", () => {
    const { components } = JSON.parse(text) as { components: Record<string, object> };
    const refs = new Set(
      [...text.matchAll(/"\$ref": "#\/components\/(\w+)\/([^"]+)"/g)].map(String),
    );
    expect(refs.size).toBeGreaterThan(50);
    for (const ref of refs) {
      const [, kind = "", name = ""] = ref.split(",");
      expect(components[kind], ref).toHaveProperty([name]);
    }
  });

  it("is also JSON to a parser of YAML, so that tools of both kinds read it", () => {
    expect(parse(text)).toEqual(document);
  });
});

describe("the desired document in it", () => {
  const put = operationFor(document, "PUT", "/v1/devices/CPE-1/desired");
  const schema = put?.requestBody?.content["application/json"]?.schema ?? {};
  const username = "u@isp.example";

  it.for([
    ["a new password", { username, password: "x" }, true],
    ["the form that GET shows", { username, password: { set: true, version: 3 } }, true],
    ["a password that is taken away", { username, password: null }, true],
    ["an empty password", { username, password: "" }, false],
    ["a form without its version", { username, password: { set: true } }, false],
    ["a name that is misspelt", { usernam: username }, false],
    ["no field at all", null, true],
  ] as const)("%s: document and server say the same", ([, credentials, right]) => {
    const body = { credentials };
    expect(misfits(schema, body).length === 0).toBe(right);
    const taken = (): unknown => parseDesiredBody(body);
    if (right) expect(taken).not.toThrow();
    else expect(taken).toThrow();
  });
});

describe("the check of answers", () => {
  const request = { method: "GET", path: "/v1/devices/CPE-1/desired" };
  const given = (status: number, body: object, type = "application/json", headers = {}) => ({
    ...{ status, body, text: JSON.stringify(body) },
    headers: new Headers({ "Content-Type": type, ...headers }),
  });
  const good = schemas["Document"]?.["examples"] as [Record<string, unknown>];
  const problem = schemas["Problem"]?.["examples"] as [Record<string, unknown>];

  it("passes what is promised", () => {
    expect(unlike(document, request, given(200, good[0]))).toEqual([]);
    expect(unlike(document, request, given(422, problem[0], "application/problem+json"))).toEqual(
      [],
    );
  });

  it.for([
    ["another status", given(201, good[0])],
    ["another type", given(200, good[0], "text/html")],
    ["a member that nobody promised", given(200, { ...good[0], document: { extra: 1 } })],
    [
      "a code that this call has not",
      given(422, { ...problem[0], code: "patch_conflict" }, "application/problem+json"),
    ],
    ["a header that nobody promised", given(200, good[0], "application/json", { Location: "/x" })],
  ] as const)("notices %s", ([, answer]) => {
    expect(unlike(document, request, answer)).not.toEqual([]);
  });
});
