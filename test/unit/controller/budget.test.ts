import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProbeBudget, Turns } from "../../../src/controller/budget.ts";
import { CALL_CLASSES, type CallClass } from "../../../src/model/call-class.ts";

const WEIGHTS = { returning: 8, rollout: 4, drift: 4, read: 1 } as const;
type Weighted = keyof typeof WEIGHTS;
const WEIGHTED = Object.keys(WEIGHTS) as Weighted[];

const due = fc.subarray<CallClass>([...CALL_CLASSES]);

describe("turns between the classes", () => {
  it("are shared by weight, over any 100 of them, within 10 % of all turns", () => {
    fc.assert(
      fc.property(
        fc.subarray(WEIGHTED, { minLength: 1 }),
        fc.array(due, { maxLength: 60 }),
        (classes, before) => {
          const turns = new Turns();
          for (const some of before) turns.next(some, false);
          const taken = Array.from({ length: 300 }, () => turns.next(classes, false));
          const total = classes.reduce((sum, cls) => sum + WEIGHTS[cls], 0);
          for (let from = 0; from + 100 <= taken.length; from += 10) {
            for (const cls of classes) {
              const share = taken.slice(from, from + 100).filter((one) => one === cls).length / 100;
              expect(Math.abs(share - WEIGHTS[cls] / total)).toBeLessThanOrEqual(0.1);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("leave nobody waiting for ever: each class with work gets a turn within the sum of the weights", () => {
    const turns = new Turns();
    const taken = Array.from({ length: 17 * 20 }, () => turns.next(WEIGHTED, false));
    for (let from = 0; from + 17 <= taken.length; from += 1) {
      expect(new Set(taken.slice(from, from + 17)).size).toBe(WEIGHTED.length);
    }
  });

  it("go to urgent whenever it has work, whatever else waits (I8)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(due, fc.boolean()), { maxLength: 30 }), (rounds) => {
        const turns = new Turns();
        for (const [classes, probes] of rounds) {
          const cls = turns.next(classes, probes);
          if (classes.includes("urgent")) expect(cls).toBe("urgent");
        }
      }),
    );
  });

  it("go only to classes that have work, and to a probe only within its budget (I9)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(due, fc.boolean()), { maxLength: 30 }), (rounds) => {
        const turns = new Turns();
        for (const [classes, probes] of rounds) {
          const cls = turns.next(classes, probes);
          const able = classes.filter((one) => one !== "probe" || probes);
          expect(cls === null).toBe(able.length === 0);
          if (cls !== null) expect(able).toContain(cls);
        }
      }),
    );
  });
});

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
