/** Suspend, resume and rotate: what billing does with a service whose document stays. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT, DESIRED, DEVICE, openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";

let api: Api;
let fraud: string;
beforeAll(async () => {
  api = await openApi();
  fraud = await api.token("fraud-desk", "findings:decide");
});
afterAll(async () => {
  await api.close();
});

const post = (action: string, json: unknown, ask: Ask = {}): Promise<Answer> =>
  api.call("POST", `${AT}/${action}`, { json, ...ask });
const problem = ({ status, body }: Answer) => [status, body["code"]];
const reasonsOf = ({ body }: Answer): unknown =>
  (body["service"] as { reasons: { reason: string }[] }).reasons.map(({ reason }) => reason);
const types = async () =>
  (
    await api.db
      .selectFrom("events")
      .select("type")
      .where("type", "~", "Service|Suspension")
      .orderBy("id")
      .execute()
  ).map(({ type }) => type);
const give = (password: string) =>
  api.call("PUT", DESIRED, { json: { credentials: { username: "cpe1@isp.example", password } } });

describe("suspend and resume", () => {
  it("need a service", async () => {
    expect(problem(await post("suspend", { reason: "nonPayment" }))).toEqual([404, "not_found"]);
    expect((await give(CANARY)).status).toBe(201);
  });

  it.for<[string, unknown]>([
    ["suspend without a reason", {}],
    ["a reason that nobody knows", { reason: "whim" }],
    ["a mistyped member", { reason: "fraud", untill: "2027-01-01" }],
  ])("refuse %s", async ([, json]) => {
    expect(problem(await post("suspend", json))).toEqual([422, "invalid"]);
  });

  it("add up by owner, and the service is active again only when the last reason is lifted", async () => {
    const work = await api.db.selectFrom("work").select(["device", "gen"]).execute();
    const first = await post("suspend", { reason: "nonPayment" });
    expect(first.body).toMatchObject({
      device: DEVICE,
      changed: true,
      service: { state: "suspended" },
    });
    expect((await post("suspend", { reason: "nonPayment" })).body["changed"]).toBe(false);
    expect(reasonsOf(await post("suspend", { reason: "fraud" }, { token: fraud }))).toEqual([
      "nonPayment",
      "fraud",
    ]);

    const paid = await post("resume", { reason: "nonPayment" });
    expect(paid.body).toMatchObject({ changed: true, service: { state: "suspended" } });
    expect(reasonsOf(paid)).toEqual(["fraud"]);
    const shown = await api.call("GET", DESIRED);
    expect(shown.body["document"]).toMatchObject({
      service: { state: "suspended", reasons: [{ owner: "fraud-desk" }] },
    });
    expect((await api.call("PUT", DESIRED, { json: shown.body })).status).toBe(200);

    const again = await post("resume", {});
    expect(problem(again)).toEqual([409, "suspended_by_other"]);
    expect(again.body["details"]).toMatchObject({
      reasons: [{ owner: "fraud-desk", reason: "fraud" }],
    });
    expect(problem(await post("resume", { owner: "fraud-desk" }))).toEqual([403, "forbidden"]);

    const lifted = await post("resume", {}, { token: fraud });
    expect(lifted.body).toMatchObject({ changed: true, service: { state: "active", reasons: [] } });
    expect((await post("resume", {})).body["changed"]).toBe(false);
    expect(await types()).toEqual([
      "ServiceSuspended",
      "SuspensionChanged",
      "SuspensionChanged",
      "ServiceResumed",
    ]);
    // It is a state for the AAA: no device was made due, so no CPE is written.
    expect(await api.db.selectFrom("work").select(["device", "gen"]).execute()).toEqual(work);
  });

  it("let an admin lift what another owner has set", async () => {
    await post("suspend", { reason: "fraud" }, { token: fraud });
    const lifted = await post("resume", { owner: "fraud-desk" }, { token: api.tokens.operator });
    expect(lifted.body).toMatchObject({ changed: true, service: { state: "active" } });
  });

  it("follow the service to another CPE, and are over when it ends", async () => {
    await post("suspend", { reason: "fraud" }, { token: fraud });
    expect((await post("swap", { to: "A2" })).status).toBe(202);
    const there = await api.call("GET", "/v1/devices/A2/desired");
    expect(there.body["document"]).toMatchObject({ service: { state: "suspended" } });
    await api.call("DELETE", "/v1/devices/A2/desired");
    expect(await api.db.selectFrom("suspensions").selectAll().execute()).toEqual([]);
  });

  it("are not for everybody", async () => {
    const refused = await post("suspend", { reason: "fraud" }, { token: api.tokens.reader });
    expect(problem(refused)).toEqual([403, "forbidden"]);
  });
});

describe("rotate-credential", () => {
  it("makes a password that it shows once, and that no CPE is given yet", async () => {
    await give(CANARY);
    const before = await api.state();
    const made = await post("rotate-credential", {});
    expect(made.status).toBe(200);
    const password = String(made.body["password"]);
    expect(password).toMatch(/^[a-zA-Z2-9]{20}$/);
    const shown = await api.call("GET", DESIRED);
    expect(shown.body["credentials"]).toMatchObject({ password: { version: 2 } });
    const [, , due] = (await api.state()) as unknown[];
    expect(due).toEqual((before as unknown[])[2]);
    for (const path of [DESIRED, AT])
      expect((await api.call("GET", path)).text).not.toContain(password);
    const { rows } = await sql<{ found: boolean }>`
      select exists (select from events e where e::text like ${`%${password}%`})
          or exists (select from secrets s where s::text like ${`%${Buffer.from(password).toString("hex")}%`}) as found`.execute(
      api.db,
    );
    expect(rows).toEqual([{ found: false }]);
  });

  it("wants it of the CPE when the caller says that the AAA takes this very version", async () => {
    const first = await post("rotate-credential", {});
    const second = await post("rotate-credential", {});
    const [old, version] = [Number(first.body["version"]), Number(second.body["version"])];
    expect(version).toBeGreaterThan(old);
    expect(problem(await post("rotate-credential", { aaaUpdated: true, version: old }))).toEqual([
      409,
      "aaa_unproven",
    ]);
    const done = await post("rotate-credential", { aaaUpdated: true, version });
    expect([done.status, done.headers.get("Location")]).toEqual([
      202,
      expect.stringMatching(/operations/),
    ]);
    expect(done.body["credentials"]).toMatchObject({ username: "cpe1", password: { version } });
    const again = await post("rotate-credential", { aaaUpdated: true, version });
    expect(again.status).toBe(200);
    const same = await give(String(second.body["password"]));
    expect(same.status).toBe(200);
  });

  it("is void when another password was set meanwhile", async () => {
    const made = await post("rotate-credential", {});
    await give("set-by-billing-1");
    const late = await post("rotate-credential", {
      aaaUpdated: true,
      version: made.body["version"],
    });
    expect(problem(late)).toEqual([409, "aaa_unproven"]);
  });

  it.for<[string, unknown]>([
    ["a word without a version", { aaaUpdated: true }],
    ["a version without the word", { version: 2 }],
    ["the word that it does not", { aaaUpdated: false, version: 2 }],
  ])("refuses %s", async ([, json]) => {
    expect(problem(await post("rotate-credential", json))).toEqual([422, "invalid"]);
  });

  it("leaves nothing behind when the service ends", async () => {
    await post("rotate-credential", {});
    await api.call("DELETE", DESIRED);
    expect(await api.db.selectFrom("secrets").select("field").execute()).toEqual([]);
    expect(problem(await post("rotate-credential", {}))).toEqual([404, "not_found"]);
  });
});

describe("holds on a service that is ended", () => {
  const holdsOf = async (device: string): Promise<unknown> =>
    (await api.call("GET", `/v1/devices/${device}/desired`)).body["document"];

  it("are no longer on the device", async () => {
    await give(CANARY);
    await post("suspend", { reason: "fraud" }, { token: fraud });
    await api.call("DELETE", DESIRED);
    expect(await api.db.selectFrom("suspensions").selectAll().execute()).toEqual([]);
  });

  it("for fraud stand again where the credential is given again, on whatever CPE", async () => {
    expect((await give(CANARY)).status).toBe(201);
    const held = { state: "suspended", reasons: [{ owner: "fraud-desk", reason: "fraud" }] };
    expect(await holdsOf("A1")).toMatchObject({ service: held });
    expect((await types()).slice(-1)).toEqual(["ServiceSuspended"]);
    expect(problem(await post("resume", {}))).toEqual([409, "suspended_by_other"]);
    await api.call("DELETE", DESIRED);
    const other = { username: "other@isp.example", password: CANARY };
    await api.call("PUT", DESIRED, { json: { credentials: other } });
    expect(await holdsOf("A1"), "another credential").toMatchObject({
      service: { state: "active" },
    });
    await api.call("DELETE", DESIRED);
  });

  it("for fraud are lifted by their owner also where the service is over", async () => {
    const before = await types();
    expect((await post("resume", {}, { token: fraud })).body).toMatchObject({ changed: true });
    // The AAA is not told to take up a service that nobody has.
    expect((await types()).slice(before.length)).toEqual(["SuspensionChanged"]);
    expect((await give(CANARY)).status).toBe(201);
    expect(await holdsOf("A1")).toMatchObject({ service: { state: "active" } });
  });

  it("of the one who ends it are over with it, for fraud too", async () => {
    await post("suspend", { reason: "fraud" });
    await api.call("DELETE", DESIRED);
    await give(CANARY);
    expect(await holdsOf("A1")).toMatchObject({ service: { state: "active" } });
  });
});
