import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithin, parseDailyHours, type DailyHours } from "../../../src/lib/daily-hours.ts";
import { nextReadInMs } from "../../../src/reconcile/reading.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPREADS = [0, 0.25, 0.5, 0.75, 0.999];

function hoursOf(text: string): DailyHours {
  const hours = parseDailyHours(text, "Africa/Johannesburg");
  if (hours === undefined) throw new Error(text);
  return hours;
}

/** Johannesburg is two hours ahead of UTC, all year. */
const at = (text: string): number => Date.parse(`2026-03-${text}:00+02:00`);

describe("the next read of a device", () => {
  it("comes inside the evidence budget, spread over a part of it", () => {
    const due = SPREADS.map((spread) => nextReadInMs(0, DAY, spread, null) / HOUR);
    expect(due[0]).toBe(18);
    expect(due.at(-1)).toBeCloseTo(21.6, 1);
    expect(new Set(due).size).toBe(SPREADS.length);
  });

  it.for([
    ["of one that was read by day comes in the night", "02T11:00", "02T22:00", "03T06:00"],
    [
      "of one that was read in the evening comes before the next morning",
      "02T22:10",
      "03T04:10",
      "03T06:00",
    ],
    [
      "of one that was read after midnight comes in the next night",
      "03T02:00",
      "03T22:00",
      "04T00:48",
    ],
    [
      "of one that was read at the end of the night comes in the next one",
      "03T05:55",
      "04T01:00",
      "04T04:43",
    ],
  ] as const)("%s", ([, read, from, to]) => {
    const night = hoursOf("22:00-06:00");
    for (const spread of SPREADS) {
      const dueMs = at(read) + nextReadInMs(at(read), DAY, spread, night);
      expect(dueMs).toBeGreaterThanOrEqual(at(from));
      expect(dueMs).toBeLessThanOrEqual(at(to));
    }
  });

  it("comes when the hours begin again, where the budget is spent before", () => {
    const early = hoursOf("01:00-02:00");
    for (const spread of SPREADS) {
      const dueMs = at("02T01:30") + nextReadInMs(at("02T01:30"), DAY, spread, early);
      expect(new Date(dueMs).toISOString()).toBe(new Date(at("03T01:00")).toISOString());
    }
  });

  const anyHours = fc
    .tuple(fc.nat({ max: 1439 }), fc.nat({ max: 1439 }))
    .filter(([from, to]) => from !== to)
    .map(([fromMinute, toMinute]): DailyHours => ({
      fromMinute,
      toMinute,
      timeZone: "Europe/Berlin",
    }));
  const anyTime = fc.nat({ max: 365 * 24 * 60 }).map((minute) => at("01T00:00") + minute * 60_000);
  const anyBudget = fc.integer({ min: 2, max: 24 * 30 }).map((hours) => hours * HOUR);
  const anySpread = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

  it("is within the hours, or at their very end, whatever they are", () => {
    fc.assert(
      fc.property(anyHours, anyTime, anyBudget, anySpread, (hours, readMs, budgetMs, spread) => {
        const dueMs = readMs + nextReadInMs(readMs, budgetMs, spread, hours);
        const justBefore = new Date(dueMs - 1);
        expect(isWithin(hours, new Date(dueMs)) || isWithin(hours, justBefore)).toBe(true);
      }),
    );
  });

  it("is never sooner than a quarter of the budget, and within it wherever the hours leave a moment", () => {
    fc.assert(
      fc.property(anyHours, anyTime, anyBudget, anySpread, (hours, readMs, budgetMs, spread) => {
        const inMs = nextReadInMs(readMs, budgetMs, spread, hours);
        expect(inMs).toBeGreaterThanOrEqual(budgetMs / 4 - 1);
        const minutes = Array.from(
          { length: 200 },
          (_, i) => readMs + budgetMs * (0.25 + (0.7 * i) / 200),
        );
        const isPossible = minutes.some((ms) => isWithin(hours, new Date(ms)));
        if (isPossible) expect(inMs).toBeLessThanOrEqual(budgetMs * 0.95 + 1);
      }),
    );
  });

  it("costs an hours' fleet of nights little more than one read a night", () => {
    const night = hoursOf("22:00-06:00");
    let reads = 0;
    for (const spread of SPREADS) {
      for (let ms = at("01T12:00"); ms < at("01T12:00") + 100 * DAY; reads += 1)
        ms += nextReadInMs(ms, DAY, spread, night);
    }
    const perDay = reads / SPREADS.length / 100;
    expect(perDay).toBeGreaterThan(1);
    expect(perDay).toBeLessThan(1.5);
  });
});
