/** What is known of an import after its answer, or without one. */
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { PlumbClient } from "../../../src/client/http.ts";
import { importCalls } from "../../../src/client/imports.ts";
import { httpApp } from "../../../src/http/app.ts";
import type { ApiImportDetail, ApiImported } from "../../../src/model/api-imports.ts";
import type { FleetStore } from "../../../src/ports/fleet-store.ts";
import { radiusIngest } from "../../../src/service/radius.ts";
import { device, openApi, type Answer, type Api } from "./api-fixture.ts";

const CANARY = "canary-Im7!zq-9921";
const NDJSON = "application/x-ndjson";

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const documents = Array.from({ length: 40 }, (_, n) => device(`P${n}`));
  const json = { documents };
  await api.call("POST", "/v1/manifests", { json, token: api.tokens.operator });
});
afterAll(async () => {
  await api.close();
});

const line = (n: number, username: string): string =>
  JSON.stringify({
    device: `0019E0-WIXB-P${n}`,
    credentials: { username, realm: "isp.example", password: CANARY },
  });
const lines = (from: number, count: number, username = "p"): string =>
  Array.from({ length: count }, (_, n) => line(from + n, `${username}${from + n}`)).join("\n");
const send = (text: string, query = ""): Promise<Answer> =>
  api.call("POST", `/v1/imports${query}`, { text, type: NDJSON });
const told = ({ body }: Answer): ApiImportDetail => body as unknown as ApiImportDetail;
const counts = ({ status, created, changed, unchanged, refused }: ApiImportDetail) => ({
  ...{ status, created, changed, unchanged, refused },
});

/** The API over a store of which one thing is different. */
function over(store: Partial<FleetStore>) {
  const { telemetry } = api;
  return httpApp({
    ...{ store: { ...api.store, ...store }, telemetry, clock: systemClock, version: "0.0.0-test" },
    ...{ mapsOf: shippedMapsWith(), shuttingDown: () => false },
    radius: radiusIngest({
      ...{ signs: api.store, telemetry, now: () => new Date() },
      store: { storeRadius: () => Promise.resolve(0) },
    }),
  });
}

describe("GET /v1/imports/{id}", () => {
  it("tells of every line what became of it, as the answer did, and of refused ones why and where", async () => {
    const text = `${lines(0, 2)}\n{"device": "nobody"}\n{"device": "P3", "credentialz": "${CANARY}"}`;
    const done = await send(text);
    const { id, results } = done.body as unknown as ApiImported;
    expect(done.headers.get("Location")).toBe(`/v1/imports/${id ?? ""}`);
    const asked = await api.call("GET", `/v1/imports/${id ?? ""}`);
    expect(counts(told(asked))).toEqual({
      ...{ status: "done", created: 2, changed: 0, unchanged: 0, refused: 2 },
    });
    expect(told(asked)).toMatchObject({ id, lines: 4, wanted: 2, problem: null, next: null });
    expect(told(asked).results).toMatchObject(results);
    const refused = await api.call("GET", `/v1/imports/${id ?? ""}?outcome=refused`);
    expect(told(refused).results).toMatchObject([
      { line: 3, problem: { code: "not_found" } },
      { line: 4, problem: { code: "invalid", errors: [{ pointer: "/credentialz" }] } },
    ]);
    const operation = told(asked).results[0]?.operation ?? "";
    expect((await api.call("GET", `/v1/operations/${operation}`)).status).toBe(200);
    expect(asked.text + refused.text, "(I18)").not.toContain(CANARY);
    const kept = await api.db.selectFrom("import_lines").selectAll().execute();
    expect(JSON.stringify(kept), "(I18)").not.toContain(CANARY);
  });

  it("gives the lines in pages", async () => {
    const { id } = (await send(lines(0, 5))).body as unknown as ApiImported;
    const first = told(await api.call("GET", `/v1/imports/${id ?? ""}?limit=3`));
    expect([first.results.map((each) => each.line), first.next]).toEqual([[1, 2, 3], "3"]);
    const rest = told(await api.call("GET", `/v1/imports/${id ?? ""}?limit=3&cursor=3`));
    expect([rest.results.map((each) => each.line), rest.next]).toEqual([[4, 5], null]);
  });

  it("goes on when the connection is lost, and says how it went", async () => {
    const server = serve({ fetch: api.app.fetch, port: 0, hostname: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const text = lines(10, 25, "lost");
      await new Promise<void>((resolve, reject) => {
        const path = "/v1/imports?expect=25";
        const headers = {
          ...{ authorization: `Bearer ${api.tokens.billing}`, "content-type": NDJSON },
          "content-length": String(Buffer.byteLength(text)),
        };
        const asked = request({ port, host: "127.0.0.1", method: "POST", path, headers }, () => {
          reject(new Error("it was answered before the connection could be lost"));
        });
        asked.on("error", () => {
          resolve();
        });
        // The line is cut as soon as the import is known to have begun.
        asked.end(text, () => {
          void expect
            .poll(async () => told(await api.call("GET", "/v1/imports/last")).lines)
            .toBe(25)
            .then(() => asked.destroy());
        });
      });
      const url = `http://127.0.0.1:${port}`;
      const client = new PlumbClient({ url, token: api.tokens.billing });
      await expect
        .poll(async () => (await importCalls(client).show("last", {})).status, { timeout: 30_000 })
        .toBe("done");
      const whole = await importCalls(client).whole("last");
      expect(counts(whole)).toMatchObject({ created: 25, refused: 0 });
      expect(whole.results.map((each) => each.line)).toEqual(
        Array.from({ length: 25 }, (_, n) => n + 1),
      );
    } finally {
      server.close();
    }
  });

  it("says how far one is that is under way", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let writes = 0;
    const slow = over({
      async putDocument(...asked) {
        if (!asked[4].dryRun && (writes += 1) === 3) await gate;
        return await api.store.putDocument(...asked);
      },
    });
    const headers = { Authorization: `Bearer ${api.tokens.billing}`, "Content-Type": NDJSON };
    const text = `${lines(0, 3, "slow")}\n{"device": "nobody"}`;
    const sent = slow.request("/v1/imports", { method: "POST", headers, body: text });
    await expect.poll(() => writes).toBe(3);
    const asked = await api.call("GET", "/v1/imports/last");
    expect(told(asked)).toMatchObject({ status: "writing", lines: 4, wanted: 3, refused: 1 });
    expect(asked.headers.get("Retry-After")).toBe("2");
    open();
    expect((await sent).status).toBe(200);
    expect(told(await api.call("GET", "/v1/imports/last"))).toMatchObject({ status: "done" });
  });

  it("of one that broke off it says so, and the lines that are written; sent again it goes on (I3)", async () => {
    let left = 2;
    const dying = over({
      async putDocument(...asked) {
        if (!asked[4].dryRun && left-- <= 0) throw new Error(`the process is gone ${CANARY}`);
        return await api.store.putDocument(...asked);
      },
    });
    const headers = { Authorization: `Bearer ${api.tokens.billing}`, "Content-Type": NDJSON };
    const body = lines(0, 4, "dying");
    const sent = await dying.request("/v1/imports", { method: "POST", headers, body });
    expect(sent.status).toBe(500);
    const broken = await api.call("GET", "/v1/imports/last");
    expect(counts(told(broken))).toMatchObject({ status: "broken", changed: 2 });
    expect(broken.text).not.toContain(CANARY);
    await send(body);
    expect(counts(told(await api.call("GET", "/v1/imports/last")))).toMatchObject({
      ...{ status: "done", changed: 2, unchanged: 2 },
    });
  });

  it("of one that the guard refused it says why, and that nothing was written (I12)", async () => {
    expect((await send(lines(0, 30, "many"))).status).toBe(409);
    const refused = told(await api.call("GET", "/v1/imports/last"));
    expect(refused).toMatchObject({ status: "refused", wanted: 30, changed: 0, created: 0 });
    expect(refused.problem?.code).toBe("count_unconfirmed");
  });

  it("keeps no rehearsal, and nothing that was no import", async () => {
    const before = (await api.call("GET", "/v1/imports")).body["items"];
    const dry = await send(lines(0, 2, "dry"), "?dryRun=true");
    expect([dry.body["id"], dry.headers.get("Location")]).toEqual([null, null]);
    expect((await send("")).status).toBe(422);
    expect((await api.call("GET", "/v1/imports")).body["items"]).toEqual(before);
  });

  it("is for the owner who made it", async () => {
    const { id } = (await send(lines(0, 1))).body as unknown as ApiImported;
    const other = await api.token("other-billing", "desired:write:credentials");
    const ask = async (path: string, token: string) => {
      const { status, body } = await api.call("GET", path, { token });
      return [status, body["code"]];
    };
    expect(await ask(`/v1/imports/${id ?? ""}`, other)).toEqual([404, "not_found"]);
    expect(await ask("/v1/imports/last", other)).toEqual([404, "not_found"]);
    expect(await ask("/v1/imports/last", api.tokens.reader)).toEqual([403, "forbidden"]);
    expect((await api.call("GET", "/v1/imports", { token: other })).body["items"]).toEqual([]);
  });

  it("is forgotten after a month, when the next one comes", async () => {
    const { id } = (await send(lines(0, 1))).body as unknown as ApiImported;
    const at = new Date(Date.now() - 31 * 86_400_000);
    await api.db
      .updateTable("imports")
      .set({ at })
      .where("id", "=", id ?? "")
      .execute();
    await send(lines(0, 1));
    expect((await api.call("GET", `/v1/imports/${id ?? ""}`)).status).toBe(404);
    const left = api.db
      .selectFrom("import_lines")
      .selectAll()
      .where("import", "=", id ?? "");
    expect(await left.execute()).toEqual([]);
  });
});
