import { describe, expect, it } from "vitest";
import { requestIdFrom, ulid } from "../../../src/http/request-id.ts";

describe("request ids", () => {
  const now = new Date("2026-11-22T21:00:00Z");
  it("are ULIDs that sort by time", () => {
    const random = new Uint8Array(10).fill(255);
    expect(ulid(now, random)).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}Z{16}$/);
    const later = ulid(new Date(now.getTime() + 1), new Uint8Array(10));
    expect(ulid(now, random) < later).toBe(true);
  });

  it.for([
    ["cron-7:a.b_c", true],
    ["a b", false],
    ["x".repeat(65), false],
    ["", false],
    ["ä", false],
  ] as const)("%j is kept: %s", ([header, kept]) => {
    expect(requestIdFrom(header, now) === header).toBe(kept);
  });
});
