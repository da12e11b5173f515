import { createHmac, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { httpOutbound, type Resolve } from "../../../src/app/outbound.ts";
import type { ApiDelivery, ApiWebhook } from "../../../src/model/api-webhooks.ts";
import { startWebhookSender, type WebhookSender } from "../../../src/service/webhook-sender.ts";
import { keyStore } from "../../../src/store/rotate-keys.ts";
import { webhookStore } from "../../../src/store/webhooks.ts";
import { startReceiver, type Received, type Receiver } from "../../support/receiver.ts";
import { DESIRED, DEVICE, openApi, type Api } from "./api-fixture.ts";

const CANARY = "canary-Wh7!zq-3307";
const DEADLINE_MS = 400;
const PACE = { pollMs: 20, leaseMs: 2_000, waits: [50, 50, 50, 50] };

let api: Api;
let receiver: Receiver;
let senders: WebhookSender[] = [];
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  senders = [];
  await receiver.close();
  await sql`delete from webhooks`.execute(api.db);
});

const store = () => webhookStore(api.db, api.keyring);
function send(resolve?: Resolve): void {
  const outbound = httpOutbound({ deadlineMs: DEADLINE_MS, ...(resolve && { resolve }) });
  const { telemetry } = api;
  const deps = { store: store(), outbound, telemetry, clock: systemClock, random: () => 0 };
  senders.push(startWebhookSender({ ...deps, pace: PACE }));
}
const admin = (method: string, path: string, json?: unknown) =>
  api.call(method, path, { token: api.tokens.operator, ...(json === undefined ? {} : { json }) });
async function hook(more: object = {}): Promise<ApiWebhook & { readonly secret: string }> {
  const json = { url: receiver.url, types: ["desired.*"], allowPrivate: true, ...more };
  const made = await admin("POST", "/v1/webhooks", json);
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  return made.body as unknown as ApiWebhook & { readonly secret: string };
}
let version = 0;
/** One event `DesiredChanged`. */
async function change(): Promise<void> {
  version += 1;
  const credentials = {
    username: `w${version}`,
    realm: "isp.example",
    password: `${CANARY}-${version}`,
  };
  expect((await api.call("PUT", DESIRED, { json: { credentials } })).status).toBeLessThan(300);
}
const deliveries = async (id: string): Promise<readonly ApiDelivery[]> =>
  (await admin("GET", `/v1/webhooks/${id}/deliveries`)).body["items"] as ApiDelivery[];
const states = async (id: string) => (await deliveries(id)).map(({ state }) => state);
const delivered = async (id: string, count: number): Promise<void> => {
  await expect
    .poll(() => states(id), { timeout: 15_000 })
    .toEqual(Array<string>(count).fill("delivered"));
};
const webhookNow = async (id: string): Promise<ApiWebhook | undefined> =>
  ((await admin("GET", "/v1/webhooks")).body["items"] as ApiWebhook[]).find((one) => one.id === id);

/** As a receiver does it, with code of its own. */
function verifies({ id, timestamp, body, signature }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const want = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return signature.split(" ").some((one) => {
    const given = Buffer.from(one.replace("v1,", ""), "base64");
    return given.length === want.length && timingSafeEqual(given, want);
  });
}

describe("a webhook", () => {
  it("is told of what happens from now on, signed, thin, and without a secret (I18)", async () => {
    await change();
    const { id, secret } = await hook();
    send();
    await change();
    await delivered(id, 1);
    const [message] = receiver.received as [Received];
    expect(verifies(message, secret)).toBe(true);
    expect(Math.abs(Number(message.timestamp) * 1_000 - Date.now())).toBeLessThan(60_000);
    expect(JSON.parse(message.body)).toMatchObject({
      type: "desired.changed",
      data: { device: DEVICE, writer: "billing", fields: ["credentials"], generation: version },
    });
    const rows = await sql<{ all: string }>`
      select (select jsonb_agg(d)::text from webhook_deliveries d) || (select jsonb_agg(e)::text from events e) ||
             (select jsonb_agg(s)::text from webhook_secrets s) || (select jsonb_agg(w)::text from webhooks w) as all`.execute(
      api.db,
    );
    const listed = await admin("GET", "/v1/webhooks");
    const said = [message.body, rows.rows[0]?.all, listed.text, api.telemetry.lines.join("\n")];
    for (const text of said) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(secret.slice("whsec_".length));
    }
  });

  it("gets each event at least once and by one id, though it fails in every way before", async () => {
    const { id } = await hook();
    receiver.behave = (index) => {
      const ways = [
        500,
        "die",
        { status: 302, headers: { Location: receiver.url } },
        "hang",
      ] as const;
      return ways[index] ?? 200;
    };
    send();
    await change();
    await delivered(id, 1);
    expect(receiver.received).toHaveLength(5);
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(1);
    expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set(["/hook"]));
    const [one] = await deliveries(id);
    expect(one).toMatchObject({ attempts: 5, lastStatus: 200, lastError: null, nextAt: null });
  });

  it("that fails at every attempt has it in the log, and gets it when a person says so", async () => {
    const { id } = await hook();
    receiver.behave = () => 500;
    send();
    await change();
    await expect.poll(() => states(id), { timeout: 15_000 }).toEqual(["failed"]);
    const [failed] = await deliveries(id);
    expect(failed).toMatchObject({ attempts: 5, lastStatus: 500, lastError: "answered 500" });
    expect((await webhookNow(id))?.failingSince).not.toBeNull();
    receiver.behave = () => 200;
    const again = await admin("POST", `/v1/webhooks/${id}/redeliver`, { delivery: failed?.id });
    expect([again.status, again.body]).toEqual([202, { deliveries: 1 }]);
    await delivered(id, 1);
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(1);
    expect((await webhookNow(id))?.failingSince).toBeNull();
    const none = await admin("POST", `/v1/webhooks/${id}/redeliver`, { failed: true });
    expect(none.body).toEqual({ deliveries: 0 });
  });

  it("that is slow holds up no other one", async () => {
    const other = await startReceiver();
    try {
      receiver.behave = () => "hang";
      const slow = await hook();
      const quick = await hook({ url: other.url });
      send();
      for (let i = 0; i < 8; i += 1) await change();
      await delivered(quick.id, 8);
      expect(await states(slow.id)).not.toContain("delivered");
      // What happens to one device comes in order to a receiver that answers.
      const order = other.received.map(
        ({ body }) => (JSON.parse(body) as { data: { generation: number } }).data.generation,
      );
      expect(new Set(order).size).toBe(8);
    } finally {
      await other.close();
    }
  });

  it("is served on when the process that was sending dies: another one sends it again", async () => {
    const { id } = await hook();
    await change();
    // Claimed, and then nothing more is heard of it.
    await store().fanOut((event) =>
      event.type === "DesiredChanged" ? { type: "x", body: "{}" } : null,
    );
    expect(await store().claimDeliveries(id, 4, 700)).toHaveLength(1);
    send();
    await sleep(200);
    expect(receiver.received).toEqual([]);
    await delivered(id, 1);
    expect(receiver.received).toHaveLength(1);
  });

  it("of several senders is served once for each event while all goes well", async () => {
    const { id } = await hook();
    send();
    send();
    for (let i = 0; i < 12; i += 1) await change();
    await delivered(id, 12);
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(12);
    expect(receiver.received).toHaveLength(12);
  });

  it("that says 429 is left alone for as long as it says, with everything", async () => {
    const { id } = await hook();
    receiver.behave = () => ({ status: 429, headers: { "Retry-After": "3600" } });
    send();
    await change();
    await expect.poll(async () => (await deliveries(id))[0]?.lastStatus).toBe(429);
    await change();
    await sleep(300);
    expect(receiver.received).toHaveLength(1);
  });

  it("that is gone is disabled, and goes on with what it missed when a person enables it", async () => {
    const { id } = await hook();
    receiver.behave = () => 410;
    send();
    await change();
    await expect.poll(async () => (await webhookNow(id))?.disabled?.why).toMatch(/410/);
    receiver.behave = () => 200;
    await change();
    await sleep(200);
    expect(receiver.received).toHaveLength(1);
    expect((await admin("POST", `/v1/webhooks/${id}/enable`)).status).toBe(200);
    await delivered(id, 2);
    const types = await sql<{ type: string }>`
      select type from events where type like 'Webhook%' order by id desc limit 2`.execute(api.db);
    expect(types.rows.map(({ type }) => type)).toEqual(["WebhookEnabled", "WebhookDisabled"]);
  });

  it("is disabled when nothing got through for three days", async () => {
    const { id } = await hook();
    receiver.behave = () => 500;
    await sql`update webhooks set failing_since = now() - interval '73 hours'`.execute(api.db);
    send();
    await change();
    await expect.poll(async () => (await webhookNow(id))?.disabled?.why).toMatch(/3 days/);
  });

  it("is signed with both secrets while one takes the other's place", async () => {
    const { id, secret } = await hook();
    const rotated = await admin("POST", `/v1/webhooks/${id}/rotate-secret`, { overlap: "1h" });
    const next = (rotated.body as unknown as ApiWebhook).secret ?? "";
    expect([rotated.status, next.startsWith("whsec_"), next === secret]).toEqual([
      201,
      true,
      false,
    ]);
    // The keys of the ring may change in between.
    await keyStore(api.db, api.keyring).rotate(
      { owner: "operator", tokenId: "t", requestId: "r" },
      () => undefined,
      new AbortController().signal,
    );
    send();
    await change();
    await delivered(id, 1);
    const [message] = receiver.received as [Received];
    expect([verifies(message, secret), verifies(message, next)]).toEqual([true, true]);
    await sql`update webhook_secrets set expires_at = now() where version = 1`.execute(api.db);
    await change();
    await delivered(id, 2);
    const after = receiver.received[1] as Received;
    expect([verifies(after, secret), verifies(after, next)]).toEqual([false, true]);
  });

  it("can be tested, ended, and is for admins only", async () => {
    const { id, secret } = await hook();
    send();
    const test = await admin("POST", `/v1/webhooks/${id}/test`);
    expect([test.status, test.body["event"]]).toEqual([202, null]);
    await delivered(id, 1);
    expect(verifies(receiver.received[0] as Received, secret)).toBe(true);
    expect(receiver.received[0]?.body).toContain('"type":"webhook.test"');
    for (const path of [
      "",
      `/${id}/test`,
      `/${id}/redeliver`,
      `/${id}/enable`,
      `/${id}/rotate-secret`,
    ])
      expect((await api.call("POST", `/v1/webhooks${path}`, { json: {} })).status).toBe(403);
    expect((await admin("DELETE", `/v1/webhooks/${id}`)).status).toBe(204);
    expect((await admin("DELETE", `/v1/webhooks/${id}`)).status).toBe(404);
    expect((await admin("GET", `/v1/webhooks/${id}/deliveries`)).status).toBe(404);
  });

  it("keeps its log for thirty days, and what is owed until it is delivered", async () => {
    const { id } = await hook();
    for (let i = 0; i < 3; i += 1) await admin("POST", `/v1/webhooks/${id}/test`);
    await sql`
      update webhook_deliveries set made_at = now() - interval '31 days',
        state = case when id = (select min(id) from webhook_deliveries) then 'waiting' else 'delivered' end`.execute(
      api.db,
    );
    await sql`select forget_events()`.execute(api.db);
    expect(await states(id)).toEqual(["waiting"]);
  });
});

describe("the address of a webhook", () => {
  it.for([
    ["http without leave", { url: "http://billing.example/hook", allowPrivate: false }],
    ["no address", { url: "billing" }],
    ["another protocol", { url: "file:///etc/passwd" }],
    ["a password in it", { url: "https://u:p@billing.example/" }],
    ["a type that is none", { types: ["Desired Changed"] }],
  ] as const)("is refused with 422: %s", async ([, more]) => {
    const json = { url: "https://billing.example/", types: [], ...more };
    expect((await admin("POST", "/v1/webhooks", json)).status).toBe(422);
  });

  it.for([
    ["this machine by name", "https://localhost:1/", undefined],
    ["this machine by number", "https://127.0.0.1:1/", undefined],
    ["this machine spelled otherwise", "https://0x7f.1:1/", undefined],
    ["this machine in IPv6", "https://[::ffff:127.0.0.1]:1/", undefined],
    ["a metadata service", "https://169.254.169.254/", undefined],
    ["a name that leads inside", "https://evil.example/", ["10.0.0.7"]],
    ["a name that leads outside and inside", "https://evil.example/", ["8.8.8.8", "192.168.1.1"]],
  ] as const)("that leads inside is not called: %s", async ([, url, resolved]) => {
    const resolve = resolved === undefined ? undefined : () => Promise.resolve(resolved);
    const outbound = httpOutbound({ ...(resolve && { resolve }) });
    const message = { url, headers: {}, body: "{}", allowPrivate: false };
    expect(await outbound.post(message)).toMatchObject({ kind: "refused" });
  });

  it("is resolved once, and what was looked at is what is called", async () => {
    let asked = 0;
    const resolve: Resolve = () => {
      asked += 1;
      return Promise.resolve(asked === 1 ? ["127.0.0.1"] : ["192.0.2.1"]);
    };
    const url = receiver.url.replace("127.0.0.1", "rebind.example");
    const message = { url, headers: { "webhook-id": "x" }, body: "{}", allowPrivate: true };
    const answer = await httpOutbound({ resolve, deadlineMs: 2_000 }).post(message);
    expect([answer, asked]).toEqual([
      { kind: "answered", status: 200, retryAfterSeconds: null },
      1,
    ]);
    expect(receiver.received).toHaveLength(1);
  });

  it("without leave is refused in the log, and the receiver hears nothing", async () => {
    const { id } = await hook({
      url: receiver.url.replace("http:", "https:"),
      allowPrivate: false,
    });
    send();
    await admin("POST", `/v1/webhooks/${id}/test`);
    await expect.poll(async () => (await deliveries(id))[0]?.lastError).toMatch(/private network/);
    expect(receiver.received).toEqual([]);
  });
});
