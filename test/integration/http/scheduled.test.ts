/** Changes that take effect later. Time passes in the database alone, as its clock decides. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT, DESIRED, openApi, type Answer, type Api } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const LATER = "2031-01-01T00:00:00.000Z";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const body = (username: string, password = CANARY) => ({
  credentials: { username, realm: "isp.example", password },
});
const later = (method: string, json?: unknown, at = LATER, type = "application/json") =>
  api.call(method, `${DESIRED}?effectiveAt=${encodeURIComponent(at)}`, {
    ...(json === undefined ? {} : { json }),
    type,
  });
const put = (username: string) => api.call("PUT", DESIRED, { json: body(username) });
const documentOf = ({ body: answer }: Answer) => answer["document"] as Record<string, unknown>;
const comes = () =>
  sql`update scheduled_documents set due_at = now() - interval '1 second'`.execute(api.db);
const events = async (type: string) =>
  (await api.db.selectFrom("events").select("id").where("type", "=", type).execute()).length;

describe("effectiveAt", () => {
  it("keeps a document until its time, and makes it current once", async () => {
    const answer = await later("PUT", body("first"));
    expect([answer.status, answer.headers.get("Location"), answer.headers.get("ETag")]).toEqual([
      202,
      null,
      null,
    ]);
    expect(documentOf(answer)).toMatchObject({
      change: "scheduled",
      generation: 0,
      scheduled: { effectiveAt: LATER, action: "put" },
    });
    expect(answer.text).not.toContain(CANARY);
    expect((await later("PUT", body("first"))).status).toBe(200);
    expect(await api.store.applyScheduled()).toBe(0);
    await comes();
    // Two processes look at the same moment.
    const made = await Promise.all([api.store.applyScheduled(), api.store.applyScheduled()]);
    expect(made[0] + made[1]).toBe(1);
    const now = await api.call("GET", DESIRED);
    expect(now.body["credentials"]).toMatchObject({
      username: "first",
      password: { set: true, version: 1 },
    });
    expect(documentOf(now)).toMatchObject({ generation: 1 });
    expect(documentOf(now)["scheduled"]).toBeUndefined();
    expect(await api.db.selectFrom("secrets").select("field").execute()).toEqual([
      { field: "credentials.password" },
    ]);
    const gen = await api.db.selectFrom("work").select("gen").orderBy("device").execute();
    expect(await api.store.applyScheduled()).toBe(0);
    expect(await api.db.selectFrom("work").select("gen").orderBy("device").execute()).toEqual(gen);
  });

  it("is superseded by a later change, and not by a repeat that changes nothing", async () => {
    const patch = { credentials: { username: "patched" } };
    const merge = "application/merge-patch+json";
    expect((await later("PATCH", patch, LATER, merge)).status).toBe(202);
    expect((await put("first")).status).toBe(200);
    const shown = documentOf(await api.call("GET", DESIRED));
    expect(shown).toMatchObject({
      generation: 1,
      scheduled: { fields: { credentials: { username: "patched" } } },
    });
    const device = await api.call("GET", AT);
    expect(device.body["documents"]).toMatchObject([{ scheduled: { effectiveAt: LATER } }]);
    expect((await put("second")).status).toBe(202);
    expect(documentOf(await api.call("GET", DESIRED))["scheduled"]).toBeUndefined();
    expect(await events("ScheduledChangeDropped")).toBe(1);
  });

  it("keeps the password that a patch did not name", async () => {
    await later(
      "PATCH",
      { credentials: { username: "third" } },
      LATER,
      "application/merge-patch+json",
    );
    await comes();
    expect(await api.store.applyScheduled()).toBe(1);
    expect((await api.call("GET", DESIRED)).body["credentials"]).toMatchObject({
      username: "third",
      password: { version: 1 },
    });
  });

  it("can be taken back", async () => {
    await later("PUT", body("never"));
    expect((await api.call("DELETE", `${DESIRED}/scheduled`)).status).toBe(204);
    expect((await api.call("DELETE", `${DESIRED}/scheduled`)).status).toBe(404);
  });

  it("is checked when it is made, and again when it is due", async () => {
    const other = await api.token("ops", "desired:write:credentials", "devices:read");
    const taken = await api.call("PUT", `${DESIRED}?effectiveAt=${LATER}`, {
      json: body("mine"),
      token: other,
    });
    expect([taken.status, taken.body["code"]]).toEqual([409, "field_conflict"]);
    await api.call("DELETE", DESIRED);
    await api.call("PUT", `${DESIRED}?effectiveAt=${LATER}`, { json: body("mine"), token: other });
    await put("billing-again");
    await comes();
    expect(await api.store.applyScheduled()).toBe(0);
    const shown = await api.call("GET", DESIRED, { token: other });
    expect(JSON.stringify(documentOf(shown)["scheduled"])).toMatch(/"failure":"[^"]*billing/);
    expect([await events("ScheduledChangeFailed"), await api.store.applyScheduled()]).toEqual([
      1, 0,
    ]);
  });

  it("ends a service at its time, and owes the revocation from then on (I11)", async () => {
    expect((await later("DELETE")).status).toBe(202);
    const owed = () =>
      api.db.selectFrom("revocations").select("id").where("proven_at", "is", null).execute();
    const before = (await owed()).length;
    await comes();
    await api.store.applyScheduled();
    expect((await owed()).length).toBe(before + 1);
    expect(documentOf(await api.call("GET", DESIRED))["endedAt"]).not.toBeNull();
  });

  it("of a moment that has passed is now, and of no moment is refused", async () => {
    expect(
      (await later("PUT", body("now"), "2020-01-01T00:00:00+02:00")).headers.get("Location"),
    ).not.toBeNull();
    const wrong = await later("PUT", body("x"), "tomorrow");
    expect([wrong.status, wrong.body["code"]]).toEqual([422, "invalid"]);
  });

  it("goes along with a swap", async () => {
    await later("PUT", body("after-swap", "another-password"));
    expect((await api.call("POST", `${AT}/swap`, { json: { to: "A2" } })).status).toBe(202);
    await comes();
    expect(await api.store.applyScheduled()).toBeGreaterThan(0);
    const there = await api.call("GET", "/v1/devices/A2/desired");
    expect(there.body["credentials"]).toMatchObject({ username: "after-swap" });
  });
});
