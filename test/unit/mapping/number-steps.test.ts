/** Steps between numbers and texts that have more to them than `int`: `scale` with any unit, `netmask`, `dbm`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/mapping/codecs/codec.ts";
import { loadMaps } from "../../../src/mapping/load.ts";
import { decode, encode, problemsOf, testLaws, type Steps } from "./codec-laws.ts";
import { mapOf } from "./fixtures.ts";

const minutes = { scale: { wire: 60 } };
const milliseconds = { scale: { wire: "0.001" } };
const tenths = { scale: { wire: 100, decimals: 1 } };
const thirds = { scale: { wire: 3 } };

describe("what is written", () => {
  it.for<{ steps: Steps; value: Plain; want: string; reason: string }>([
    { steps: [minutes], value: 3600, want: "=60", reason: "seconds in minutes" },
    { steps: [minutes], value: 90, want: "inexact", reason: "a minute and a half" },
    { steps: [milliseconds], value: 90, want: "=90000", reason: "seconds in milliseconds" },
    { steps: [tenths], value: -2350, want: "=-23.5", reason: "thousandths of a dBm in tenths" },
    { steps: [tenths], value: -50, want: "=-0.5", reason: "a sign without a whole part" },
    { steps: [tenths], value: -2355, want: "inexact", reason: "a digit that does not go" },
    { steps: [thirds], value: 1, want: "inexact", reason: "no decimal is a third" },
    { steps: [minutes], value: -60, want: "=-1", reason: "a number may be negative" },
    { steps: [minutes], value: 1.5, want: "inexact", reason: "not whole" },
    { steps: [minutes], value: Number.NaN, want: "domain", reason: "no number" },
    { steps: [minutes], value: 2 ** 60, want: "domain", reason: "not exact as a number" },
    { steps: [{ scale: { wire: "kHz" } }], value: -1, want: "domain", reason: "no frequency" },
    { steps: [{ netmask: {} }], value: 24, want: "=255.255.255.0", reason: "24 bits" },
    { steps: [{ netmask: {} }], value: 0, want: "=0.0.0.0", reason: "no bits" },
    { steps: [{ netmask: {} }], value: 32, want: "=255.255.255.255", reason: "all bits" },
    { steps: [{ netmask: {} }], value: 33, want: "domain", reason: "too many" },
    { steps: [{ netmask: {} }], value: 23.5, want: "domain", reason: "half a bit" },
  ])("$value through $steps is $want: $reason", ({ steps, value, want }) => {
    expect(encode(steps, value)).toBe(want);
  });
});

describe("what is read", () => {
  it.for<{ steps: Steps; text: string; want: unknown }>([
    { steps: [minutes], text: "60", want: 3600 },
    { steps: [minutes], text: "0.5", want: 30 },
    { steps: [minutes], text: "0.01", want: "foreign" },
    { steps: [milliseconds], text: "90000", want: 90 },
    { steps: [milliseconds], text: "90500", want: "foreign" },
    { steps: [tenths], text: "-23.5", want: -2350 },
    { steps: [tenths], text: "-0", want: 0 },
    { steps: [minutes], text: "9".repeat(28), want: "foreign" },
    { steps: [minutes], text: "--1", want: "foreign" },
    { steps: [{ scale: { wire: "kHz" } }], text: "-5", want: "foreign" },
    { steps: [{ netmask: {} }], text: "255.255.240.0", want: 20 },
    { steps: [{ netmask: {} }], text: "255.0.255.0", want: "foreign" },
    { steps: [{ netmask: {} }], text: "0.0.0.255", want: "foreign" },
    { steps: [{ netmask: {} }], text: "255.255.255", want: "foreign" },
    { steps: [{ netmask: {} }], text: "", want: "foreign" },
    { steps: [{ dbm: { wire: "0.1uW" } }], text: "10000", want: 0 },
    { steps: [{ dbm: { wire: "0.1uW" } }], text: "10", want: -30_000 },
    { steps: [{ dbm: { wire: "0.1uW" } }], text: "14880", want: 1726 },
    { steps: [{ dbm: { wire: "uW" } }], text: "1", want: -30_000 },
    { steps: [{ dbm: { wire: "nW" } }], text: "1", want: -60_000 },
    { steps: [{ dbm: { wire: "0.1uW" } }], text: "0", want: "foreign" },
    { steps: [{ dbm: { wire: "0.1uW" } }], text: "-3", want: "foreign" },
  ])("$text through $steps is $want", ({ steps, text, want }) => {
    expect(decode(steps, text)).toEqual(want);
  });
});

describe("a map is refused", () => {
  it.for<{ wire: unknown }>([
    { wire: "GHz" },
    { wire: "0" },
    { wire: "-60" },
    { wire: "" },
    { wire: "1e3" },
  ])("for $wire as a unit", ({ wire }) => {
    expect(problemsOf([{ scale: { wire } }])).toEqual([
      "/0/scale/wire: is neither Hz, kHz, MHz nor a decimal number above 0",
    ]);
  });

  it("where it would write through a step that can only be read", () => {
    const map = (more: object) =>
      mapOf({
        bind: { "lte.band": { lens: [{ dbm: { wire: "uW" } }, { at: "Device.B" }], ...more } },
      });
    expect(() => loadMaps(map({}))).toThrow(/lte\.band\/lens\/0\/dbm: can only be read/);
    expect(() => loadMaps(map({ observeOnly: true }))).not.toThrow();
  });
});

const numbers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5000, max: 5000 }));
testLaws([
  { steps: [minutes], values: numbers.map((value) => value * 60), pieces: ["60"] },
  { steps: [milliseconds], values: numbers },
  { steps: [tenths], values: numbers },
  { steps: [thirds], values: numbers },
  { steps: [{ scale: { wire: 0.25, decimals: 9 } }], values: numbers },
  {
    steps: [{ netmask: {} }],
    values: fc.integer({ min: -1, max: 33 }),
    pieces: ["255.", "255", "0.", "240", "128"],
  },
]);
