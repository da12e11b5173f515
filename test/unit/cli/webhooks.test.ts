import { describe, expect, it } from "vitest";
import { NOW, problem, run } from "./world.ts";

const SECRET = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const ID = "wh_0a1b2c3d4e5f";
const AT = `/v1/webhooks/${ID}`;
const WEBHOOK = {
  id: ID,
  owner: "operator",
  url: "https://billing.example/plumbline",
  types: ["desired.*"],
  allowPrivate: false,
  createdAt: "2026-11-20T21:00:00Z",
  secrets: [{ version: 1, expiresAt: null }],
  waiting: 3,
  failingSince: null,
  disabled: null,
};
const DELIVERY = {
  id: "4711",
  event: "93",
  type: "desired.changed",
  state: "waiting",
  attempts: 2,
  nextAt: "2026-11-22T21:05:00Z",
  madeAt: "2026-11-22T20:50:00Z",
  lastAt: "2026-11-22T20:58:00Z",
  lastStatus: 503,
  lastError: "busy\u001b[2J",
  lastMs: 12,
};

describe("plumb webhooks", () => {
  it("add prints the secret alone on stdout, so that it can go into a file", async () => {
    const answers = { "POST /v1/webhooks": { status: 201, body: { ...WEBHOOK, secret: SECRET } } };
    const argv = [
      "webhooks",
      "add",
      WEBHOOK.url,
      "--type",
      "desired.*,finding.*",
      "--allow-private",
    ];
    const { code, out, err, calls } = await run(argv, { answers });
    expect([code, out]).toEqual([0, `${SECRET}\n`]);
    expect(err).toContain("Shown once");
    expect(err).not.toContain(SECRET);
    expect(calls[0]?.body).toEqual({
      url: WEBHOOK.url,
      types: ["desired.*", "finding.*"],
      allowPrivate: true,
    });
  });

  it("rotate-secret says for how long both are good", async () => {
    const answers = { [`POST ${AT}/rotate-secret`]: { body: { ...WEBHOOK, secret: SECRET } } };
    const done = await run(["webhooks", "rotate-secret", ID, "--overlap", "7d"], { answers });
    expect([done.code, done.out, done.calls[0]?.body]).toEqual([
      0,
      `${SECRET}\n`,
      { overlap: "7d" },
    ]);
    expect(done.err).toContain("the older one for 7d");
  });

  it("list shows what waits, and what is disabled since when", async () => {
    const items = [
      { ...WEBHOOK, types: [] },
      { ...WEBHOOK, id: "wh_2", failingSince: "2026-11-22T20:00:00Z" },
      { ...WEBHOOK, id: "wh_3", disabled: { at: "2026-11-20T21:00:00Z", why: "410" } },
    ];
    const answers = { "GET /v1/webhooks": { body: { items, next: null } } };
    const { code, out } = await run(["webhooks", "list"], { answers });
    expect(code).toBe(0);
    expect(out).toMatch(/wh_0a\S+ +works +3 +operator +all but access +https:/);
    expect(out).toMatch(/wh_2 +failing for 1 h/);
    expect(out).toMatch(/wh_3 +disabled 2 d ago/);
    const names = await run(["webhooks", "list", "-o", "name"], { answers });
    expect(names.out).toBe(`${ID}\nwh_2\nwh_3\n`);
  });

  it("show says why it is disabled, how to go on, and what was sent last", async () => {
    const disabled = { at: NOW.toISOString(), why: "no success for three days" };
    const answers = {
      [`GET ${AT}`]: { body: { ...WEBHOOK, disabled } },
      [`GET ${AT}/deliveries`]: { body: { items: [DELIVERY], next: null } },
    };
    const { code, out, calls } = await run(["webhooks", "show", ID], { answers });
    expect(code).toBe(0);
    expect(out).toContain("no success for three days. Go on: plumb webhooks enable");
    expect(out).toMatch(/4711 +desired.changed +waiting +2 +2 min ago +in 5 min +503 busy/);
    expect(out, "what a receiver says moves no cursor").not.toContain("\u001b");
    expect(calls.map(({ path }) => path)).toEqual([AT, `${AT}/deliveries?limit=10`]);
  });

  it("deliveries pages back by number", async () => {
    const answers = { [`GET ${AT}/deliveries`]: { body: { items: [DELIVERY], next: "4711" } } };
    const argv = ["webhooks", "deliveries", ID, "--before", "5000", "--limit", "1"];
    const { code, err, calls } = await run(argv, { answers });
    expect([code, calls[0]?.path]).toEqual([0, `${AT}/deliveries?limit=1&cursor=5000`]);
    expect(err).toContain("--before 4711");
  });

  it("redeliver takes one delivery, or all that failed, and nothing else", async () => {
    const answers = { [`POST ${AT}/redeliver`]: { status: 202, body: { deliveries: 2 } } };
    const one = await run(["webhooks", "redeliver", ID, "4711"], { answers });
    const failed = await run(["webhooks", "redeliver", ID, "--failed"], { answers });
    expect([one.calls[0]?.body, failed.calls[0]?.body]).toEqual([
      { delivery: "4711" },
      { failed: true },
    ]);
    expect(failed.err).toContain("2 deliveries on the way");
    for (const argv of [[], ["4711", "--failed"]]) {
      const { code, calls } = await run(["webhooks", "redeliver", ID, ...argv], { answers });
      expect([code, calls]).toEqual([64, []]);
    }
  });

  it("test, enable and delete say what they did", async () => {
    const answers = {
      [`POST ${AT}/test`]: { status: 202, body: { ...DELIVERY, event: null } },
      [`POST ${AT}/enable`]: { body: WEBHOOK },
    };
    expect((await run(["webhooks", "test", ID], { answers })).err).toContain("Test 4711");
    expect((await run(["webhooks", "enable", ID], { answers })).err).toContain("goes on; 3 wait");
  });

  it("names the command that lists them where there is no such webhook", async () => {
    const answers = { [`DELETE ${AT}`]: problem("not_found", 404) };
    const { code, err } = await run(["webhooks", "delete", ID], { answers });
    expect(code).toBe(5);
    expect(err).toContain("Next: plumb webhooks list   (request 01REQUEST)");
  });
});
