import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiKeys } from "../../../src/model/api-access.ts";
import { DESIRED, openApi, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const token = () => api.tokens.operator;
const status = async (): Promise<ApiKeys> =>
  (await api.call("GET", "/v1/keys", { token: token() })).body as unknown as ApiKeys;

describe("keys by the API", () => {
  it("are for admins only", async () => {
    expect((await api.call("GET", "/v1/keys")).status).toBe(403);
    expect((await api.call("POST", "/v1/keys/rotate")).status).toBe(403);
  });

  it("are rotated in the background, and no key is in any answer or log line (I18)", async () => {
    const credentials = { username: "s1", realm: "isp.example", password: "pw-Canary-11!" };
    await api.call("PUT", DESIRED, { json: { credentials } });
    const before = await status();
    expect(before.keys).toMatchObject([{ newest: true, retiredAt: null, secrets: 1 }]);
    expect(before.rotation.state).toBe("none");
    const begun = await api.call("POST", "/v1/keys/rotate", { token: token() });
    expect([begun.status, begun.headers.get("Location")]).toEqual([202, "/v1/keys"]);
    await expect.poll(async () => (await status()).rotation.state).toBe("done");
    const after = await status();
    expect(after.keys).toMatchObject([{ newest: true, secrets: 1 }]);
    expect(after.keys[0]?.id).not.toBe(before.keys[0]?.id);
    expect(after.rotation).toMatchObject({ rewrapped: 1, retired: [before.keys[0]?.id] });
    // The same password is the same still: no new version, no change.
    expect((await api.call("PUT", DESIRED, { json: { credentials } })).status).toBe(200);
    const ring = JSON.parse(await readFile(join(api.folder, "keyring.json"), "utf8")) as {
      indexKey: string;
      keys: { key: string }[];
    };
    const said = JSON.stringify([after, begun.text, api.telemetry.lines]);
    for (const key of [ring.indexKey, ...ring.keys.map(({ key: one }) => one)])
      expect(said).not.toContain(key);
  });
});
