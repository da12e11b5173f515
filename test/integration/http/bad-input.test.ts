import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESIRED, AT, openApi, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const CREDENTIALS = { credentials: { username: "cpe1@isp.example", password: CANARY } };

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await api.call("PUT", DESIRED, { json: CREDENTIALS });
});
afterAll(async () => {
  await api.close();
});

interface Case {
  readonly name: string;
  readonly call: readonly [method: string, path: string];
  readonly ask?: Ask;
  readonly as?: "operator" | "reader" | "nobody";
  readonly want: readonly [status: number, code: string];
  /** Somewhere in the problem. */
  readonly says?: string;
  readonly pointer?: string;
}

const big = `{"credentials":{"username":"${"x".repeat(70_000)}"}}`;

const CASES: readonly Case[] = [
  {
    name: "an unknown field is named with the nearest known one",
    call: ["PUT", DESIRED],
    ask: { json: { frimware: { version: "1" } } },
    want: [422, "invalid"],
    says: 'Did you mean \\"firmware\\"?',
    pointer: "/frimware",
  },
  {
    name: "an unknown member inside a field is named by its own pointer",
    call: ["PUT", DESIRED],
    ask: { json: { credentials: { usernmae: "a", username: "b" } } },
    want: [422, "invalid"],
    says: 'Did you mean \\"username\\"?',
    pointer: "/credentials/usernmae",
  },
  {
    name: "malformed JSON is shown with its place and without its text",
    call: ["PUT", DESIRED],
    ask: { text: `{"credentials":\n {"password": ${CANARY}}}` },
    want: [400, "malformed_json"],
    says: "line 2, column 15",
  },
  {
    name: "an empty body is not an empty document",
    call: ["PUT", DESIRED],
    ask: { text: "" },
    want: [400, "malformed_json"],
    says: "the body is empty",
  },
  {
    name: "a body without content type is never taken for an empty object",
    call: ["PUT", DESIRED],
    ask: { json: CREDENTIALS, type: null },
    want: [415, "unsupported_media_type"],
  },
  {
    name: "a form is not JSON",
    call: ["PUT", DESIRED],
    ask: { text: "credentials=1", type: "application/x-www-form-urlencoded" },
    want: [415, "unsupported_media_type"],
  },
  {
    name: "another charset is not understood",
    call: ["PUT", DESIRED],
    ask: { json: CREDENTIALS, type: "application/json; charset=latin1" },
    want: [415, "unsupported_media_type"],
  },
  {
    name: "a device that nobody registered is not there",
    call: ["PUT", "/v1/devices/0019E0-WIXB-NONE/desired"],
    ask: { json: CREDENTIALS },
    want: [404, "not_found"],
  },
  {
    name: "an id with a NUL in it is not there, and no database error",
    call: ["GET", "/v1/devices/a%00b"],
    want: [404, "not_found"],
  },
  {
    name: "the body is checked before the device is looked up",
    call: ["PUT", "/v1/devices/0019E0-WIXB-NONE/desired"],
    ask: { json: { nothing: 1 } },
    want: [422, "invalid"],
  },
  {
    name: "no token",
    call: ["GET", "/v1/fleet"],
    as: "nobody",
    want: [401, "unauthenticated"],
  },
  {
    name: "a token of another installation",
    call: ["PUT", DESIRED],
    ask: {
      json: { nothing: 1 },
      token: "plumb_000000001_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA0",
    },
    want: [401, "unauthenticated"],
  },
  {
    name: "the token is checked before the body's type",
    call: ["PUT", DESIRED],
    ask: { text: "x", type: null, token: null },
    want: [401, "unauthenticated"],
  },
  {
    name: "an unknown address below /v1 asks for a token first",
    call: ["GET", "/v1/nothing"],
    as: "nobody",
    want: [401, "unauthenticated"],
  },
  {
    name: "a missing scope is named",
    call: ["PUT", DESIRED],
    as: "reader",
    ask: { json: CREDENTIALS },
    want: [403, "forbidden"],
    says: "desired:write:credentials",
  },
  {
    name: "a scope for one field is not a scope for another",
    call: ["PUT", DESIRED],
    ask: { json: { firmware: { version: "1.2" } } },
    want: [403, "forbidden"],
    says: "desired:write:firmware",
  },
  {
    name: "billing cannot stop the fleet",
    call: ["POST", "/v1/stop"],
    ask: { json: { reason: "x" } },
    want: [403, "forbidden"],
    says: "admin",
  },
  {
    name: "a body over its limit",
    call: ["PUT", DESIRED],
    ask: { text: big },
    want: [413, "payload_too_large"],
    says: "64 KiB",
  },
  {
    name: "a stale If-Match",
    call: ["PUT", DESIRED],
    ask: { json: { credentials: { username: "other" } }, headers: { "If-Match": '"g99"' } },
    want: [412, "generation_changed"],
    says: '"details":{"current":1,"given":[99]}',
  },
  {
    name: "If-None-Match: * on a document that is there",
    call: ["PUT", DESIRED],
    ask: { json: CREDENTIALS, headers: { "If-None-Match": "*" } },
    want: [412, "generation_changed"],
  },
  {
    name: "an If-Match that is no ETag",
    call: ["PUT", DESIRED],
    ask: { json: CREDENTIALS, headers: { "If-Match": "3" } },
    want: [422, "invalid"],
  },
  {
    name: "a kept secret whose version is not the stored one",
    call: ["PUT", DESIRED],
    ask: {
      json: { credentials: { username: "cpe1@isp.example", password: { set: true, version: 7 } } },
    },
    want: [412, "generation_changed"],
    pointer: "/credentials/password",
  },
  {
    name: "a secret in a form of its own",
    call: ["PUT", DESIRED],
    ask: { json: { credentials: { username: "a", password: { value: CANARY } } } },
    want: [422, "invalid"],
    pointer: "/credentials/password",
  },
  {
    name: "a password that is no text is not repeated",
    call: ["PUT", DESIRED],
    ask: { json: { credentials: { username: "a", password: [CANARY] } } },
    want: [422, "invalid"],
    pointer: "/credentials/password",
  },
  {
    name: "a body of nothing but depth",
    call: ["PUT", DESIRED],
    ask: { text: "[".repeat(30_000) + "]".repeat(30_000) },
    want: [422, "invalid"],
    says: "nested more than 64 deep",
  },
  {
    name: "half a character is no text",
    call: ["PUT", DESIRED],
    ask: { text: '{"credentials":{"username":"a\\ud800"}}' },
    want: [422, "invalid"],
    pointer: "/credentials/username",
  },
  {
    name: "a selector with a mistake says where",
    call: ["GET", "/v1/devices?selector=state=convergd"],
    want: [422, "invalid"],
    says: "did you mean",
    pointer: "/selector",
  },
  {
    name: "a mistyped query parameter does not turn a plan into an apply",
    call: ["PUT", `${DESIRED}?dryrun=true`],
    ask: { json: { credentials: { username: "other" } } },
    want: [422, "invalid"],
    says: 'Did you mean \\"dryRun\\"?',
  },
  {
    name: "a repeated query parameter",
    call: ["GET", "/v1/devices?limit=1&limit=2"],
    want: [422, "invalid"],
  },
  {
    name: "a page that is too large",
    call: ["GET", "/v1/devices?limit=501"],
    want: [422, "invalid"],
  },
  {
    name: "a cursor that is not ours",
    call: ["GET", "/v1/devices?cursor=abc"],
    want: [422, "invalid"],
    pointer: "/cursor",
  },
  {
    name: "a method that is not there",
    call: ["POST", "/v1/fleet"],
    want: [405, "method_not_allowed"],
  },
  {
    name: "an address that is not there, with the nearest",
    call: ["GET", "/v1/flet"],
    want: [404, "not_found"],
    says: "/v1/fleet",
  },
  {
    name: "an empty bundle",
    call: ["POST", "/v1/manifests"],
    as: "operator",
    ask: { json: { documents: [] } },
    want: [422, "invalid"],
  },
  {
    name: "a manifest with a mistake in its second document",
    call: ["POST", "/v1/manifests"],
    as: "operator",
    ask: {
      json: {
        documents: [
          {
            apiVersion: "plumbline/v1",
            kind: "FrequencyPlan",
            metadata: { name: "a" },
            spec: { channelsKhz: [1], bandwidthKhz: 1 },
          },
          { apiVersion: "plumbline/v1", kind: "Profil", metadata: { name: "a" }, spec: {} },
        ],
      },
    },
    want: [422, "invalid"],
    pointer: "/documents/1/kind",
  },
  {
    name: "YAML that is none",
    call: ["POST", "/v1/manifests"],
    as: "operator",
    ask: { text: "a: [1", type: "application/yaml" },
    want: [400, "malformed_yaml"],
    says: '"line":1',
  },
  {
    name: "a manifest that names an ACS that is not there",
    call: ["POST", "/v1/manifests"],
    as: "operator",
    ask: {
      json: {
        documents: [
          {
            apiVersion: "plumbline/v1",
            kind: "Device",
            metadata: { name: "x" },
            spec: { oui: "0019E0", serial: "Z9", acs: "gone" },
          },
        ],
      },
    },
    want: [422, "invalid"],
    says: "Acs/gone",
  },
  {
    name: "a hold without a reason",
    call: ["POST", `${AT}/hold`],
    as: "operator",
    ask: { json: {} },
    want: [422, "invalid"],
    pointer: "/reason",
  },
  {
    name: "a hold that ended yesterday",
    call: ["POST", `${AT}/hold`],
    as: "operator",
    ask: { json: { reason: "x", until: "2020-01-01T00:00:00Z" } },
    want: [422, "invalid"],
    pointer: "/until",
  },
  {
    name: "an action with a body that it does not take",
    call: ["POST", `${AT}/reconcile`],
    as: "operator",
    ask: { json: { force: true } },
    want: [422, "invalid"],
  },
];

describe("bad input is a typed problem, and nothing has changed", () => {
  it.for(CASES)("$name", async ({ call, ask, as, want, says, pointer }) => {
    const before = await api.state();
    const token = as === "nobody" ? null : api.tokens[as ?? "billing"];
    const answer = await api.call(call[0], call[1], { token, ...ask });
    const { body, headers, text } = answer;
    expect([answer.status, body["code"]], text).toEqual(want);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(body["status"]).toBe(want[0]);
    expect(body["type"]).toBe(`/problems/${want[1].replaceAll("_", "-")}`);
    expect(body["requestId"]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(headers.get("Request-Id")).toBe(body["requestId"]);
    expect(["now", "after", "after_change", "never"]).toContain(body["retry"]);
    expect(text).not.toContain(CANARY);
    if (says !== undefined) expect(text).toContain(says);
    if (pointer !== undefined)
      expect(body["errors"]).toContainEqual(expect.objectContaining({ pointer }));
    expect(await api.state()).toEqual(before);
  });

  it("answers 405 with what is possible, and OPTIONS with the same", async () => {
    const wrong = await api.call("PATCH", "/v1/fleet");
    expect(wrong.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
    const options = await api.call("OPTIONS", DESIRED);
    expect([options.status, options.text]).toEqual([204, ""]);
    expect(options.headers.get("Allow")).toBe("PUT, PATCH, GET, HEAD, DELETE, OPTIONS");
  });

  it("tells a client that was refused its token how to authenticate", async () => {
    const answer = await api.call("GET", "/v1/fleet", { token: null });
    expect(answer.headers.get("WWW-Authenticate")).toContain("Bearer");
  });

  it("keeps the request id of the caller when it can stand in a header", async () => {
    const kept = await api.call("GET", "/livez", { headers: { "Request-Id": "cron-7.a:b" } });
    expect(kept.headers.get("Request-Id")).toBe("cron-7.a:b");
    const replaced = await api.call("GET", "/livez", { headers: { "Request-Id": "a b\t" } });
    expect(replaced.headers.get("Request-Id")).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});
