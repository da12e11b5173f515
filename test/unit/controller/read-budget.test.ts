import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadBudget } from "../../../src/controller/read-budget.ts";
import { parseDailyHours } from "../../../src/lib/daily-hours.ts";
import { NO_LIMITS, type ReadLimits } from "../../../src/model/read-limits.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const hours = parseDailyHours("22:00-06:00", "UTC") ?? null;
const NOON = new Date("2026-03-01T12:00:00Z");

/** Reads as soon as each is allowed, until `untilMs`; the moments at which it did. */
function readsUntil(untilMs: number, limits: ReadLimits, budget = new ReadBudget(0)): number[] {
  const at: number[] = [];
  budget.tell(NOON, 0);
  for (let ms = 0; ms < untilMs;) {
    const waitMs = budget.waitMs(limits, ms);
    ms += waitMs;
    if (waitMs > 0 || ms >= untilMs) continue;
    budget.take();
    at.push(ms);
    ms += 1;
  }
  return at;
}

describe("reads that nobody waits for", () => {
  it("are not held back without limits", () => {
    expect(new ReadBudget(0).waitMs(NO_LIMITS, 0)).toBe(0);
  });

  it("are as many an hour as is allowed, and not all of them at its start", () => {
    const at = readsUntil(10 * HOUR, { perHour: 120, hours: null });
    for (let from = 0; from < 10 * HOUR; from += 7 * MINUTE) {
      const inAnHour = at.filter((ms) => ms >= from && ms < from + HOUR).length;
      expect(inAnHour).toBeLessThanOrEqual(120 + 2);
      const inAMinute = at.filter((ms) => ms >= from && ms < from + MINUTE).length;
      expect(inAMinute).toBeLessThanOrEqual(2 + 2);
    }
    expect(at.length).toBeGreaterThan(10 * 120 - 3);
  });

  it("are not saved up for longer than a minute", () => {
    const limits = { perHour: 3_600, hours: null };
    const budget = new ReadBudget(0);
    expect(budget.waitMs(limits, 24 * HOUR)).toBe(0);
    let taken = 0;
    while (budget.waitMs(limits, 24 * HOUR) === 0) {
      budget.take();
      taken += 1;
    }
    expect(taken).toBe(60);
  });

  it("never exceed the rate, whatever the rate and the times at which somebody asks", () => {
    const asks = fc.array(fc.nat({ max: 20 * MINUTE }), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), asks, (perHour, waits) => {
        const budget = new ReadBudget(0);
        let [ms, taken] = [0, 0];
        for (const wait of waits) {
          ms += wait;
          while (budget.waitMs({ perHour, hours: null }, ms) === 0) {
            budget.take();
            taken += 1;
          }
        }
        expect(taken).toBeLessThanOrEqual((perHour * ms) / HOUR + 1);
      }),
    );
  });

  it("wait for their hours, by the database's clock", () => {
    const limits = { perHour: null, hours };
    const budget = new ReadBudget(0);
    expect(budget.waitMs(limits, 0)).toBe(Infinity);
    budget.tell(NOON, 5_000);
    expect(budget.waitMs(limits, 5_000)).toBe(10 * HOUR);
    expect(budget.waitMs(limits, 5_000 + 10 * HOUR)).toBe(0);
    expect(budget.waitMs(limits, 5_000 + 18 * HOUR)).toBe(16 * HOUR);
    // The last minute is for those that were begun before.
    expect(budget.waitMs(limits, 5_000 + 18 * HOUR - 2 * MINUTE)).toBe(0);
    expect(budget.waitMs(limits, 5_000 + 18 * HOUR - MINUTE)).toBe(16 * HOUR + MINUTE);
  });

  it("are none outside their hours, at any rate", () => {
    const at = readsUntil(3 * 24 * HOUR, { perHour: 60, hours });
    const outside = at.filter((ms) => {
      const hour = new Date(NOON.getTime() + ms).getUTCHours();
      return hour >= 6 && hour < 22;
    });
    expect(outside).toEqual([]);
    expect(at.length).toBeGreaterThan(3 * 8 * 60 - 4 * 3);
  });

  it("that asked nothing are given back", () => {
    const limits = { perHour: 60, hours: null };
    const budget = new ReadBudget(0);
    budget.waitMs(limits, MINUTE);
    budget.take();
    expect(budget.waitMs(limits, MINUTE)).toBe(MINUTE);
    budget.giveBack();
    expect(budget.waitMs(limits, MINUTE)).toBe(0);
  });
});
