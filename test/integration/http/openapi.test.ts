/** The document of the API against the API: the same routes, the same parameters, scopes and bodies, the same answers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shippedOpenApi } from "../../../src/package/files.ts";
import { placeOf } from "../../support/openapi/document.ts";
import type { Document, Operation } from "../../support/openapi/conforms.ts";
import { DEVICE, openApi, type Answer, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const document = JSON.parse(shippedOpenApi()) as Document;
interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}
const calls: readonly Call[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation },
  })),
);
/** Behind the gate of `/v1`, where every check is in its order. */
const gated = calls.filter(
  ({ path, operation }) => /^\/v1\/(?!radius)/.test(path) && operation.security.length > 0,
);
const filled = (path: string): string =>
  path
    .replace("/v1/devices/{id}", `/v1/devices/${DEVICE}`)
    .replace("/v1/acs/{name}", "/v1/acs/main")
    .replaceAll(/\{\w+\}/g, "1");
const formOf = ({ operation }: Call) => Object.entries(operation.requestBody?.content ?? {})[0];

/** As an admin, with the body that the document shows. */
async function ask(call: Call, query = "", type?: string | null): Promise<Answer> {
  const [media, { example } = { example: undefined }] = formOf(call) ?? [];
  const text = typeof example === "string" ? example : JSON.stringify(example);
  const body = media === undefined ? {} : { text, type: type === undefined ? media : type };
  const path = `${filled(call.path)}${query}`;
  return await api.call(call.method, path, { ...body, token: api.tokens.operator });
}

describe("the document and the routes", () => {
  it("are the same, both ways", () => {
    const served = api.app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => placeOf(`${method} ${path}`))
      .map(({ method, path }) => `${method} ${path}`);
    expect(calls.map(({ name }) => name).sort()).toEqual([...new Set(served)].sort());
    expect(calls.length).toBeGreaterThan(60);
  });

  it("is served to whoever asks, as it is checked in", async () => {
    const { status, headers, text } = await api.call("GET", "/v1/openapi.json", { token: null });
    expect([status, headers.get("Content-Type")]).toEqual([200, "application/json"]);
    expect(text).toBe(shippedOpenApi());
  });

  it("names each call once", () => {
    const ids = calls.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a call", () => {
  it.for(gated.map((call) => [call.name, call] as const))(
    "%s asks for the scopes that are written",
    async ([, { method, path, operation }]) => {
      const token = await api.token("nobody", "secrets:reveal");
      const refused = await api.call(method, filled(path), { token });
      expect(refused.body["code"]).toBe("forbidden");
      const { missingScope } = refused.body["details"] as { missingScope: string[] };
      expect(new Set(operation.security.map(({ bearer }) => bearer[0]))).toEqual(
        new Set(missingScope),
      );
    },
  );

  it.for(gated.map((call) => [call.name, call] as const))(
    "%s knows the parameters that are written, and no other",
    async ([, call]) => {
      const names = call.operation.parameters.flatMap((each) =>
        each["in"] === "query" ? [String(each["name"])] : [],
      );
      // Twice each: a known one is refused for that, an unknown one for its name.
      for (const name of [...names, "unknown"]) {
        const before = await api.state();
        const { status, body } = await ask(call, `?${name}=1&${name}=2`);
        const codes = (body["errors"] as { pointer: string; code: string }[] | undefined) ?? [];
        expect([status, codes[0]]).toMatchObject([422, { pointer: `/${name}`, code: "repeated" }]);
        expect(await api.state()).toEqual(before);
      }
      const { status, body } = await ask(call, "?unknown=1");
      const [problem] = (body["errors"] as { code: string }[] | undefined) ?? [];
      expect([status, problem?.code]).toEqual([422, "unknown_field"]);
    },
  );

  it.for(
    gated.filter((call) => formOf(call) !== undefined).map((call) => [call.name, call] as const),
  )("%s refuses a body that is not declared, and changes nothing", async ([, call]) => {
    const before = await api.state();
    expect((await ask(call, "", null)).status).toBe(415);
    expect((await ask(call, "", "text/plain")).status).toBe(415);
    expect(await api.state()).toEqual(before);
  });
});
