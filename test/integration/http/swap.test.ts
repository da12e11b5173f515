import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT, DESIRED, DEVICE, openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const NEW = "0019E0-WIXB-A2";

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const json = { credentials: { username: "cpe1@isp.example", password: CANARY } };
  expect((await api.call("PUT", DESIRED, { json })).status).toBe(201);
});
afterAll(async () => {
  await api.close();
});

const swap = (json: unknown, ask: Ask & { readonly query?: string } = {}): Promise<Answer> =>
  api.call("POST", `${AT}/swap${ask.query ?? ""}`, { json, ...ask });
const problem = ({ status, body }: Answer) => [status, body["code"]];

describe("POST …/swap", () => {
  it.for<[string, unknown, number, string]>([
    ["nothing", {}, 422, "invalid"],
    ["a mistyped member", { to: NEW, expectedSerial: "A1" }, 422, "invalid"],
    ["a CPE that nobody registered", { to: "B7" }, 404, "not_found"],
    ["another serial than expected", { to: NEW, expectSerial: "A9" }, 409, "swap_conflict"],
  ])("refuses %s", async ([, json, status, code]) => {
    const before = await api.state();
    expect(problem(await swap(json))).toEqual([status, code]);
    expect(await api.state()).toEqual(before);
  });

  it("asks for the scope of each field that moves", async () => {
    const less = await api.token("billing", "desired:write:firmware");
    const refused = await swap({ to: NEW }, { token: less });
    expect(problem(refused)).toEqual([403, "forbidden"]);
  });

  it("is 412 for a stale If-Match, and shows its plan in a dry run", async () => {
    const before = await api.state();
    const stale = await swap({ to: NEW }, { headers: { "If-Match": '"g9"' } });
    expect(problem(stale)).toEqual([412, "generation_changed"]);
    const dry = await swap({ to: NEW }, { query: "?dryRun=true" });
    expect([dry.status, dry.headers.get("Location")]).toEqual([200, null]);
    expect(dry.body).toMatchObject({ swap: { from: DEVICE, to: NEW }, plan: { basis: null } });
    expect(await api.state()).toEqual(before);
  });

  it("moves the document, once, and its repeat is 200 without a change", async () => {
    const json = { to: "A2", expectSerial: "A1", oldDevice: "returned" };
    const done = await swap(json);
    expect([done.status, done.headers.get("ETag")]).toEqual([202, '"g1"']);
    expect(done.headers.get("Location")).toMatch(/^\/v1\/operations\/op_/);
    expect(done.body).toMatchObject({
      document: { device: NEW, change: "changed" },
      credentials: { username: "cpe1", password: { set: true } },
      swap: { from: DEVICE, to: NEW },
    });
    expect(done.text).not.toContain(CANARY);
    const before = await api.state();
    const again = await swap(json);
    expect([again.status, again.headers.get("Location")]).toEqual([200, null]);
    expect(again.body["document"]).toMatchObject({ device: NEW, change: "unchanged" });
    expect(await api.state()).toEqual(before);
    const old = await api.call("GET", AT);
    expect(old.body["owedRevocations"]).toMatchObject([{ username: "cpe1@isp.example" }]);
  });

  it("says where the document went to whoever comes later", async () => {
    const documents = [
      {
        apiVersion: "plumbline/v1",
        kind: "Device",
        metadata: { name: "third" },
        spec: { oui: "0019E0", productClass: "WIXB", serial: "A3", acs: "main" },
      },
    ];
    await api.call("POST", "/v1/manifests", { json: { documents }, token: api.tokens.operator });
    const late = await swap({ to: "third" });
    expect(problem(late)).toEqual([409, "swap_conflict"]);
    expect(late.body["details"]).toEqual({ movedTo: NEW });
  });
});
