import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProbeBudget } from "../../../src/controller/budget.ts";

describe("the time spent on devices without a sign of life (I9)", () => {
  const SHARE = 0.05;

  it("is at most its share and one call, over any long time", () => {
    const call = fc.record({
      waitMs: fc.nat({ max: 2_000 }),
      tookMs: fc.integer({ min: 1, max: 4_000 }),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 50, maxLength: 400 }), (calls) => {
        const budget = new ProbeBudget(0);
        let now = 0;
        let spent = 0;
        let longest = 0;
        for (const { waitMs, tookMs } of calls) {
          now += waitMs;
          if (!budget.allows(now, SHARE)) continue;
          now += tookMs;
          budget.spend(tookMs);
          spent += tookMs;
          longest = Math.max(longest, tookMs);
        }
        expect(spent).toBeLessThanOrEqual(SHARE * now + longest);
      }),
    );
  });

  it("is nearly all of its share when there is always somebody to look for", () => {
    const budget = new ProbeBudget(0);
    let spent = 0;
    const hourMs = 3_600_000;
    for (let now = 0; now < hourMs; now += 20) {
      if (!budget.allows(now, SHARE)) continue;
      budget.spend(20);
      spent += 20;
    }
    expect(spent / hourMs).toBeGreaterThan(SHARE * 0.98);
    expect(spent / hourMs).toBeLessThan(SHARE * 1.04);
  });

  it("is not saved up without end", () => {
    const budget = new ProbeBudget(0);
    budget.allows(86_400_000, SHARE);
    budget.spend(5_000);
    expect(budget.allows(86_400_000, SHARE)).toBe(false);
  });

  it("is none after a call that took more than there was, until the debt is paid", () => {
    const budget = new ProbeBudget(0);
    expect(budget.allows(100_000, SHARE)).toBe(true);
    budget.spend(6_000);
    // 1 s is owed; and then the next one is paid for before it begins, twice as long as they are in the mean.
    expect(budget.allows(359_000, SHARE)).toBe(false);
    expect(budget.allows(361_000, SHARE)).toBe(true);
  });

  it("says when it will allow the next one: not before, and then at once", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 20 }), (spends) => {
        const budget = new ProbeBudget(0);
        let now = 1_000;
        for (const tookMs of spends) {
          budget.spend(tookMs);
          if (budget.allows(now, SHARE)) continue;
          const readyMs = now + budget.readyInMs(SHARE);
          if (readyMs - 2 > now) expect(budget.allows(readyMs - 2, SHARE)).toBe(false);
          now = readyMs + 1;
          expect(budget.allows(now, SHARE)).toBe(true);
        }
      }),
    );
  });

  it("is none at all with a share of nothing", () => {
    const budget = new ProbeBudget(0);
    expect(budget.allows(1e12, 0)).toBe(false);
    expect(budget.readyInMs(0)).toBe(Infinity);
  });
});
