/** A login with a password of ours over a real socket, against a RADIUS server that reads and signs by itself. */
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { udpLoginTester } from "../../../src/app/test-login.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { LoginAnswer, LoginTarget } from "../../../src/ports/outbound.ts";
import { startAaa, type FakeAaa } from "../../support/fake-aaa.ts";

const SECRET = "C4n4ry-login-secret";
const PASSWORD = "C4n4ry-of-seventeen-and-more";
const NAME = "cpe-1001@isp.example";
const STATION = "plumbline-0123";
const tester = udpLoginTester({ randomBytes });
let aaa: FakeAaa;

beforeEach(async () => {
  aaa = await startAaa(SECRET);
  aaa.users.set(NAME, PASSWORD);
});
afterEach(async () => {
  await aaa.close();
});

const login = (
  more: Partial<LoginTarget> = {},
  password = PASSWORD,
  signal = new AbortController().signal,
): Promise<LoginAnswer> =>
  tester.login(
    {
      ...{ name: "radius-1", host: "127.0.0.1", port: aaa.port, secret: new Secret(SECRET) },
      ...{ nasIdentifier: "plumbline", method: "pap", attempts: 3, timeoutMs: 40, strict: true },
      ...more,
    },
    { name: NAME, password: new Secret(password), station: STATION },
    signal,
  );

describe.each(["pap", "chap"] as const)("a login by %s", (method) => {
  it("is accepted with the password that the AAA has, and rejected with another", async () => {
    expect(await login({ method })).toEqual({ kind: "accept" });
    expect(await login({ method }, "another")).toEqual({ kind: "reject" });
    for (const { signed, attributes } of aaa.requests) {
      expect(signed).toBe(true);
      expect(attributes.get(32)?.toString()).toBe("plumbline");
      expect(attributes.get(31)?.toString()).toBe(STATION);
      expect(attributes.get(6)?.readUInt32BE(0), "Authenticate-Only").toBe(8);
    }
  });
});

describe("a login", () => {
  it("shows its password to nobody on the way, and never hides it in the same way twice", async () => {
    await login();
    await login();
    const seen = aaa.requests.map(({ bytes }) => bytes.toString("latin1"));
    expect(seen.join()).not.toContain("C4n4ry");
    const [first, second] = aaa.requests.map(({ attributes }) =>
      attributes.get(2)?.toString("hex"),
    );
    expect(first).not.toBe(second);
  });

  it("is no proof by an Access-Challenge", async () => {
    aaa.behave = "challenge";
    expect(await login()).toEqual({ kind: "challenge" });
  });

  it.each(["wrong-secret", "wrong-signature", "other-request"] as const)(
    "is no proof by an Access-Accept with %s, and says where to look",
    async (behaviour) => {
      aaa.behave = behaviour;
      const answer = await login({ attempts: 1 });
      expect(answer).toMatchObject({
        kind: "unknown",
        why: expect.stringContaining("secret") as string,
      });
    },
  );

  it("is repeated as the same packet, and unknown when nobody answers", async () => {
    aaa.behave = "silence";
    expect(await login()).toEqual({ kind: "unknown", why: "no answer" });
    expect(aaa.requests).toHaveLength(3);
    expect(new Set(aaa.requests.map(({ bytes }) => bytes.toString("hex"))).size).toBe(1);
  });

  it.each([
    ["nobody listens", { port: 1, attempts: 1 }],
    ["the host has no address", { host: "no-such-host.invalid" }],
  ] as const)("is unknown where %s", async (_, more) => {
    expect((await login(more)).kind).toBe("unknown");
  });

  it("is not sent with what no login can carry, and does not show it", async () => {
    const answer = await login({}, PASSWORD.repeat(9));
    expect(answer.kind).toBe("unknown");
    expect(inspect(answer)).not.toContain("C4n4ry");
    expect(aaa.requests).toEqual([]);
  });

  it("waits for nobody when the process ends", async () => {
    aaa.behave = "silence";
    const answer = await login({ timeoutMs: 5_000 }, PASSWORD, AbortSignal.timeout(50));
    expect(answer).toEqual({ kind: "unknown", why: "this process ended" });
  });
});
