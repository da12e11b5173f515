import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { httpApp } from "../../../src/http/app.ts";
import { AppError } from "../../../src/lib/errors.ts";
import type { ApiDeviceDetail, ApiDocument, ApiPage, ApiDevice } from "../../../src/model/api.ts";
import { recorder } from "../../support/stack.ts";
import { AT, DESIRED, DEVICE, device, manifest, openApi, type Api } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const OTHER = "/v1/devices/0019E0-WIXB-A2/desired";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const credentials = (password?: unknown) => ({
  credentials: { username: "cpe1@isp.example", ...(password === undefined ? {} : { password }) },
});

describe("PUT is by content", () => {
  it("says created, then unchanged, then changed, with the generation as a strong ETag", async () => {
    const created = await api.call("PUT", DESIRED, { json: credentials(CANARY) });
    expect([created.status, created.headers.get("ETag")]).toEqual([201, '"g1"']);
    expect(created.headers.get("Location")).toMatch(/^\/v1\/operations\/op_/);
    const again = await api.call("PUT", DESIRED, {
      json: { credentials: { password: CANARY, realm: "ISP.example", username: "cpe1" } },
    });
    expect([again.status, again.headers.get("ETag")]).toEqual([200, '"g1"']);
    const changed = await api.call("PUT", DESIRED, {
      json: { credentials: { username: "cpe1", realm: "new.example" } },
      headers: { "If-Match": '"g1"' },
    });
    expect([changed.status, changed.headers.get("ETag")]).toEqual([202, '"g2"']);
    const document = changed.body as unknown as ApiDocument;
    expect(document.document).toMatchObject({ device: DEVICE, writer: "billing", generation: 2 });
    expect(changed.body["credentials"]).toMatchObject({
      username: "cpe1",
      realm: "new.example",
      password: { set: true, version: 1 },
    });
  });

  it("takes back what GET showed, and keeps the secret", async () => {
    const shown = await api.call("GET", DESIRED);
    expect(shown.body["status"]).toMatchObject({ state: expect.any(String) as string });
    const back = await api.call("PUT", DESIRED, { json: shown.body });
    expect([back.status, back.headers.get("ETag")]).toEqual([200, shown.headers.get("ETag")]);
  });

  it("answers 304 to a GET with the ETag of now", async () => {
    const { headers } = await api.call("GET", DESIRED);
    const etag = headers.get("ETag") ?? "";
    const same = await api.call("GET", DESIRED, { headers: { "If-None-Match": etag } });
    expect([same.status, same.text]).toEqual([304, ""]);
  });

  it("changes nothing in a dry run, and shows what it would be", async () => {
    const before = await api.state();
    const dry = await api.call("PUT", `${DESIRED}?dryRun=true`, {
      json: credentials("another-one"),
    });
    expect([dry.status, dry.headers.get("ETag")]).toEqual([200, null]);
    expect(dry.body["document"]).toMatchObject({ change: "changed", dryRun: true });
    expect(await api.state()).toEqual(before);
  });

  it("keeps a password that is left out, and clears one that is null", async () => {
    await api.call("PUT", OTHER, { json: credentials(CANARY) });
    expect((await api.call("PUT", OTHER, { json: credentials() })).status).toBe(200);
    const cleared = await api.call("PUT", OTHER, { json: credentials(null) });
    expect(cleared.status).toBe(202);
    expect(cleared.body["credentials"]).not.toHaveProperty("password");
    expect((await api.call("PUT", OTHER, { json: credentials(null) })).status).toBe(200);
  });

  it("releases a field that is left out or null", async () => {
    await api.call("PUT", OTHER, { json: credentials(CANARY) });
    const released = await api.call("PUT", OTHER, { json: { credentials: null } });
    expect(released.status).toBe(202);
    expect(released.body["credentials"]).toBeUndefined();
  });

  it("makes one generation of many identical PUTs at once", async () => {
    const json = credentials("the-same-for-all");
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => api.call("PUT", OTHER, { json })),
    );
    expect(new Set(answers.map(({ headers }) => headers.get("ETag"))).size).toBe(1);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(39);
  });

  it("names the owner of a field that another writer set", async () => {
    const conflict = await api.call("PUT", OTHER, {
      json: credentials("mine-not-theirs"),
      token: api.tokens.operator,
    });
    expect([conflict.status, conflict.body["code"]]).toEqual([409, "field_conflict"]);
    expect(conflict.body["details"]).toMatchObject({ owner: "billing" });
  });

  it("needs the scope of a field to release it", async () => {
    const own = await api.token("ops", "desired:write:firmware", "desired:write:credentials");
    const json = { firmware: { version: "1.2" } };
    expect((await api.call("PUT", DESIRED, { json, token: own })).status).toBe(201);
    const less = await api.token("ops", "desired:write:credentials");
    const refused = await api.call("PUT", DESIRED, { json: {}, token: less });
    expect([refused.status, refused.body["code"]]).toEqual([403, "forbidden"]);
    const end = await api.call("DELETE", DESIRED, { token: less });
    expect(end.status).toBe(403);
  });

  it("ends a document as often as it is asked, with the same answer", async () => {
    const first = await api.call("DELETE", OTHER);
    const second = await api.call("DELETE", OTHER);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    expect(first.body["document"]).toMatchObject({ endedAt: expect.any(String) as string });
    const detail = await api.call("GET", "/v1/devices/0019E0-WIXB-A2");
    expect(detail.body["owedRevocations"]).toHaveLength(1);
  });
});

describe("reading", () => {
  it("finds a device by id, by serial, and by an id whose percent signs were decoded on the way", async () => {
    const odd = manifest("Device", "dash", {
      oui: "0019E0",
      productClass: "WIMAX-25.v2",
      serial: "S 1",
      acs: "main",
    });
    await api.call("POST", "/v1/manifests", {
      json: { documents: [odd] },
      token: api.tokens.operator,
    });
    const id = "0019E0-WIMAX%2D25%2Ev2-S%201";
    for (const segment of [encodeURIComponent(id), id, "dash", encodeURIComponent("S 1")]) {
      const found = await api.call("GET", `/v1/devices/${segment}`);
      expect([segment, found.status, found.body["id"]]).toEqual([segment, 200, id]);
    }
    const { links } = (await api.call("GET", "/v1/devices/dash")).body as unknown as ApiDevice;
    expect((await api.call("GET", links.self)).body["id"]).toBe(id);
  });

  it("pages through a selection with the Link header", async () => {
    const first = await api.call("GET", "/v1/devices?selector=oui%3D0019E0&limit=2");
    const page = first.body as unknown as ApiPage<ApiDevice>;
    expect(page.items).toHaveLength(2);
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("Link") ?? "")?.[1] ?? "";
    const second = await api.call("GET", next);
    const rest = second.body as unknown as ApiPage<ApiDevice>;
    expect([rest.items.length, rest.next, second.headers.get("Link")]).toEqual([1, null, null]);
  });

  it("gives a device a weak ETag that holds while nothing changes", async () => {
    const { headers } = await api.call("GET", AT);
    const etag = headers.get("ETag") ?? "";
    expect(etag).toMatch(/^W\/"/);
    expect((await api.call("GET", AT, { headers: { "If-None-Match": etag } })).status).toBe(304);
  });

  it("shows no secret anywhere (I18)", async () => {
    await api.call("PUT", DESIRED, { json: credentials(CANARY) });
    for (const path of [AT, DESIRED, "/v1/devices", "/v1/fleet", "/v1/acs", "/statusz"]) {
      const { status, text } = await api.call("GET", path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toContain(CANARY);
    }
    expect(api.telemetry.lines.join()).not.toContain(CANARY);
  });

  it("counts the fleet, lists records, answers HEAD", async () => {
    const fleet = await api.call("GET", "/v1/fleet");
    const states = Object.values(fleet.body["states"] as Record<string, number>);
    expect(states.reduce((sum, n) => sum + n, 0)).toBe(fleet.body["total"]);
    const acs = await api.call("GET", "/v1/acs/main");
    expect(acs.body).toMatchObject({
      kind: "Acs",
      metadata: { name: "main" },
      status: { revision: 1 },
    });
    expect((await api.call("GET", "/v1/profiles/none")).status).toBe(404);
    const head = await api.call("HEAD", "/v1/fleet");
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it("lists what there is at /", async () => {
    const { status, text } = await api.call("GET", "/", { token: null });
    expect(status).toBe(200);
    expect(text).toContain("PUT    /v1/devices/:id/desired");
  });
});

describe("operators", () => {
  const as = () => ({ token: api.tokens.operator });

  it("hold, refuse to pretend, release", async () => {
    const held = await api.call("POST", `${AT}/hold`, { json: { reason: "on site" }, ...as() });
    expect((held.body as unknown as ApiDeviceDetail).hold).toMatchObject({ reason: "on site" });
    const refused = await api.call("POST", `${AT}/reconcile`, as());
    expect([refused.status, refused.body["code"]]).toEqual([409, "held"]);
    expect(refused.body["detail"]).toContain("on site");
    expect((await api.call("POST", `${AT}/release`, { json: {}, ...as() })).status).toBe(422);
    const freed = await api.call("POST", `${AT}/release`, { json: { reason: "done" }, ...as() });
    expect(freed.status).toBe(200);
    expect((await api.call("POST", `${AT}/reconcile`, as())).status).toBe(202);
  });

  it("apply YAML as text, and again without a change", async () => {
    const text = `apiVersion: plumbline/v1
kind: FrequencyPlan
metadata: { name: w25 }
spec: { channelsKhz: [2505000, 2515000], bandwidthKhz: 10000 }
`;
    const yaml = { text, type: "application/yaml", ...as() };
    const dry = await api.call("POST", "/v1/manifests?dryRun=true", yaml);
    expect(dry.body).toMatchObject({ created: ["FrequencyPlan/w25"], dryRun: true });
    const done = await api.call("POST", "/v1/manifests", yaml);
    expect(done.body).toMatchObject({ created: ["FrequencyPlan/w25"], dryRun: false });
    const again = await api.call("POST", "/v1/manifests", yaml);
    expect(again.body).toMatchObject({ created: [], unchanged: ["FrequencyPlan/w25"] });
  });

  it("are asked for the number when a change is wide (I12)", async () => {
    const documents = [
      manifest("Profile", "wide", { selector: "all", fields: { firmware: { version: "9" } } }),
    ];
    const before = await api.state();
    const asked = await api.call("POST", "/v1/manifests", { json: { documents }, ...as() });
    expect([asked.status, asked.body["code"]]).toEqual([409, "count_unconfirmed"]);
    expect(await api.state()).toEqual(before);
    const { count } = asked.body["details"] as { count: number };
    const path = `/v1/manifests?expect=${count}`;
    const confirmed = await api.call("POST", path, { json: { documents }, ...as() });
    expect([confirmed.status, confirmed.body["touched"]]).toEqual([200, count]);
  });

  it("need the scopes of what a profile sets", async () => {
    const token = await api.token("radio", "desired:write:frequency");
    const documents = [
      manifest("Profile", "fw", { selector: "site=none", fields: { firmware: { version: "9" } } }),
    ];
    const { status, text } = await api.call("POST", "/v1/manifests", {
      json: { documents },
      token,
    });
    expect([status, text.includes("desired:write:firmware")]).toEqual([403, true]);
    const registered = await api.call("POST", "/v1/manifests", {
      json: { documents: [device("A9")] },
      token,
    });
    expect(registered.status).toBe(403);
  });

  it("stop, and name the number to resume", async () => {
    const stopped = await api.call("POST", "/v1/stop", { json: { reason: "test" }, ...as() });
    expect(stopped.body).toMatchObject({ outstanding: [] });
    const { stops } = (await api.call("GET", "/v1/fleet")).body as { stops: object[] };
    expect(stops).toHaveLength(1);
    const asked = await api.call("POST", "/v1/resume", as());
    expect([asked.status, asked.body["code"]]).toEqual([409, "count_unconfirmed"]);
    const { count } = asked.body["details"] as { count: number };
    const resumed = await api.call("POST", `/v1/resume?expect=${count}`, as());
    expect(resumed.body).toEqual({ ended: 1, devices: count });
    const idle = await api.call("POST", "/v1/resume", as());
    expect(idle.body).toEqual({ ended: 0, devices: 0 });
  });

  it("are told why a device cannot prove a map that was never read", async () => {
    const { status, body } = await api.call("POST", `${AT}/prove`, as());
    expect([status, body["code"]]).toEqual([409, "map_not_proven"]);
  });
});

describe("health, and our own mistakes", () => {
  const broken = (error: Error, shuttingDown = false) => {
    const telemetry = recorder();
    const app = httpApp({
      store: {
        ...api.store,
        fleet: () => Promise.reject(error),
        ready: () => Promise.reject(error),
      },
      telemetry,
      clock: systemClock,
      version: "0.0.0",
      mapsOf: shippedMapsWith(),
      radius: { take: () => Promise.resolve() },
      findings: api.findings,
      shuttingDown: () => shuttingDown,
    });
    return { app, telemetry };
  };

  it("is alive and ready", async () => {
    expect((await api.call("GET", "/livez", { token: null })).body).toEqual({ alive: true });
    expect((await api.call("GET", "/readyz", { token: null })).body).toEqual({ ready: true });
  });

  it("is not ready without a database, and alive all the same", async () => {
    const { app } = broken(new AppError("database_unreachable", "no database"));
    const ready = await app.request("/readyz");
    expect([ready.status, ready.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(await ready.json()).toMatchObject({ code: "database_unreachable", retry: "after" });
    expect((await app.request("/livez")).status).toBe(200);
  });

  it("says so, and has changed nothing, when the connection breaks under a PUT; the next one is taken", async () => {
    const put = () =>
      api.call("PUT", DESIRED, {
        json: { credentials: { username: "u@x", password: "broken-1" } },
      });
    const before = await api.state();
    const waiting = sql<{ pid: number }>`select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    const broken = await api.db.transaction().execute(async (trx) => {
      await sql`lock table desired_documents in access exclusive mode`.execute(trx);
      const answer = put();
      await expect.poll(async () => (await waiting.execute(trx)).rows.length).toBe(1);
      await sql`select pg_terminate_backend(pid) from (${waiting}) w`.execute(trx);
      return await answer;
    });
    expect([broken.status, broken.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(broken.body).toMatchObject({ code: "database_unreachable", retry: "after" });
    expect(await api.state()).toEqual(before);
    expect((await put()).status).toBeLessThan(300);
  });

  it("is not ready while it shuts down", async () => {
    const { app } = broken(new Error("never asked"), true);
    expect((await app.request("/readyz")).status).toBe(503);
  });

  it("reports what nobody foresaw, and says nothing of its inside", async () => {
    const { app, telemetry } = broken(new TypeError(`cannot read ${CANARY}`));
    const answer = await app.request("/v1/fleet", {
      headers: { Authorization: `Bearer ${api.tokens.operator}` },
    });
    const text = await answer.text();
    expect([answer.status, text.includes(CANARY)]).toEqual([500, false]);
    expect(JSON.parse(text)).toMatchObject({ code: "internal", retry: "after" });
    expect(telemetry.captures).toHaveLength(1);
    expect(telemetry.captures[0]).toMatchObject({
      fingerprint: ["http", "internal", "GET", "/v1/fleet"],
      tags: { requestId: (JSON.parse(text) as { requestId: string }).requestId },
    });
  });
});
