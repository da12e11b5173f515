/** A change and its effect: over the API, the engine, and a simulated ACS on a socket. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { httpApp } from "../../../src/http/app.ts";
import type { App } from "../../../src/http/context.ts";
import type { ApiDesiredPlan, ApiOperation } from "../../../src/model/api.ts";
import { findingsStore } from "../../../src/store/fraud/findings.ts";
import { accessOf } from "../../../src/service/access.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { startStack, type Stack } from "../../support/stack.ts";

let database: TestDatabase;
let stack: Stack;
let app: App;
let token: string;
let [away, there] = ["", ""];
let stopping = false;

beforeAll(async () => {
  database = await testDatabase();
  const parkingCredential = { username: "parked", password: { env: "PLUMB_SECRET_PARKING" } };
  stack = await startStack(database.db, {
    simulator: { count: 2, models: ["talk-frequency-table"] },
    acs: { parkingCredential },
  });
  await stack.seed({ frequency: false, credentials: false });
  app = httpApp({
    store: stack.fleet,
    telemetry: stack.telemetry,
    clock: systemClock,
    version: "0.0.0-test",
    mapsOf: shippedMapsWith(),
    radius: { take: () => Promise.resolve() },
    findings: findingsStore(database.db, () => ""),
    shuttingDown: () => stopping,
  });
  const access = accessOf({ store: stack.fleet, now: () => new Date() });
  ({ token } = await access.issue("billing", ["desired:write:credentials", "devices:read"]));
  const devices = (await stack.fleet.devices("all", 10, null)).items.map(({ id }) => id);
  [away = "", there = ""] = devices;
  const hold = { reason: "not yet", until: null };
  const actor = { owner: "operator", tokenId: "t", requestId: "r" };
  await stack.fleet.hold(await stack.keyOf(away), hold, actor);
  stack.startEngine();
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

async function call(method: string, path: string, json?: unknown, headers = {}) {
  const answer = await app.request(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  return {
    status: answer.status,
    location: answer.headers.get("Location") ?? "",
    headers: answer.headers,
    body,
  };
}
const desired = (id: string) => `/v1/devices/${id}/desired`;
const credentials = (username: string) => ({
  credentials: { username, realm: "isp.example", password: `pw-of-${username}` },
});
const operation = async (path: string) => (await call("GET", path)).body as unknown as ApiOperation;

describe("a dry run", () => {
  const dry = (method: string, id: string, json?: unknown, headers = {}) =>
    call(method, `${desired(id)}?dryRun=true`, json, headers);
  const rows = async () => [
    await database.db.selectFrom("desired_revisions").select("generation").execute(),
    await database.db.selectFrom("operations").select("generation").execute(),
    await database.db.selectFrom("work").select("gen").orderBy("device").execute(),
  ];

  const provenMaps = async () =>
    (await database.db.selectFrom("map_proofs").selectAll().where("state", "=", "proven").execute())
      .length;

  it("says that nothing is known of a device that was never read", async () => {
    const before = await rows();
    const told = await dry("PUT", away, credentials("a"));
    expect([told.status, told.location, await rows()]).toEqual([200, "", before]);
    expect(told.body["plan"]).toMatchObject({
      basis: null,
      hash: null,
      fields: [{ field: "credentials", verdict: "unknown" }],
      steps: [],
    });
  });

  it("shows for PUT, PATCH and DELETE what would be written, and no secret (I18)", async () => {
    await call("PUT", desired(there), credentials("before"), { Prefer: "wait=60" });
    // It is the first of its model: it is read once more to prove its map, and plans rest on that read then.
    await stack.until("its map is proven", async () => (await provenMaps()) === 1);
    const before = await rows();
    const put = await dry("PUT", there, credentials("after"));
    const plan = put.body["plan"] as ApiDesiredPlan;
    expect(plan.fields).toMatchObject([{ field: "credentials", verdict: "drift" }]);
    const changes = plan.steps.flatMap((step) => step.changes);
    expect(changes).toContainEqual({
      path: expect.stringContaining("Username") as string,
      does: "set",
      from: "before@isp.example",
      to: "after@isp.example",
    });
    expect(changes).toContainEqual({
      path: expect.stringContaining("Password") as string,
      ...{ does: "set", from: null, to: null },
    });
    expect(plan.calls).toBe(2 * plan.steps.length);
    expect(JSON.stringify(put.body)).not.toContain("pw-of-");

    const merge = { "Content-Type": "application/merge-patch+json" };
    const patch = await dry(
      "PATCH",
      there,
      { credentials: { username: "after", password: "pw-of-after" } },
      merge,
    );
    expect(patch.body["plan"]).toMatchObject({ hash: plan.hash, basis: plan.basis });
    const end = await dry("DELETE", there);
    expect(end.status).toBe(200);
    const parked = (end.body["plan"] as ApiDesiredPlan).steps.flatMap((step) => step.changes);
    expect(parked.map(({ to }) => to)).toContain("parked");
    expect(await rows()).toEqual(before);
    const same = (await dry("PUT", there, credentials("before"))).body["plan"];
    expect(same).toMatchObject({ fields: [{ verdict: "equal" }], steps: [], calls: 0 });
  });
});

describe("a change", () => {
  it("is named by Location, and waits as long as its device is held", async () => {
    const created = await call("PUT", desired(away), credentials("a"));
    expect([created.status, created.location]).toEqual([
      201,
      expect.stringMatching(/^\/v1\/operations\/op_/),
    ]);
    await stack.until("held", async () => (await operation(created.location)).status === "waiting");
    const told = await call("GET", created.location);
    expect(told.headers.get("Retry-After")).toBe("5");
    expect(told.body).toMatchObject({
      kind: "change",
      generation: 1,
      provenAt: null,
      device: { reason: "HeldByPerson" },
      links: { desired: `/v1/devices/${encodeURIComponent(away)}/desired` },
    });
  });

  it("is waited for no longer than asked, and 202 says that it goes on", async () => {
    const changed = await call("PUT", desired(away), credentials("b"), {
      Prefer: "respond-async, wait=1",
    });
    expect([changed.status, changed.headers.get("Preference-Applied")]).toEqual([202, "wait=1"]);
    expect(changed.headers.get("Retry-After")).toBe("5");
    const again = await call("PUT", desired(away), credentials("b"), { Prefer: "wait=0" });
    expect([again.status, again.location]).toEqual([202, ""]);
  });

  it("is superseded by a newer one before it was proven, and stays so", async () => {
    const first = await call("PUT", desired(away), credentials("c"));
    const second = await call("PUT", desired(away), credentials("d"));
    expect(await operation(first.location)).toMatchObject({
      status: "superseded",
      supersededBy: 4,
      device: null,
    });
    expect(await operation(second.location)).toMatchObject({
      status: "waiting",
      supersededBy: null,
    });
  });

  it("is 200 as soon as a read of the CPE proves it, and done for good", async () => {
    const seen = await call("PUT", desired(there), credentials("e"), { Prefer: "wait=60" });
    expect([seen.status, seen.headers.get("Preference-Applied")]).toEqual([200, "wait=60"]);
    const proven = await operation(seen.location);
    expect([proven.status, proven.device]).toEqual(["done", null]);
    expect(Date.parse(proven.provenAt ?? "")).toBeGreaterThanOrEqual(Date.parse(proven.at));
    await call(
      "PATCH",
      desired(there),
      { credentials: { username: "f" } },
      { "Content-Type": "application/merge-patch+json", Prefer: "wait=60" },
    );
    expect(await operation(seen.location)).toEqual(proven);
  });

  it("at its end is done when the ended credential is proven gone", async () => {
    const ended = await call("DELETE", desired(there), undefined, { Prefer: "wait=60" });
    expect(ended.status).toBe(200);
    expect(await operation(ended.location)).toMatchObject({ kind: "end", status: "done" });
    const owed = await database.db.selectFrom("revocations").select("proven_at").execute();
    expect(owed.map(({ proven_at }) => proven_at === null)).toEqual([false]);
  });

  it("holds no connection while callers wait: more of them than there are connections, and others go on", async () => {
    const waiting = Array.from({ length: 40 }, () =>
      call("PUT", desired(away), credentials("d"), { Prefer: "wait=60" }),
    );
    const free = await call("GET", desired(away));
    expect(free.status).toBe(200);
    stopping = true;
    const statuses = new Set((await Promise.all(waiting)).map(({ status }) => status));
    stopping = false;
    expect([...statuses]).toEqual([202]);
  });

  it("of a name that nobody was told is 404", async () => {
    for (const id of [
      "op_AAAA",
      "op_W10",
      `op_${Buffer.from('[1,99,"billing"]').toString("base64url")}`,
    ]) {
      expect((await call("GET", `/v1/operations/${id}`)).status).toBe(404);
    }
  });
});
