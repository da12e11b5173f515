/** Disconnect and CoA over a real socket, against a NAS that checks and signs by itself. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { udpDynamicAuthorization } from "../../../src/app/dynamic-authorization.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { AaaAnswer, AaaTarget } from "../../../src/ports/outbound.ts";
import { startNas, type FakeNas } from "../../support/fake-nas.ts";

const SECRET = "C4n4ry-coa";
const AT = new Date("2026-11-27T06:00:00Z");
const SESSION = {
  sessionId: "0000a77c",
  username: "cpe-1001@isp.example",
  nasIdentifier: "bng-cpt-1",
  nasAddress: "192.0.2.11",
};
const outbound = udpDynamicAuthorization({ now: () => AT, randomByte: () => 200 });
let nas: FakeNas;

beforeEach(async () => {
  nas = await startNas(SECRET);
});
afterEach(async () => {
  await nas.close();
});

const target = (more: Partial<AaaTarget> = {}): AaaTarget => ({
  ...{ name: "bng", host: "127.0.0.1", port: nas.port, secret: new Secret(SECRET) },
  ...{ attempts: 3, timeoutMs: 40, strict: false, settleMs: 0, filterIds: null },
  ...more,
});
const ask = (
  more: Partial<AaaTarget> = {},
  change: Parameters<typeof outbound.ask>[2] = { kind: "disconnect" },
  signal = new AbortController().signal,
): Promise<AaaAnswer> => outbound.ask(target(more), SESSION, change, signal);
const text = (type: number): string => nas.requests[0]?.attributes.get(type)?.toString() ?? "";

describe("a Disconnect-Request", () => {
  it("names the session, says when, and is signed; an ACK is an ACK", async () => {
    expect(await ask()).toEqual({ kind: "ack", sent: 1 });
    const [request] = nas.requests;
    expect([request?.code, request?.verified]).toEqual([40, true]);
    expect([text(1), text(32), text(44)]).toEqual([
      "cpe-1001@isp.example",
      "bng-cpt-1",
      "0000a77c",
    ]);
    expect(request?.attributes.get(4)?.toString("hex")).toBe("c000020b");
    expect(request?.attributes.get(55)?.readUInt32BE(0)).toBe(AT.getTime() / 1_000);
    expect(request?.bytes[20], "its signature stands first").toBe(80);
  });

  it.for([[503], [406], [null]] as const)(
    "a NAK with Error-Cause %s is told as such",
    async ([cause]) => {
      nas.behave = () => ({ nak: cause });
      expect(await ask()).toEqual({ kind: "nak", sent: 1, errorCause: cause });
    },
  );

  it("is repeated with the same identifier, content and port, and is unknown when nobody answers", async () => {
    nas.behave = () => "silence";
    expect(await ask()).toEqual({ kind: "unknown", sent: 3, why: "no answer" });
    expect(nas.requests).toHaveLength(3);
    expect(new Set(nas.requests.map(({ bytes }) => bytes.toString("hex"))).size).toBe(1);
    expect(new Set(nas.requests.map(({ port }) => port)).size).toBe(1);
  });

  it("that was lost once is answered at the repeat", async () => {
    nas.behave = (index) => (index === 0 ? "silence" : "ack");
    expect(await ask()).toEqual({ kind: "ack", sent: 2 });
  });

  it("under another secret is dropped by the NAS: silence, and no request verified", async () => {
    const answer = await ask({ secret: new Secret("other"), attempts: 1 });
    expect(answer).toEqual({ kind: "unknown", sent: 1, why: "no answer" });
    expect(nas.requests.map(({ verified }) => verified)).toEqual([false]);
  });

  it.for(["wrong-secret", "wrong-signature"] as const)(
    "is not answered by an ACK with a %s, and says where to look",
    async (behaviour) => {
      nas.behave = () => behaviour;
      expect(await ask({ attempts: 1 })).toMatchObject({
        kind: "unknown",
        why: expect.stringContaining("secret") as string,
      });
    },
  );

  it("is not answered by an ACK to another one", async () => {
    nas.behave = () => "wrong-identifier";
    expect(await ask({ attempts: 1 })).toMatchObject({ kind: "unknown" });
  });

  it("is answered without a Message-Authenticator only where none is required", async () => {
    nas.behave = () => "unsigned";
    expect(await ask()).toEqual({ kind: "ack", sent: 1 });
    expect(await ask({ attempts: 1, strict: true })).toMatchObject({ kind: "unknown" });
  });

  it("to where nobody listens, or to a name that nobody knows, is unknown and rejects nothing", async () => {
    const { port } = nas;
    const gone = await startNas(SECRET);
    await gone.close();
    expect(await ask({ port: gone.port, attempts: 2 })).toMatchObject({ kind: "unknown", sent: 2 });
    expect(await ask({ host: "no-such-host.invalid", port })).toMatchObject({
      kind: "unknown",
      sent: 0,
    });
  });

  it("ends at once when the process does", async () => {
    nas.behave = () => "silence";
    const ending = new AbortController();
    const asked = ask({ timeoutMs: 5_000 }, { kind: "disconnect" }, ending.signal);
    setTimeout(() => {
      ending.abort();
    }, 20);
    expect(await asked).toMatchObject({ kind: "unknown", why: "this process ended" });
  });

  it("carries its secret in no packet and in no answer", async () => {
    nas.behave = () => ({ nak: 503 });
    const answer = await ask();
    const seen = [
      JSON.stringify(answer),
      ...nas.requests.map(({ bytes }) => bytes.toString("latin1")),
    ];
    expect(seen.filter((one) => one.includes(SECRET))).toEqual([]);
  });
});

describe("a CoA-Request", () => {
  it("sets the Filter-Id of the session", async () => {
    expect(await ask({}, { kind: "coa", filterId: "walled" })).toEqual({ kind: "ack", sent: 1 });
    expect([nas.requests[0]?.code, text(11)]).toEqual([43, "walled"]);
  });
});
