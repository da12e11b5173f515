import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_RATE_PER_SECOND, RateLimit } from "../../../src/service/rate-limit.ts";

describe("the rate of a token", () => {
  it("lets half a minute's worth through at once, and then one for each moment that passes", () => {
    const limit = new RateLimit();
    const taken = Array.from({ length: 62 }, () => limit.take("t", 2, 0).waitSeconds);
    expect(taken.filter((wait) => wait === 0)).toHaveLength(60);
    expect(taken.at(-1)).toBe(1);
    expect(limit.take("t", 2, 400).waitSeconds).toBe(1);
    expect(limit.take("t", 2, 500).waitSeconds).toBe(0);
    expect(limit.take("t", 2, 500).waitSeconds).toBe(1);
  });

  it("is of one token: another one has its own", () => {
    const limit = new RateLimit();
    for (let i = 0; i < 40; i += 1) limit.take("busy", 1, 0);
    expect(limit.take("busy", 1, 0).waitSeconds).toBeGreaterThan(0);
    expect(limit.take("quiet", 1, 0)).toEqual({ most: 30, left: 29, waitSeconds: 0 });
  });

  it("is the default where the token has none, and begins anew where it was changed", () => {
    const limit = new RateLimit();
    expect(limit.take("t", null, 0).most).toBe(DEFAULT_RATE_PER_SECOND * 30);
    expect(limit.take("t", 5, 0)).toMatchObject({ most: 150, left: 149 });
  });

  it("never lets more through than the burst and what has flowed in since", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 }), (gaps) => {
        const limit = new RateLimit();
        let nowMs = 0;
        let passed = 0;
        for (const gap of gaps) {
          nowMs += gap;
          for (let i = 0; i < 4; i += 1)
            if (limit.take("t", 1, nowMs).waitSeconds === 0) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(30 + nowMs / 1_000 + 1);
      }),
    );
  });
});
