import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "../../../src/lib/nearest.ts";

const KNOWN = ["credentials", "firmware", "frequencyPlan", "channelsKhz", "bandwidthKhz"];

describe("the nearest known word", () => {
  it.for([
    { word: "credential", want: "credentials" },
    { word: "frimware", want: "firmware", reason: "two letters swapped are one edit" },
    { word: "FIRMWARE", want: "firmware", reason: "case is no difference" },
    { word: "frequencyplan", want: "frequencyPlan" },
    { word: "channelKhz", want: "channelsKhz" },
    { word: "bandwith", want: undefined, reason: "four edits away from bandwidthKhz" },
    { word: "password", want: undefined, reason: "nothing is near" },
    { word: "", want: undefined },
  ])("to '$word' is $want", ({ word, want, reason }) => {
    expect(nearest(word, KNOWN), reason).toBe(want);
  });

  it("to a known word is that word, and to anything else within a third of its length", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12 }),
        fc.array(fc.string({ maxLength: 12 }), { maxLength: 6 }),
        (word, known) => {
          const match = nearest(word, known);
          if (known.includes(word)) expect(match?.toLowerCase()).toBe(word.toLowerCase());
          if (match === undefined) return;
          const limit = Math.max(1, Math.ceil(word.length / 3));
          expect(known).toContain(match);
          expect(Math.abs(match.length - word.length)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it("is said as a question, or not at all", () => {
    expect(didYouMean("frimware", KNOWN)).toBe(' Did you mean "firmware"?');
    expect(didYouMean("zzz", KNOWN)).toBe("");
    expect(didYouMean("zzz", [])).toBe("");
  });
});
