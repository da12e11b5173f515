/** Findings over HTTP and on the command line: RADIUS records in, the finding with its evidence out, and what is decided. */
import { Writable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/program.ts";
import { CANARY } from "../../support/radius-mutations.ts";
import { manifest, openApi, type Api } from "./api-fixture.ts";
import { evaluateAll, lookedAtBefore, shared } from "./shared-credential.ts";

let api: Api;
let reader: string;
let desk: string;

async function cli(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: "", err: "" };
  const into = (name: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        text[name] += String(chunk);
        done();
      },
    });
  const code = await runCli(argv, {
    ...{ stdout: into("out"), stderr: into("err"), isTTY: false, serverCommands: {} },
    env: { PLUMB_TOKEN: desk, PLUMB_URL: "http://plumb.test" },
    fetch: (input, init) => Promise.resolve(api.app.request(new Request(input, init))),
  });
  return { code, ...text };
}

beforeAll(async () => {
  api = await openApi();
  reader = await api.token("auditor", "findings:read");
  desk = await api.token("desk", "findings:read", "findings:decide");
  await lookedAtBefore(api);
  for (const [serial, username] of [
    ["A1", "cpe-1"],
    ["A2", "cpe-2"],
  ] as const) {
    const json = { credentials: { username, realm: "isp.example", password: CANARY } };
    await api.call("PUT", `/v1/devices/0019E0-WIXB-${serial}/desired`, { json });
  }
  await shared(api, "cpe-1@isp.example", 1);
  await shared(api, "cpe-2@isp.example", 2);
}, 60_000);
afterAll(async () => {
  await api.close();
});

const get = (path: string, token = reader) => api.call("GET", path, { token });
interface Item {
  readonly id: number;
  readonly state: string;
}
async function itemsOf(query: string): Promise<readonly Item[]> {
  return (await get(`/v1/findings${query}`)).body["items"] as Item[];
}

describe("GET /v1/findings", () => {
  it("shows what is open, newest first, with the devices that it is about", async () => {
    const { status, body } = await get("/v1/findings");
    expect(status).toBe(200);
    const items = body["items"] as Record<string, unknown>[];
    expect(items.map(({ pattern, state }) => `${String(pattern)} ${String(state)}`)).toEqual([
      "P01 confirmed",
      "P01 confirmed",
    ]);
    expect(items[0]).toMatchObject({
      name: "concurrent-use",
      severity: "high",
      devices: [{ id: "0019E0-WIXB-A2", protected: false }],
      decision: null,
    });
  });

  it.for([
    ["?pattern=P01", 2],
    ["?pattern=P08", 0],
    ["?state=suspected", 0],
    ["?state=all", 2],
    ["?selector=site%3Dcpt", 1],
    ["?selector=site%3Dnowhere", 0],
  ] as const)("%s", async ([query, count]) => {
    expect(await itemsOf(query)).toHaveLength(count);
  });

  it("comes in pages", async () => {
    const first = await get("/v1/findings?limit=1");
    const cursor = String(first.body["next"]);
    expect(first.headers.get("Link")).toContain(`cursor=${cursor}`);
    const second = await get(`/v1/findings?limit=1&cursor=${cursor}`);
    expect(second.body["next"]).toBeNull();
    const ids = [first, second].flatMap(({ body }) =>
      (body["items"] as Item[]).map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it.for([
    ["?pattern=P99", 422],
    ["?state=maybe", 422],
    ["?cursor=xyz", 422],
    ["?selector=site%3D%3D", 422],
    ["?patern=P01", 422],
  ] as const)("%s is refused", async ([query, status]) => {
    expect((await get(`/v1/findings${query}`)).status).toBe(status);
  });

  it("wants a token with findings:read", async () => {
    expect((await get("/v1/findings", api.tokens.billing)).status).toBe(403);
  });
});

describe("GET /v1/findings/{id}", () => {
  it("has the evidence of both sides and every guard, no secret and no name in clear; and the reader is noted", async () => {
    const [{ id } = { id: 0 }] = await itemsOf("");
    const { status, body, text } = await get(`/v1/findings/${id}`);
    expect(status).toBe(200);
    const evidence = body["evidence"] as {
      guards: unknown[];
      exhibits: { kind: string; hash: string }[];
    };
    expect(evidence.guards.length).toBeGreaterThan(5);
    expect(evidence.exhibits.filter(({ kind }) => kind === "side")).toHaveLength(2);
    for (const { hash } of evidence.exhibits) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const word of [CANARY, "cpe-2@isp.example"]) expect(text).not.toContain(word);
    const events = await sql<{ actor: string }>`
      select actor from events where type = 'FindingRead' and (data ->> 'finding')::int = ${id}`.execute(
      api.db,
    );
    expect(events.rows).toEqual([{ actor: "auditor" }]);
  });

  it("is 404 where there is none", async () => {
    expect((await get("/v1/findings/999999")).status).toBe(404);
  });
});

describe("POST /v1/findings/{id}/decide", () => {
  const decide = (id: number, json: object, token = desk) =>
    api.call("POST", `/v1/findings/${id}/decide`, { json, token });

  it("theft leaves it open as acted on, a later mistake closes it, and then it is closed", async () => {
    const [{ id } = { id: 0 }] = await itemsOf("?selector=site%3Dcpt");
    expect((await decide(id, { as: "theft", reason: "r" }, reader)).status).toBe(403);
    expect((await decide(id, { as: "theft" })).status).toBe(422);
    const theft = await decide(id, { as: "theft", reason: "both online" });
    expect(theft.body).toMatchObject({ state: "actioned", decision: { as: "theft", by: "desk" } });
    const mistake = await decide(id, { as: "mistake", reason: "family of the customer" });
    expect(mistake.body).toMatchObject({ state: "closed", closedAs: "mistake" });
    expect((await decide(id, { as: "mistake", reason: "again" })).status).toBe(200);
    const late = await decide(id, { as: "theft", reason: "no" });
    expect([late.status, late.body["code"], late.body["retry"]]).toEqual([
      409,
      "finding_closed",
      "never",
    ]);
    const events = await sql<{ as: string; actor: string }>`
      select data ->> 'as' as as, actor from events where type = 'FindingDecided' order by id`.execute(
      api.db,
    );
    expect(events.rows).toEqual([
      { as: "theft", actor: "desk" },
      { as: "mistake", actor: "desk" },
    ]);
    await sql`
      insert into fraud_due (kind, id) select 'credential', credential from findings where finding = ${id}`.execute(
      api.db,
    );
    await evaluateAll(api);
    expect(await itemsOf("?selector=site%3Dcpt"), "what is settled is not found again").toEqual([]);
  });
});

describe("plumb findings", () => {
  it("lists, shows, decides, and gives the evidence as JSON", async () => {
    const [{ id } = { id: 0 }] = await itemsOf("");
    const listed = await cli("findings", "list");
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("P01 concurrent-use")]);
    const shown = await cli("findings", "show", String(id));
    expect(shown.out).toContain(`plumb findings decide ${id} --as theft|swap|clone|mistake`);
    expect(shown.out).toContain("overlap_proven_by_both");
    const pack = await cli("findings", "evidence", String(id));
    expect(JSON.parse(pack.out)).toMatchObject({ finding: id, pattern: "P01" });
    const decided = await cli("findings", "decide", String(id), "--as", "swap", "--reason", "r");
    expect([decided.code, decided.out.trim()]).toEqual([
      0,
      `Finding ${id} is closed, decided as swap.`,
    ]);
    const again = await cli("findings", "decide", String(id), "--as", "theft", "--reason", "r");
    expect([again.code, again.err]).toEqual([6, expect.stringContaining("plumb findings list")]);
    expect((await cli("findings", "show", "x")).code).toBe(64);
  });
});

describe("the policy", () => {
  it("is applied by the fraud desk, is named default, and stands by itself", async () => {
    const apply = (name: string, spec: object, token = desk) =>
      api.call("POST", "/v1/manifests", {
        json: { documents: [manifest("FraudPolicy", name, spec)] },
        token,
      });
    expect((await apply("mine", {})).status).toBe(422);
    expect((await apply("default", { rules: { P21: { enabled: true } } })).status).toBe(422);
    expect((await apply("default", {}, api.tokens.billing)).status).toBe(403);
    expect((await apply("default", { rules: { P01: { enabled: false } } })).status).toBe(200);
    await shared(api, "cpe-3@isp.example", 3);
    expect(await itemsOf("?pattern=P01"), "the rule is off").toEqual([]);
  });
});
