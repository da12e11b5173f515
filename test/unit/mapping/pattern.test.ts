import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefixesOf } from "../../../src/mapping/pattern-prefix.ts";
import { parsePattern, type Pattern } from "../../../src/mapping/pattern.ts";

function patternOf(source: string): Pattern {
  const pattern = parsePattern(source);
  if ("fault" in pattern) throw new Error(pattern.fault);
  return pattern;
}

describe("a pattern", () => {
  it.for([
    { source: "^Device\\.Ethernet\\.", text: "Device.Ethernet.Link.1", want: true },
    { source: "^Device\\.Ethernet\\.", text: "Device.USB.Device.Ethernet.1", want: false },
    { source: "EG81", text: "HUAWEI EG8145V5", want: true },
    { source: "^(EG8145(V5|X6))$", text: "EG8145X6", want: true },
    { source: "a", text: "a".repeat(1_024), want: true },
    { source: "a", text: "a".repeat(1_025), want: false },
  ])("$source on $text: $want", ({ source, text, want }) => {
    expect(patternOf(source).test(text)).toBe(want);
  });

  it("gives what its named groups held, in their order; one that took no part is empty", () => {
    const pattern = patternOf("^(?<b>x+)(?<a>y)?(z)");
    expect(pattern.names).toEqual(["b", "a"]);
    expect(pattern.groups("xxyz")).toEqual(["xx", "y"]);
    expect(pattern.groups("xz")).toEqual(["x", ""]);
    expect(pattern.groups("y")).toBeNull();
  });

  it.for(["(", "a)", "[a", "a**", "(?=a)", "(?<!a)b", "(a)\\1", "a{9999}", "a".repeat(201)])(
    "is refused: %s",
    (source) => {
      expect(parsePattern(source)).toEqual({ fault: expect.any(String) as string });
    },
  );

  // In a backtracking engine each of these takes longer than anyone waits.
  it.for(["(a+)+$", "(a|aa)+$", "^(a*)*(a*)*$", "^a*a*a*a*a*a*a*a*$", "(.*)(.*)(.*)(.*)(.*)[^a]b"])(
    "answers at once, whatever it meets: %s",
    (source) => {
      expect(patternOf(source).test("a".repeat(1_000) + "!")).toBe(false);
    },
  );

  it("or a fault is what any text gives", () => {
    const unit = fc.constantFrom(..."ab01.*+?{}[](),|^$\\dws<>:=-P".split(""));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), fc.string({ unit }), (source, text) => {
        const pattern = parsePattern(source);
        if ("fault" in pattern) expect(pattern.fault).not.toBe("");
        else {
          expect(typeof pattern.test(text)).toBe("boolean");
          expect(pattern.groups(text) !== null).toBe(pattern.test(text));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("how the texts of a pattern begin", () => {
  it.for([
    { source: "^huawei", want: ["huawei"] },
    { source: "(?i)^Huawei\\b", want: ["huawei"] },
    { source: "^(EG|HG|HS)8", want: ["eg8", "hg8", "hs8"] },
    { source: "^TP-?Link", want: ["tp"] },
    { source: "^TP-+Link", want: ["tp-"] },
    { source: "^V\\.1x*", want: ["v.1"] },
    { source: "^A(B|C)?D", want: ["a"] },
    { source: "^A(B|)C", want: ["abc", "ac"] },
    { source: "^A(B(C)|D)", want: ["a"] },
    { source: "^A|B", want: [""] },
    { source: "huawei", want: [""] },
    { source: "^[AB]", want: [""] },
    { source: "^(?i)a", want: [""] },
    { source: "^a[](]|", want: [""] },
    { source: "^a[^](]|b", want: [""] },
  ])("$source: $want", ({ source, want }) => {
    expect(prefixesOf(source)).toEqual(want);
  });
  it("is true of every text that it matches", () => {
    const unit = fc.constantFrom(..."abAB.|()[]?*+^1".split(""));
    const source = fc
      .tuple(fc.constantFrom("", "(?i)"), fc.string({ unit, maxLength: 10 }))
      .map(([flags, rest]) => `${flags}^${rest}`);
    const text = fc.string({ unit: fc.constantFrom("a", "b", "A", "B", "1", "."), maxLength: 6 });
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 20, maxLength: 20 }), (given, texts) => {
        const pattern = parsePattern(given);
        if ("fault" in pattern) return;
        for (const one of texts.filter((candidate) => pattern.test(candidate))) {
          const prefixes = prefixesOf(given);
          expect(prefixes.some((prefix) => one.toLowerCase().startsWith(prefix))).toBe(true);
        }
      }),
      { numRuns: 1_000, examples: [["^a[](]|", [""]]] },
    );
  });
});
