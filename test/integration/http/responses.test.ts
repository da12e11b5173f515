/** Responses to misuse over HTTP and on the command line: what a person orders, what is shown, what is taken back. */
import { Writable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/program.ts";
import { CANARY } from "../../support/radius-mutations.ts";
import { manifest, openApi, type Answer, type Api } from "./api-fixture.ts";
import { evaluateAll, lookedAtBefore, session, shared } from "./shared-credential.ts";

let api: Api;
let desk: string;
let reader: string;

beforeAll(async () => {
  api = await openApi();
  desk = await api.token("desk", "findings:read", "findings:decide");
  reader = await api.token("auditor", "findings:read", "devices:read");
  await lookedAtBefore(api);
  for (const n of [1, 2]) {
    const credentials = { username: `cpe-${n}`, realm: "isp.example", password: CANARY };
    await api.call("PUT", `/v1/devices/0019E0-WIXB-A${n}/desired`, { json: { credentials } });
    await sql`
      insert into device_aliases (alias, device, kind)
      select ${`000c42aa000${n}`}, device, 'mac' from devices where serial = ${`A${n}`}`.execute(
      api.db,
    );
    await shared(api, `cpe-${n}@isp.example`, n);
  }
}, 60_000);
afterAll(async () => {
  await api.close();
});

const get = (path: string, token = reader): Promise<Answer> => api.call("GET", path, { token });
const post = (path: string, json: unknown, token = desk): Promise<Answer> =>
  api.call("POST", path, { json, token });
async function findingOf(serial: string): Promise<number> {
  const { body } = await get(`/v1/findings?selector=serial%3D${serial}`);
  return (body["items"] as { id: number }[])[0]?.id ?? 0;
}
const serviceOf = async (serial: string): Promise<unknown> => {
  const { body } = await api.call("GET", `/v1/devices/0019E0-WIXB-${serial}/desired`);
  return (body["document"] as { service: { state: string } }).service.state;
};
async function cli(...argv: string[]): Promise<{ code: number; out: string }> {
  const text = { out: "" };
  const into = new Writable({
    write(chunk, _encoding, done) {
      text.out += String(chunk);
      done();
    },
  });
  const code = await runCli(argv, {
    ...{ stdout: into, stderr: into, isTTY: false, serverCommands: {} },
    env: { PLUMB_TOKEN: desk, PLUMB_URL: "http://plumb.test" },
    fetch: (input, init) => Promise.resolve(api.app.request(new Request(input, init))),
  });
  return { code, ...text };
}

describe("POST /v1/findings/{id}/respond", () => {
  it("suspends the service by a person's order, in an audited row, and once", async () => {
    const id = await findingOf("A1");
    const ordered = await post(`/v1/findings/${id}/respond`, {
      step: "suspend",
      reason: "case 4411",
    });
    expect(ordered.body).toMatchObject({
      ...{ step: "suspend", automatic: false, mode: "live", state: "done", by: "desk" },
      ...{ why: "case 4411", text: "suspend the service: done" },
    });
    expect(await serviceOf("A1")).toBe("suspended");
    const again = await post(`/v1/findings/${id}/respond`, { step: "suspend", reason: "again" });
    expect(again.body["id"]).toBe(ordered.body["id"]);
    const shown = await get(`/v1/findings/${id}`);
    expect(shown.body["responses"]).toMatchObject([{ id: ordered.body["id"], step: "suspend" }]);
    const asked = await get("/v1/devices/0019E0-WIXB-A1/aaa");
    expect(asked.body["suspendedSince"]).toMatch(/^20.*Z$/);
    const sessions = asked.body["sessions"] as { nas: string; state: string }[];
    expect(sessions.map(({ nas, state }) => [nas, state]).sort()).toEqual([
      ["bng-a1", "outlasting"],
      ["bng-b1", "outlasting"],
    ]);
    const items = asked.body["items"] as { nas: string; state: string; ended: unknown }[];
    expect(items.map(({ nas, state, ended }) => [nas, state, ended]).sort()).toEqual([
      ["bng-a1", "waiting", null],
      ["bng-b1", "waiting", null],
    ]);
  });

  it("takes a suspension back, and says so", async () => {
    const id = await findingOf("A1");
    const shown = await get(`/v1/findings/${id}`);
    const [response] = shown.body["responses"] as { id: number }[];
    const at = `/v1/findings/${id}/responses/${response?.id ?? 0}/undo`;
    expect((await post(at, {})).body).toMatchObject({ state: "undone", undoneBy: "desk" });
    expect(await serviceOf("A1")).toBe("active");
    expect((await post(at, {})).body, "twice is no change").toMatchObject({ state: "undone" });
    const { rows } = await sql<{ type: string; actor: string }>`
      select type, actor from events where type ~ '^(Response|Service)' order by id`.execute(
      api.db,
    );
    expect(rows).toEqual([
      { type: "ServiceSuspended", actor: "desk" },
      { type: "ResponseMade", actor: "desk" },
      { type: "ServiceResumed", actor: "desk" },
      { type: "ResponseUndone", actor: "desk" },
    ]);
  });

  it.for<[string, unknown, number]>([
    ["a step that nobody knows", { step: "burn", reason: "r" }, 422],
    ["no reason", { step: "suspend" }, 422],
  ])("refuses %s", async ([, json, status]) => {
    expect((await post(`/v1/findings/${await findingOf("A1")}/respond`, json)).status).toBe(status);
  });

  it("is for who decides, and knows its findings", async () => {
    const json = { step: "suspend", reason: "r" };
    expect((await post(`/v1/findings/${await findingOf("A1")}/respond`, json, reader)).status).toBe(
      403,
    );
    expect((await post("/v1/findings/999999/respond", json)).status).toBe(404);
    expect((await post(`/v1/findings/${await findingOf("A1")}/responses/9/undo`, {})).status).toBe(
      404,
    );
  });
});

describe("a finding that was a mistake", () => {
  it("takes back with the decision what was done about it", async () => {
    const id = await findingOf("A2");
    for (const step of ["suspend", "rotate", "disconnect"])
      expect((await post(`/v1/findings/${id}/respond`, { step, reason: "r" })).status, step).toBe(
        200,
      );
    expect(await serviceOf("A2")).toBe("suspended");
    const decided = await post(`/v1/findings/${id}/decide`, { as: "mistake", reason: "his wife" });
    const states = (decided.body["responses"] as { step: string; state: string }[]).map(
      ({ step, state }) => `${step} ${state}`,
    );
    expect(states).toEqual(["suspend undone", "rotate undone", "disconnect undone"]);
    expect(await serviceOf("A2")).toBe("active");
    const late = await post(`/v1/findings/${id}/respond`, { step: "suspend", reason: "r" });
    expect([late.status, late.body["code"]]).toEqual([409, "finding_closed"]);
  });
});

describe("plumb findings", () => {
  it("responds, shows what became of it, and takes it back", async () => {
    const id = String(await findingOf("A1"));
    const done = await cli("findings", "respond", id, "--step", "disconnect", "--reason", "r");
    expect([done.code, done.out]).toEqual([
      0,
      expect.stringContaining("end 1 session of another box"),
    ]);
    const shown = await cli("findings", "show", id);
    expect(shown.out).toContain("bng-b1 bng-b1-d4:ca:6d:bb:00:01: waiting, no Stop yet");
    const number = /Response (\d+)/.exec(done.out)?.[1] ?? "";
    const undone = await cli("findings", "undo", id, number);
    expect(undone.out).toContain("undone");
    const again = await cli("findings", "undo", id, "9999");
    expect(again.code).toBe(5);
  });
});

describe("the policy", () => {
  const apply = (responses: object, token = desk): Promise<Answer> =>
    post(
      "/v1/manifests",
      { documents: [manifest("FraudPolicy", "default", { responses })] },
      token,
    );

  it("switches steps on in shadow, cannot switch suspending on, and cannot raise a cap", async () => {
    for (const bad of [
      { suspend: ["P01"] },
      { disconnect: ["P01", "P01"] },
      { disconnect: ["P99"] },
      { capPerDay: 99 },
    ])
      expect((await apply(bad)).status, JSON.stringify(bad)).toBe(422);
    expect((await apply({ disconnect: ["P01"] }, api.tokens.billing)).status).toBe(403);
    expect((await apply({ disconnect: ["P01"] })).status).toBe(200);
    await session(api, "cpe-1@isp.example", "d4:ca:6d:bb:00:01", "bng-b1", 60);
    await evaluateAll(api);
    while (
      await api.responses.respondDue((error) => {
        throw error;
      })
    );
    const { body, text } = await get(`/v1/findings/${await findingOf("A1")}`);
    const shadow = (body["responses"] as { mode: string; text: string }[]).find(
      ({ mode }) => mode === "shadow",
    );
    expect(shadow?.text).toBe("in shadow; would have: end 1 session of another box");
    for (const word of [CANARY, "cpe-1@isp.example", "shared-with-nobody"])
      expect(text).not.toContain(word);
  });

  it("of the AAA is an operator's, and its secret a reference", async () => {
    const aaa = (spec: object, token = api.tokens.operator): Promise<Answer> =>
      post("/v1/manifests", { documents: [manifest("Aaa", "bng", spec)] }, token);
    const secret = { env: "PLUMB_SECRET_COA" };
    expect((await aaa({ address: "10.0.0.1", secret: "in-clear" })).status).toBe(422);
    expect((await aaa({ address: "http://10.0.0.1", secret })).status).toBe(422);
    expect((await aaa({ address: "10.0.0.1", secret }, desk)).status).toBe(403);
    expect((await aaa({ address: "10.0.0.1", secret })).status).toBe(200);
    const shown = await get("/v1/aaa/bng");
    expect(shown.body["spec"]).toMatchObject({ port: 3799, settle: "5s", attempts: 3, secret });
  });
});
