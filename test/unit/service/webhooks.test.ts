import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import type { FeedEvent } from "../../../src/ports/feed-store.ts";
import type { OutboundAnswer } from "../../../src/ports/outbound.ts";
import { isWanted, messageOf } from "../../../src/service/webhook-message.ts";
import { afterAttempt, RETRY_AFTER_MS } from "../../../src/service/webhook-retry.ts";
import { newSigningSecret, signatureOf } from "../../../src/service/webhook-signature.ts";

describe("a signature", () => {
  // Standard Webhooks, as the reference computed it with other code than ours.
  const body =
    '{"type":"credential.misuse_detected","timestamp":"2026-11-22T22:14:49Z","data":{"finding":"fnd_01","pattern":"concurrent-use","severity":"high","device":"cpe-1001"}}';
  const secret = new Secret("whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=");
  const wanted = "v1,3UtUPIOm6ea+zqfBQvG65uTWxGfgOZDM60a6VYsw2ds=";

  it("is the one of the reference's test vector", () => {
    expect(signatureOf("msg_01", 1795385689, body, [secret])).toBe(wanted);
  });

  it("of two secrets is two, the newest first", () => {
    const other = newSigningSecret();
    const both = signatureOf("msg_01", 1795385689, body, [other, secret]).split(" ");
    expect(both).toHaveLength(2);
    expect(both[1]).toBe(wanted);
    expect(both[0]).not.toBe(wanted);
  });

  it("has a secret of 32 bytes that prints as a mark", () => {
    const made = newSigningSecret();
    expect(made.open()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(`${String(made)}${JSON.stringify({ made })}`).not.toContain(made.open());
  });
});

describe("a message", () => {
  const event: FeedEvent = {
    seq: 17,
    type: "DesiredChanged",
    at: new Date("2026-11-22T22:14:49Z"),
    device: "0019E0-WIXB-A1",
    actor: "billing",
    requestId: "r",
    data: {
      ...{ writer: "billing", generation: 3, fields: ["credentials"], password: "canary-1" },
      changes: [{ before: { username: "canary-2" }, after: { username: "canary-3" } }],
      message: "canary-4",
    },
  };

  it("is thin: ids and states, whatever else the event holds (I18)", () => {
    const { type, body } = messageOf(event);
    expect(type).toBe("desired.changed");
    expect(JSON.parse(body)).toEqual({
      type: "desired.changed",
      timestamp: "2026-11-22T22:14:49.000Z",
      data: {
        ...{ event: "17", device: "0019E0-WIXB-A1" },
        ...{ writer: "billing", generation: 3, fields: ["credentials"] },
      },
    });
    expect(body).not.toContain("canary");
  });

  it.for([
    [[], "desired.changed", true],
    [["*"], "device.held", true],
    [[], "token.created", false],
    [["*"], "webhook.disabled", false],
    [["token.*"], "token.created", true],
    [["key.rotation_began"], "key.rotation_began", true],
    [["desired.*"], "desired.ended", true],
    [["desired.*"], "desiredness.x", false],
    [["desired.changed"], "desired.ended", false],
    [["device.held", "stop.began"], "stop.began", true],
  ] as const)("of %j is wanted for %s: %s", ([types, type, wanted]) => {
    expect(isWanted(type, types)).toBe(wanted);
  });
});

describe("after an attempt", () => {
  const status = (code: number, retryAfterSeconds: number | null = null): OutboundAnswer => ({
    ...{ kind: "answered", status: code, retryAfterSeconds },
  });
  const silent: OutboundAnswer = { kind: "unanswered", why: "ECONNRESET" };

  it.for([
    ["any 2xx is a success", status(204), 1, { kind: "delivered", status: 204 }],
    ["500 waits", status(500), 1, { kind: "again", inMs: 5_000, slowMs: 0 }],
    ["a redirect is no success", status(302), 1, { kind: "again", status: 302, inMs: 5_000 }],
    ["silence waits", silent, 2, { kind: "again", status: null, why: "ECONNRESET", inMs: 300_000 }],
    ["410 is the end", status(410), 1, { kind: "gone" }],
    ["429 slows down", status(429), 1, { kind: "again", slowMs: 60_000 }],
    ["429 says how long", status(429, 600), 1, { kind: "again", inMs: 600_000, slowMs: 600_000 }],
    ["Retry-After is no more than a day", status(503, 999_999), 1, { inMs: 86_400_000 }],
    ["Retry-After is not less than ours", status(500, 1), 2, { inMs: 300_000, slowMs: 0 }],
    ["the last one fails", status(500), RETRY_AFTER_MS.length + 1, { kind: "failed", status: 500 }],
  ] as const)("%s", ([, answer, attempts, want]) => {
    expect(afterAttempt(answer, attempts, 0)).toMatchObject(want);
  });

  it("waits longer by chance, at most by a fifth, and over three days in all", () => {
    const waits = RETRY_AFTER_MS.map((wait, at) => {
      const end = afterAttempt(status(500), at + 1, 0.999);
      const inMs = end.kind === "again" ? end.inMs : 0;
      expect(inMs).toBeGreaterThanOrEqual(wait);
      expect(inMs).toBeLessThanOrEqual(Math.min(86_400_000, wait * 1.2));
      return wait;
    });
    expect(waits.reduce((a, b) => a + b)).toBeGreaterThan(3 * 86_400_000);
  });
});
