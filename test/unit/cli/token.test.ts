import { describe, expect, it } from "vitest";
import { NOW, problem, run } from "./world.ts";

const TEXT = "plumb_abc_0123456789012345678901234567890123456789012345678";
const TOKEN = {
  id: "abc",
  owner: "billing",
  scopes: ["devices:read", "desired:write:credentials"],
  networks: ["10.8.0.0/24"],
  ratePerSecond: null,
  createdAt: NOW.toISOString(),
  createdBy: "operator",
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  replaces: null,
  replacedBy: null,
};

describe("plumb token", () => {
  it("create prints the token alone on stdout, so that it can go into a file", async () => {
    const answers = { "POST /v1/tokens": { body: { ...TOKEN, token: TEXT } } };
    const argv = [
      "token",
      "create",
      "billing",
      "--scope",
      "devices:read,desired:write:credentials",
    ];
    const more = ["--expires", "90d", "--from", "10.8.0.0/24", "--from", "::1", "--rate", "5"];
    const { code, out, err, calls } = await run([...argv, ...more], { answers });
    expect([code, out]).toEqual([0, `${TEXT}\n`]);
    expect(err).toContain("Shown once");
    expect(err).not.toContain(TEXT);
    expect(calls[0]?.body).toEqual({
      owner: "billing",
      scopes: ["devices:read", "desired:write:credentials"],
      networks: ["10.8.0.0/24", "::1"],
      expiresIn: "90d",
      ratePerSecond: 5,
    });
  });

  it("create asks for a scope before it calls anybody", async () => {
    const { code, calls } = await run(["token", "create", "billing"]);
    expect([code, calls]).toEqual([64, []]);
  });

  it("rotate says until when the older one is good", async () => {
    const replaced = { ...TOKEN, expiresAt: "2026-11-23T21:00:00Z", replacedBy: "new" };
    const body = { ...TOKEN, id: "new", replaces: "abc", token: TEXT, replaced };
    const { code, out, err, calls } = await run(["token", "rotate", "abc", "--overlap", "1d"], {
      answers: { "POST /v1/tokens/abc/rotate": { body } },
    });
    expect([code, out, calls[0]?.body]).toEqual([0, `${TEXT}\n`, { overlap: "1d" }]);
    expect(err).toContain("The older one, abc, ends in 24 h.");
  });

  it("list shows state, last use and networks, and never a secret", async () => {
    const items = [
      { ...TOKEN, expiresAt: "2026-11-23T21:00:00Z", replacedBy: "xyz" },
      { ...TOKEN, id: "old", revokedAt: "2026-11-20T21:00:00Z", networks: [] },
      { ...TOKEN, id: "gone", expiresAt: "2026-11-20T21:00:00Z" },
    ];
    const { code, out } = await run(["token", "list"], {
      answers: { "GET /v1/tokens": { body: { items, next: null } } },
    });
    expect(code).toBe(0);
    expect(out).toContain("ends in 24 h, then xyz");
    expect(out).toMatch(/old .*revoked 2 d ago .*anywhere/);
    expect(out).toContain("expired 2 d ago");
  });

  it("revoke says what it cannot do, and what to do instead", async () => {
    const { code, err } = await run(["token", "revoke", "abc"], {
      answers: { "DELETE /v1/tokens/abc": problem("last_admin_token", 409) },
    });
    expect(code).toBe(6);
    expect(err).toContain("plumb token rotate ID");
  });
});
