import { describe, expect, it } from "vitest";
import { parseDailyHours } from "../../../src/lib/daily-hours.ts";
import { limitsTooNarrow, oldestMs, type ReadLimits } from "../../../src/model/read-limits.ts";

const HOUR = 3_600_000;
const night = parseDailyHours("22:00-06:00", "UTC") ?? null;

interface Case {
  readonly name: string;
  readonly limits: ReadLimits;
  readonly devices: number;
  /** Hours. */
  readonly oldest: number;
  readonly fitsADay: boolean;
}

describe("limits of reads against a fleet and its evidence budget", () => {
  it.for<Case>([
    {
      name: "no limit",
      limits: { perHour: null, hours: null },
      devices: 10_000,
      oldest: 0,
      fitsADay: true,
    },
    {
      name: "a rate that goes round within the day",
      limits: { perHour: 300, hours: null },
      devices: 6_000,
      oldest: 20,
      fitsADay: true,
    },
    {
      name: "a rate that does not",
      limits: { perHour: 200, hours: null },
      devices: 6_000,
      oldest: 30,
      fitsADay: false,
    },
    {
      name: "nights, at any rate",
      limits: { perHour: null, hours: night },
      devices: 6_000,
      oldest: 16,
      fitsADay: true,
    },
    {
      name: "a round that fits into one night",
      limits: { perHour: 1_000, hours: night },
      devices: 6_000,
      oldest: 22,
      fitsADay: true,
    },
    {
      name: "a round of just one night",
      limits: { perHour: 750, hours: night },
      devices: 6_000,
      oldest: 24,
      fitsADay: true,
    },
    {
      name: "a round that goes on in the next night",
      limits: { perHour: 600, hours: night },
      devices: 6_000,
      oldest: 42,
      fitsADay: false,
    },
    {
      name: "an empty fleet",
      limits: { perHour: 1, hours: night },
      devices: 0,
      oldest: 16,
      fitsADay: true,
    },
  ])("$name", ({ limits, devices, oldest, fitsADay }) => {
    expect(oldestMs(limits, devices) / HOUR).toBe(oldest);
    expect(limitsTooNarrow(limits, devices, 24 * HOUR) === null).toBe(fitsADay);
  });

  it("are said with the numbers that a person can change", () => {
    const limits = { perHour: 600, hours: night };
    expect(limitsTooNarrow(limits, 6_000, 24 * HOUR)).toBe(
      "600 reads an hour in 8 h of the day for 6000 devices let what is known of one grow 42 h old at the best; " +
        "evidenceBudget is 24 h, and between the two devices show as unknown",
    );
  });
});
