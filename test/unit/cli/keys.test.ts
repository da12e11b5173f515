import { describe, expect, it } from "vitest";
import { run } from "./world.ts";

const key = (id: string, more: object = {}) => ({
  ...{ id, createdAt: "2026-11-22T20:00:00Z", newest: false, retiredAt: null, secrets: 0 },
  ...more,
});
const none = { state: "none", rewrapped: 0, retired: [], message: null };

describe("plumb keys", () => {
  it("status shows which key seals and what stands under the others", async () => {
    const keys = [
      key("aaaa", { retiredAt: "2026-11-22T20:59:00Z", secrets: 17 }),
      key("bbbb", { newest: true, secrets: 3 }),
      key("cccc", { createdAt: null, secrets: 1 }),
    ];
    const answers = { "GET /v1/keys": { body: { keys, rotation: none } } };
    const { code, out } = await run(["keys", "status"], { answers });
    expect(code).toBe(0);
    expect(out).toMatch(/aaaa .*retired 60 s ago|aaaa .*retired 1 min ago/);
    expect(out).toMatch(/bbbb .*seals +3/);
    expect(out).toContain("not in this server's ring");
  });

  it("rotate ends with 0 when all is under the new key, and says what is left to do by hand", async () => {
    const rotation = {
      ...{ state: "done", rewrapped: 2_000, retired: ["aaaa"] },
      message: "no secret needs aaaa any more. The key ring cannot be replaced",
    };
    const body = { keys: [key("bbbb", { newest: true, secrets: 2_000 })], rotation };
    const answers = { "POST /v1/keys/rotate": { body }, "GET /v1/keys": { body } };
    const { code, out, err, calls } = await run(["keys", "rotate"], { answers });
    expect([code, calls[0]?.method]).toEqual([0, "POST"]);
    expect(out).toContain("2,000 secrets put under the newest key; not needed any more: aaaa");
    expect(err).toContain("cannot be replaced");
  });

  it("rotate fails aloud when it did not end", async () => {
    const body = { keys: [], rotation: { ...none, state: "failed", message: "the ring is old" } };
    const answers = { "POST /v1/keys/rotate": { body }, "GET /v1/keys": { body } };
    const { code, err } = await run(["keys", "rotate"], { answers });
    expect(code).toBe(64);
    expect(err).toContain("the ring is old");
  });

  it("init and add are not asked of a server", async () => {
    const seen: string[][] = [];
    const keys = (args: string[]) => {
      seen.push(args);
      return Promise.resolve(0);
    };
    await run(["keys", "add", "ring.json"], { io: { serverCommands: { keys } } });
    expect(seen).toEqual([["add", "ring.json"]]);
  });
});
