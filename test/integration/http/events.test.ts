import { serve, type ServerType } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiEvents } from "../../../src/model/api-events.ts";
import { AT, DESIRED, DEVICE, openApi, type Api } from "./api-fixture.ts";

const CANARY = "canary-Ev7!zq-9921";
let api: Api;
let server: ServerType;
let url: string;
beforeAll(async () => {
  api = await openApi();
  url = await new Promise((resolve) => {
    server = serve({ fetch: api.app.fetch, port: 0, hostname: "127.0.0.1" }, (at: AddressInfo) => {
      resolve(`http://127.0.0.1:${at.port}`);
    });
  });
});
afterAll(async () => {
  api.endStreams();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

const page = async (query: string, token = api.tokens.reader) => {
  const answer = await api.call("GET", `/v1/events${query}`, { token });
  expect(answer.status).toBe(200);
  return answer.body as unknown as ApiEvents;
};
const put = async (username: string) =>
  await api.call("PUT", DESIRED, {
    json: { credentials: { username, realm: "isp.example", password: CANARY } },
  });

/** Reads a stream until its text holds that. */
class Stream {
  text = "";
  readonly #gone = new AbortController();
  readonly ended: Promise<void>;
  constructor(query: string, headers: Record<string, string> = {}, token = api.tokens.reader) {
    this.ended = this.#read(query, { Authorization: `Bearer ${token}`, ...headers });
  }
  async #read(query: string, headers: Record<string, string>): Promise<void> {
    const answer = await fetch(`${url}/v1/watch${query}`, { headers, signal: this.#gone.signal });
    this.text += `${answer.status} ${answer.headers.get("Content-Type") ?? ""}\n`;
    for await (const chunk of answer.body ?? [])
      this.text += Buffer.from(chunk as Uint8Array).toString();
  }
  async says(what: RegExp | string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000 }).toMatch(what);
  }
  async leave(): Promise<void> {
    this.#gone.abort();
    await this.ended.catch(() => undefined);
  }
  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  }
}

describe("GET /v1/events", () => {
  it("goes on page by page from a cursor, and ends with one to come back with", async () => {
    await put("one");
    await put("two");
    const all = await page("?limit=500");
    expect(all.items.map(({ type }) => type).slice(-2)).toEqual([
      "desired.changed",
      "desired.changed",
    ]);
    expect(all.items.at(-1)).toMatchObject({ device: DEVICE, actor: "billing" });
    let next = "0";
    const walked: string[] = [];
    for (let more = true; more;) {
      const part = await page(`?after=${next}&limit=2`);
      walked.push(...part.items.map(({ id }) => id));
      ({ next, more } = part);
    }
    expect(walked).toEqual(all.items.map(({ id }) => id));
    expect(await page(`?after=${next}`)).toEqual({ items: [], next, more: false });
  });

  it("holds no secret, and nothing of tokens but for those who may read the history (I18)", async () => {
    await put("canary");
    const json = { owner: "desk", scopes: ["devices:read"] };
    await api.call("POST", "/v1/tokens", { token: api.tokens.operator, json });
    const text = JSON.stringify(await page("?limit=500"));
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain("token.created");
    expect(JSON.stringify(await page("?limit=500", api.tokens.operator))).toContain(
      "token.created",
    );
  });

  it.for([
    ["?after=x", 422, "invalid"],
    ["?after=-1", 422, "invalid"],
    ["?after=999999", 422, "before_history"],
    ["?limit=0", 422, "invalid"],
    ["?selector=state%3Dqueued", 422, "invalid"],
    ["?since=1", 422, "invalid"],
  ] as const)("refuses %s with %s %s", async ([query, status, code]) => {
    const answer = await api.call("GET", `/v1/events${query}`, { token: api.tokens.reader });
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
  });

  it("needs a scope", async () => {
    const token = await api.token("radius", "radius:ingest");
    expect((await api.call("GET", "/v1/events", { token })).status).toBe(403);
    expect((await api.call("GET", "/v1/watch", { token })).status).toBe(403);
  });
});

describe("GET /v1/watch", () => {
  it("tells what happens from now on, resumes by Last-Event-ID, and misses nothing in between", async () => {
    const first = new Stream("");
    await first.says(/^200 text\/event-stream/);
    await first.says("retry: ");
    await put("w1");
    await first.says('"type":"desired.changed"');
    await first.leave();
    const [last = 0] = first.ids.slice(-1);
    await put("w2");
    await put("w3");
    const second = new Stream("?after=0", { "Last-Event-ID": String(last) });
    await second.says(/(id: \d+[\s\S]*){2}/);
    await put("w4");
    await second.says(/(id: \d+[\s\S]*){3}/);
    expect(second.ids).toEqual([last + 1, last + 2, last + 3]);
    expect(first.text + second.text).not.toContain(CANARY);
    await second.leave();
  });

  it("says where it is that the past is not kept, and goes on from there", async () => {
    const newest = Number((await page("?limit=500")).next);
    await sql`delete from event_feed where seq < ${newest}`.execute(api.db);
    const stream = new Stream("?after=1");
    await stream.says(new RegExp(`id: ${newest}\nevent: resync\ndata: {"next":"${newest}"}`));
    await api.call("POST", `${AT}/reconcile`, { token: api.tokens.operator });
    await stream.says(`id: ${newest + 1}`);
    await stream.leave();
  });

  it("ends when the server does", async () => {
    const streams = [new Stream(""), new Stream("")];
    for (const stream of streams) await stream.says("retry: ");
    api.endStreams();
    await Promise.all(streams.map((stream) => stream.ended));
    expect(streams.map(({ text }) => text.startsWith("200"))).toEqual([true, true]);
  });
});
