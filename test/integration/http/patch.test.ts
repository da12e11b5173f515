import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT, DESIRED, openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const MERGE = "application/merge-patch+json";
const OPERATIONS = "application/json-patch+json";

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const json = { credentials: { username: "cpe1@isp.example", password: CANARY } };
  expect((await api.call("PUT", DESIRED, { json })).status).toBe(201);
});
afterAll(async () => {
  await api.close();
});

const patch = (json: unknown, ask: Ask = {}): Promise<Answer> =>
  api.call("PATCH", DESIRED, { json, type: Array.isArray(json) ? OPERATIONS : MERGE, ...ask });
const problem = ({ status, body }: Answer) => [status, body["code"]];

describe("PATCH of desired state", () => {
  it("changes what it names, keeps the rest with its secret, and says nothing twice", async () => {
    const changed = await patch({ credentials: { realm: "New.example" } });
    expect([changed.status, changed.headers.get("ETag")]).toEqual([202, '"g2"']);
    expect(changed.body["credentials"]).toMatchObject({
      username: "cpe1",
      realm: "new.example",
      password: { set: true, version: 1 },
    });
    const before = await api.state();
    const again = await patch({ credentials: { realm: "new.example" } });
    expect([again.status, again.headers.get("ETag")]).toEqual([200, '"g2"']);
    const same = await patch({ credentials: { password: CANARY } });
    expect([same.status, same.headers.get("ETag")]).toEqual([200, '"g2"']);
    expect(await api.state()).toEqual(before);
  });

  it("takes a JSON Patch with a test of the secret's version", async () => {
    const stale = await patch([
      { op: "test", path: "/credentials/password/version", value: 7 },
      { op: "replace", path: "/credentials/username", value: "never" },
    ]);
    expect(problem(stale)).toEqual([409, "patch_conflict"]);
    const done = await patch([
      { op: "test", path: "/credentials/password/version", value: 1 },
      { op: "replace", path: "/credentials/username", value: "cpe1b" },
    ]);
    expect([done.status, done.headers.get("ETag")]).toEqual([202, '"g3"']);
  });

  it("answers a stale If-Match with 412, whatever the patch says, and a fresh one with the change", async () => {
    const headers = { "If-Match": '"g1"' };
    for (const json of [
      {},
      { credentials: { realm: "x.example" } },
      [{ op: "remove", path: "/nowhere" }],
    ]) {
      const stale = await patch(json, { headers });
      expect(problem(stale)).toEqual([412, "generation_changed"]);
      expect(stale.body["details"]).toEqual({ current: 3, given: [1] });
    }
    const exists = await patch({}, { headers: { "If-None-Match": "*" } });
    expect(problem(exists)).toEqual([412, "generation_changed"]);
    const fresh = await patch(
      { credentials: { username: "cpe1" } },
      { headers: { "If-Match": '"g3"' } },
    );
    expect(fresh.status).toBe(202);
  });

  it("keeps a secret only in the version that it names", async () => {
    const form = (version: number) => ({ credentials: { password: { set: true, version } } });
    expect(
      problem(
        await patch([
          { op: "add", path: "/credentials/password", value: form(9).credentials.password },
        ]),
      ),
    ).toEqual([412, "generation_changed"]);
    expect((await patch(form(1))).status).toBe(200);
  });

  it("plans without a change in a dry run", async () => {
    const before = await api.state();
    const dry = await api.call("PATCH", `${DESIRED}?dryRun=true`, {
      json: { credentials: { username: "other" } },
      type: MERGE,
    });
    expect([dry.status, dry.headers.get("ETag")]).toEqual([200, null]);
    expect(dry.body["document"]).toMatchObject({ change: "changed", dryRun: true });
    expect(await api.state()).toEqual(before);
  });

  it("never loses one of many patches that come at once", async () => {
    const other = await api.token("planner", "devices:read", "desired:write:frequency");
    const json = { frequencyPlan: { channelsKhz: [2500000], bandwidthKhz: 10000 } };
    await api.call("PUT", DESIRED, { json, token: other });
    const channels = Array.from({ length: 20 }, (_, i) => 2505000 + i * 5000);
    const answers = await Promise.all(
      channels.map((value) =>
        patch([{ op: "add", path: "/frequencyPlan/channelsKhz/-", value }], { token: other }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(channels.map(() => 202));
    const { body } = await api.call("GET", DESIRED, { token: other });
    const { channelsKhz } = body["frequencyPlan"] as { channelsKhz: number[] };
    expect([...channelsKhz].sort()).toEqual([2500000, ...channels]);
  });

  it("asks for the scope of what it changes, and of nothing else", async () => {
    const both = await api.token(
      "ops",
      "devices:read",
      "desired:write:firmware",
      "desired:write:frequency",
    );
    await api.call("PUT", `${AT}/desired`, { json: { firmware: { version: "1.2" } }, token: both });
    const less = await api.token("ops", "desired:write:frequency");
    const refused = await patch({ firmware: { version: "1.3" } }, { token: less });
    expect(problem(refused)).toEqual([403, "forbidden"]);
    const released = await patch({ firmware: null }, { token: less });
    expect(problem(released)).toEqual([403, "forbidden"]);
    expect((await patch({ firmware: { version: "1.2" } }, { token: less })).status).toBe(200);
  });

  it("names the owner of a field that another writer set", async () => {
    const ops = await api.token("ops", "desired:write:credentials");
    const refused = await patch({ credentials: { username: "mine" } }, { token: ops });
    expect(problem(refused)).toEqual([409, "field_conflict"]);
  });

  it.for([
    ["plain JSON", "application/json"],
    ["no type", null],
    ["another charset", `${MERGE}; charset=latin1`],
  ] as const)("is told by its media type: %s is 415", async ([, type]) => {
    const answer = await api.call("PATCH", DESIRED, { json: {}, type });
    expect(problem(answer)).toEqual([415, "unsupported_media_type"]);
    expect(answer.headers.get("Accept-Patch")).toBe(`${MERGE}, ${OPERATIONS}`);
  });

  it("refuses what the result may not be, without a value (I18)", async () => {
    const before = await api.state();
    const wrong = await patch({ credentials: { pasword: CANARY }, frimware: {} });
    expect(problem(wrong)).toEqual([422, "invalid"]);
    expect(wrong.text).not.toContain(CANARY);
    expect(wrong.text).toContain('Did you mean \\"firmware\\"');
    expect(problem(await patch([{ op: "replace", path: "", value: null }]))).toEqual([
      422,
      "invalid",
    ]);
    expect(problem(await patch([{ op: "test", path: "/credentials", value: CANARY }]))).toEqual([
      409,
      "patch_conflict",
    ]);
    expect(await api.state()).toEqual(before);
  });

  it("needs a document", async () => {
    const none = "/v1/devices/0019E0-WIXB-A2/desired";
    const ask = { json: {}, type: MERGE };
    expect(problem(await api.call("PATCH", none, ask))).toEqual([404, "not_found"]);
    const stale = { ...ask, headers: { "If-Match": '"g1"' } };
    expect(problem(await api.call("PATCH", none, stale))).toEqual([412, "generation_changed"]);
  });
});
