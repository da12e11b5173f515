import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, parseDurationMs, printAge, printDuration } from "../../../src/lib/time.ts";

describe("a duration", () => {
  it.for([
    { text: "90s", want: 90_000 },
    { text: "15m", want: 900_000 },
    { text: "24h", want: 86_400_000 },
    { text: "250ms", want: 250 },
    { text: "2d", want: 172_800_000 },
    { text: "1h30m", want: 5_400_000 },
    { text: "1m5ms", want: 60_005, reason: "m before a digit is minutes" },
    { text: "0s", want: 0 },
    { text: "", want: undefined },
    { text: "5", want: undefined, reason: "a number without a unit says nothing" },
    { text: "-5s", want: undefined },
    { text: "1.5h", want: undefined },
    { text: "5 s", want: undefined },
    { text: "5S", want: undefined },
    { text: "5w", want: undefined },
    { text: "5s\n", want: undefined, reason: "an anchored pattern takes no line after it" },
    { text: "9".repeat(400) + "d", want: undefined, reason: "too large to be exact" },
  ])("'$text' is $want", ({ text, want, reason }) => {
    expect(parseDurationMs(text), reason).toBe(want);
  });

  it("that was printed reads back as itself", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (ms) => {
        expect(parseDurationMs(printDuration(ms))).toBe(ms);
      }),
    );
  });

  it.for([
    { ms: 0, want: "0s" },
    { ms: 250, want: "250ms" },
    { ms: 90_000, want: "90s", reason: "1m30s is longer" },
    { ms: 3_600_000, want: "1h" },
    { ms: 129_600_000, want: "36h" },
    { ms: 86_400_000, want: "1d" },
  ])("$ms ms prints as $want", ({ ms, want, reason }) => {
    expect(printDuration(ms), reason).toBe(want);
  });

  it("of any text is a number or undefined (I20)", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("1", "0", "m", "s", "h", "d", " ", ".", "-") }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const ms = parseDurationMs(given);
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

describe("an age", () => {
  it.for([
    { ms: -1, want: "now" },
    { ms: 59_999, want: "59 s" },
    { ms: 60_000, want: "1 min" },
    { ms: 3_599_999, want: "59 min" },
    { ms: 172_799_999, want: "47 h" },
    { ms: 172_800_000, want: "2 d" },
  ])("of $ms ms is said as $want", ({ ms, want }) => {
    expect(printAge(ms)).toBe(want);
  });
});

describe("backoff", () => {
  it("stays between half and the whole of what the attempt allows, and never passes its cap", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, baseMs, capMs, jitter) => {
          const ms = backoffMs(attempt, baseMs, capMs, jitter);
          const whole = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
          expect(ms).toBeGreaterThanOrEqual(Math.floor(whole / 2));
          expect(ms).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });

  it("grows with the attempt until the cap", () => {
    const waits = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, 1_000, 60_000, 0));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(30_000);
  });
});
