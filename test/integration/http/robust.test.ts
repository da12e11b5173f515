import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../../src/lib/errors.ts";
import { AT, DESIRED, openApi, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

describe("whatever the body, the answer is a value or a typed problem (I20)", () => {
  const routes = [
    ["PUT", DESIRED],
    ["POST", "/v1/manifests"],
    ["POST", `${AT}/hold`],
    ["POST", `${AT}/reconcile`],
    ["POST", "/v1/stop"],
    ["POST", "/v1/resume"],
  ] as const;
  const route = fc.constantFrom(...routes);
  const likely = fc.dictionary(
    fc.constantFrom(
      "credentials",
      "firmware",
      "frequencyPlan",
      "document",
      "reason",
      "acs",
      "selector",
      "documents",
      "__proto__",
    ),
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({
        username: fc.string({ unit: "binary" }),
        realm: fc.option(fc.string({ unit: "binary" })),
        password: fc.oneof(
          fc.string({ unit: "binary" }),
          fc.constant(null),
          fc.record({ set: fc.boolean(), version: fc.integer() }),
        ),
      }),
    ),
  );

  it("for JSON of any shape", async () => {
    await fc.assert(
      fc.asyncProperty(route, fc.oneof(likely, fc.jsonValue()), async ([method, path], json) => {
        const token = path === DESIRED ? await allFields() : api.tokens.operator;
        const { status, body, text } = await api.call(method, path, { json, token });
        expect(status, text).toBeLessThan(500);
        if (status >= 400) expect(Object.keys(ERROR_CODES)).toContain(body["code"]);
      }),
      { numRuns: 300 },
    );
  });

  it("for bytes that are no JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        route,
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.constantFrom("[".repeat(60_000), '{"a":'.repeat(9_000) + "1" + "}".repeat(9_000)),
        ),
        fc.constantFrom("application/json", "application/yaml", "text/plain", null),
        async ([method, path], text, type) => {
          const { status } = await api.call(method, path, {
            text,
            type,
            token: api.tokens.operator,
          });
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("for any id, query and header", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.webQueryParameters(),
        async (id, query) => {
          const path = `/v1/devices/${encodeURIComponent(Buffer.from(id, "utf8").toString("utf8"))}?${query}`;
          const { status } = await api.call("GET", path, { headers: { "If-Match": '"g1"' } });
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 200 },
    );
  });

  let everything: Promise<string> | undefined;
  function allFields(): Promise<string> {
    everything ??= api.token("fuzzer", "admin");
    return everything;
  }
});
