import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiIssuedToken, ApiRotatedToken, ApiToken } from "../../../src/model/api-access.ts";
import { AT, DESIRED, openApi, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const admin = (method: string, path: string, json?: unknown) =>
  api.call(method, path, { token: api.tokens.operator, ...(json === undefined ? {} : { json }) });
const issued = async (body: object): Promise<ApiIssuedToken> => {
  const made = await admin("POST", "/v1/tokens", {
    owner: "desk",
    scopes: ["devices:read"],
    ...body,
  });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  return made.body as unknown as ApiIssuedToken;
};
/** As a socket hands it in. */
const statusFrom = async (token: string, remoteAddress: string): Promise<number> => {
  const headers = { Authorization: `Bearer ${token}`, "X-Forwarded-For": "10.8.0.7" };
  const env = { incoming: { socket: { remoteAddress } } };
  return (await api.app.request("/v1/fleet", { headers }, env)).status;
};
const eventsOf = async (type: string) =>
  await api.db
    .selectFrom("events")
    .select(["actor", "token_id", "request_id", "data"])
    .where("type", "=", type)
    .orderBy("id", "desc")
    .execute();

describe("a token", () => {
  it("is shown once, works, and stands nowhere in the database or the log", async () => {
    const { token, id } = await issued({ expiresIn: "90d" });
    expect((await api.call("GET", "/v1/fleet", { token })).status).toBe(200);
    const secret = (token.split("_")[2] ?? "").slice(0, 30);
    const listed = await admin("GET", "/v1/tokens");
    expect(listed.text).toContain(id);
    const rows = await sql<{ all: string }>`
      select coalesce((select jsonb_agg(t) from tokens t)::text, '') ||
             coalesce((select jsonb_agg(e) from events e)::text, '') as all`.execute(api.db);
    for (const text of [listed.text, rows.rows[0]?.all, api.telemetry.lines.join("\n")]) {
      expect(text?.includes(secret), "(I18)").toBe(false);
    }
    const [event] = await eventsOf("TokenCreated");
    expect(event).toMatchObject({ actor: "operator", data: { id, owner: "desk" } });
  });

  it("has what was asked for, by the database's clock", async () => {
    const made = await issued({ networks: ["10.8.0.0/24"], ratePerSecond: 7, expiresIn: "2d" });
    expect(made).toMatchObject({
      owner: "desk",
      networks: ["10.8.0.0/24"],
      ratePerSecond: 7,
      createdBy: "operator",
      revokedAt: null,
    });
    const lives = Date.parse(made.expiresAt ?? "") - Date.parse(made.createdAt);
    expect(lives).toBe(2 * 86_400_000);
  });

  it("is good from its networks only, whatever a header says", async () => {
    const { token } = await issued({ networks: ["10.8.0.0/24"] });
    expect(await statusFrom(token, "10.8.0.9")).toBe(200);
    expect(await statusFrom(token, "::ffff:10.8.0.9")).toBe(200);
    expect(await statusFrom(token, "10.9.0.9")).toBe(401);
    expect((await api.call("GET", "/v1/fleet", { token })).status).toBe(401);
  });

  it.for([
    ["a scope that there is not", { scopes: ["desired:rite"] }],
    ["no scope", { scopes: [] }],
    ["a network that is none", { networks: ["10.8.0.0/40"] }],
    ["a host name for a network", { networks: ["billing.example"] }],
    ["a duration that is none", { expiresIn: "soon" }],
    ["the controller's name", { owner: "controller" }],
    ["an unknown property", { scope: ["devices:read"] }],
  ] as const)("is refused with 422: %s", async ([, body]) => {
    const given = { owner: "desk", scopes: ["devices:read"], ...body };
    expect((await admin("POST", "/v1/tokens", given)).status).toBe(422);
  });

  it("is made, listed and ended by admins only", async () => {
    const { id } = await issued({});
    const json = { owner: "me", scopes: ["admin"] };
    for (const [method, path] of [
      ["POST", "/v1/tokens"],
      ["GET", "/v1/tokens"],
      ["POST", `/v1/tokens/${id}/rotate`],
      ["DELETE", `/v1/tokens/${id}`],
    ] as const) {
      expect((await api.call(method, path, method === "GET" ? {} : { json })).status).toBe(403);
    }
  });

  it("notes its last use once a minute, and no request waits for it", async () => {
    const { token, id } = await issued({});
    const used = async () =>
      await api.db
        .selectFrom("tokens")
        .select("last_used_at")
        .where("id", "=", id)
        .executeTakeFirst();
    // Somebody holds the row: it is passed over, and the request is answered all the same.
    await api.db.transaction().execute(async (trx) => {
      await sql`select from tokens where id = ${id} for update`.execute(trx);
      expect((await api.call("GET", "/v1/fleet", { token })).status).toBe(200);
      expect((await used())?.last_used_at).toBeNull();
    });
    await expect
      .poll(async () => {
        await api.call("GET", "/v1/fleet", { token });
        return (await used())?.last_used_at;
      })
      .not.toBeNull();
    const first = (await used())?.last_used_at;
    await api.call("GET", "/v1/fleet", { token });
    expect((await used())?.last_used_at).toEqual(first);
  });
});

describe("rotation", () => {
  it("leaves two valid for the overlap, of one owner, with the same rights", async () => {
    const old = await issued({ networks: ["10.8.0.0/16"], expiresIn: "90d" });
    const answer = await admin("POST", `/v1/tokens/${old.id}/rotate`, { overlap: "1h" });
    const rotated = answer.body as unknown as ApiRotatedToken;
    expect(answer.status).toBe(201);
    expect(rotated).toMatchObject({ owner: "desk", scopes: old.scopes, networks: old.networks });
    expect(rotated.replaced).toMatchObject({ id: old.id, replacedBy: rotated.id });
    const lives = Date.parse(rotated.expiresAt ?? "") - Date.parse(rotated.createdAt);
    expect(lives).toBe(90 * 86_400_000);
    const both = [old.token, rotated.token].map((token) => statusFrom(token, "10.8.1.1"));
    expect(await Promise.all(both)).toEqual([200, 200]);
    await sql`update tokens set expires_at = now() - interval '1 s' where id = ${old.id}`.execute(
      api.db,
    );
    expect(await statusFrom(old.token, "10.8.1.1")).toBe(401);
    expect(await statusFrom(rotated.token, "10.8.1.1")).toBe(200);
  });

  it("ends the older one at once without an overlap, and never lets it live longer than before", async () => {
    const { id, token } = await issued({});
    await admin("POST", `/v1/tokens/${id}/rotate`, { overlap: "0s" });
    expect((await api.call("GET", "/v1/fleet", { token })).status).toBe(401);
    const short = await issued({ expiresIn: "1h" });
    const answer = await admin("POST", `/v1/tokens/${short.id}/rotate`, { overlap: "30d" });
    expect((answer.body["replaced"] as ApiToken).expiresAt).toBe(short.expiresAt);
  });

  it("is refused for one that has a successor, is revoked or is not there; its successor can be rotated", async () => {
    const { id } = await issued({});
    const next = await admin("POST", `/v1/tokens/${id}/rotate`, {});
    const again = await admin("POST", `/v1/tokens/${id}/rotate`, {});
    expect([again.status, again.body["code"]]).toEqual([409, "token_not_current"]);
    expect(again.body["details"]).toEqual({ successor: next.body["id"] });
    const onward = await admin("POST", `/v1/tokens/${String(next.body["id"])}/rotate`, {});
    expect(onward.status).toBe(201);
    await admin("DELETE", `/v1/tokens/${String(onward.body["id"])}`);
    const ended = await admin("POST", `/v1/tokens/${String(onward.body["id"])}/rotate`, {});
    expect([ended.status, ended.body["code"]]).toEqual([409, "token_not_current"]);
    expect((await admin("POST", "/v1/tokens/nobody/rotate", {})).status).toBe(404);
  });

  it("by many at once makes one successor", async () => {
    const { id } = await issued({});
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin("POST", `/v1/tokens/${id}/rotate`, {})),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array<number>(7).fill(409),
    ]);
  });
});

describe("revocation", () => {
  it("ends a token at once, and again it is the same answer", async () => {
    const { id, token } = await issued({});
    const first = await admin("DELETE", `/v1/tokens/${id}`);
    expect((await api.call("GET", "/v1/fleet", { token })).status).toBe(401);
    const second = await admin("DELETE", `/v1/tokens/${id}`);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect((await eventsOf("TokenRevoked")).filter(({ data }) => data["id"] === id)).toHaveLength(
      1,
    );
  });

  it("is refused for the last token that can make tokens", async () => {
    const mine = (await admin("GET", "/v1/tokens")).body["items"] as ApiToken[];
    const admins = mine.filter(({ scopes }) => scopes.includes("admin"));
    expect(admins).toHaveLength(1);
    const refused = await admin("DELETE", `/v1/tokens/${admins[0]?.id ?? ""}`);
    expect([refused.status, refused.body["code"]]).toEqual([409, "last_admin_token"]);
    expect((await admin("GET", "/v1/fleet")).status).toBe(200);
  });
});

describe("the rate of a token", () => {
  it("answers 429 with the seconds to wait, to that token alone, and never to health checks", async () => {
    const { token } = await issued({ ratePerSecond: 1 });
    const statuses: number[] = [];
    for (let i = 0; i < 35; i += 1)
      statuses.push((await api.call("GET", "/v1/fleet", { token })).status);
    expect(statuses.slice(0, 30)).toEqual(Array<number>(30).fill(200));
    expect(statuses.at(-1)).toBe(429);
    const limited = await api.call("GET", "/v1/fleet", { token });
    expect(limited.body).toMatchObject({ code: "rate_limited", retry: "after", retryAfter: 1 });
    expect(limited.headers.get("Retry-After")).toBe("1");
    expect(limited.headers.get("RateLimit-Policy")).toBe('"token";q=30;w=30');
    expect((await admin("GET", "/v1/fleet")).status).toBe(200);
    expect((await api.call("GET", "/statusz", { token })).status).toBe(200);
  });

  it("does not stand in the way of RADIUS", async () => {
    const { token } = await issued({ scopes: ["radius:ingest"], ratePerSecond: 1 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        api.call("POST", "/v1/radius/accounting", { token, json: { "Acct-Status-Type": "x" } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  });
});

describe("every write of the API leaves a row: who, with which token, in which request", () => {
  const credentials = { username: "audited", realm: "isp.example", password: "pw-audited-1" };
  it.for([
    ["DesiredChanged", "PUT", DESIRED, { credentials }],
    ["DesiredEnded", "DELETE", DESIRED, undefined],
    ["DeviceHeld", "POST", `${AT}/hold`, { reason: "field staff" }],
    ["DeviceReleased", "POST", `${AT}/release`, { reason: "done" }],
    ["ReconcileAsked", "POST", `${AT}/reconcile`, undefined],
    ["StopBegan", "POST", "/v1/stop", { reason: "an audit" }],
    ["StopEnded", "POST", "/v1/resume?expect=2", {}],
    ["ProbeAsked", "POST", "/v1/acs/main/probe", {}],
    ["TokenCreated", "POST", "/v1/tokens", { owner: "x", scopes: ["devices:read"] }],
  ] as const)("%s", async ([type, method, path, json]) => {
    const headers = { "Request-Id": `audit-${type}` };
    const answer = await api.call(method, path, {
      ...{ token: api.tokens.operator, headers },
      ...(json === undefined ? {} : { json }),
    });
    expect([answer.status < 300, answer.text]).toEqual([true, expect.any(String)]);
    const [event] = await eventsOf(type);
    const tokenId = api.tokens.operator.split("_")[1];
    expect(event).toMatchObject({
      actor: "operator",
      token_id: tokenId,
      request_id: `audit-${type}`,
    });
    expect(JSON.stringify(event)).not.toContain(credentials.password);
  });
});
