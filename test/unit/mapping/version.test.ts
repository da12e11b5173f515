/** Versions under the four schemes: real ones of the reference trees as tables, and the laws of an order as properties. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionOrder } from "../../../src/mapping/version-schemes.ts";
import { parseRange, type Range, type RangeSpec } from "../../../src/mapping/version.ts";

type Scheme = Omit<RangeSpec, "range">;

const DOTTED: Scheme = { scheme: "dotted" };
const STRIPPED: Scheme = { scheme: "dotted", strip: "V" };
const NATURAL: Scheme = { scheme: "natural" };
const VRC: Scheme = { scheme: "vrc" };
const BUILD: Scheme = {
  scheme: "regex",
  pattern: "Build (?<date>\\d+) Rel\\.(?<release>\\d+)",
};
const RELEASE = "3.16.0 0.9.1 v6055.0 Build 220706 Rel.79244n";

function rangeOf(scheme: Scheme, range: string): Range {
  const parsed = parseRange({ ...scheme, range });
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed;
}

function orderOf(scheme: Scheme): (a: string, b: string) => number | null {
  const order = versionOrder({ ...scheme, range: "1" });
  if (typeof order !== "function") throw new Error(order.fault);
  return order;
}

describe("versions from the oldest to the newest", () => {
  it.for([
    {
      name: "dotted: the builds around which a GWR-1200AC changes",
      scheme: DOTTED,
      rising: ["638.112.100.999", "638.112.100.1459", "638.112.100.1460", "638.112.100.1487"],
    },
    { name: "dotted, numbers and not text", scheme: DOTTED, rising: ["1.9", "1.23.7", "1.100"] },
    {
      name: "dotted, with a letter before it: a Stavix",
      scheme: STRIPPED,
      rising: ["V2.3.6", "2.3.7", "V2.3.10", "V2.4"],
    },
    {
      name: "dotted, with build numbers that no double holds",
      scheme: DOTTED,
      rising: ["1.90071992547409920", "1.90071992547409921", "1.100000000000000000"],
    },
    {
      name: "natural: ZTE",
      scheme: NATURAL,
      rising: ["V1.0.0P1T6", "V1.1.20P1T18", "V3.0.0P1T12", "V9.0.0P1T8", "V9.1.0P4N3_MUL"],
    },
    {
      name: "natural: a patch comes before the next number",
      scheme: NATURAL,
      rising: ["V9.1", "V9.1P4", "V9.1.0", "V9.1.0P4", "V9.1.0P4N3", "V9.1.0P4N3_MUL", "V9.1.1"],
    },
    {
      name: "natural: a build in brackets",
      scheme: NATURAL,
      rising: ["10.0.5.9(C947)", "10.0.5.29(C93)", "10.0.5.29(C947)", "10.0.5.30"],
    },
    { name: "natural: one number", scheme: NATURAL, rising: ["RP999", "RP2815", "RP10000"] },
    {
      name: "vrc: Huawei terminals",
      scheme: VRC,
      rising: [
        "V5R019C00S050",
        "V5R019C10S350",
        "V5R020C00S280",
        "V5R020C10S202",
        "V5R022C00SPC100",
        "V5R022C00SPC100B020",
      ],
    },
    {
      name: "vrc: the letters of an operator are not compared",
      scheme: VRC,
      rising: ["V100R001C56B016", "V100R001IRQC56B017", "V100R001ABCC56B018", "V100R001C57"],
    },
    {
      name: "regex: TP-Link, by build date and release",
      scheme: BUILD,
      rising: [
        "9.9.9 9.9.9 v6066.0 Build 220630 Rel.56119n",
        RELEASE,
        "1.12.0 Build 220820 Rel.52419n(4252)",
        "0.14.0 2.0.0 v605f.0 Build 221227 Rel.55257n",
      ],
    },
  ])("$name", ({ scheme, rising }) => {
    const order = orderOf(scheme);
    for (const [at, older] of rising.entries()) {
      expect(order(older, older)).toBe(0);
      for (const newer of rising.slice(at + 1)) {
        expect(order(older, newer)).toBeLessThan(0);
        expect(order(newer, older)).toBeGreaterThan(0);
      }
    }
  });

  it.for([
    { scheme: DOTTED, a: "1.2", b: "1.2.0.0", why: "missing parts are 0" },
    { scheme: DOTTED, a: "01.2", b: "1.02", why: "leading zeros say nothing" },
    { scheme: NATURAL, a: "v9.1_mul", b: "V9-1 MUL", why: "case and separators say nothing" },
    { scheme: VRC, a: "V100R001IRQC56B017", b: "V100R1C56B17", why: "an operator's letters" },
    { scheme: VRC, a: "V5R020", b: "V5R020C00S000", why: "missing parts are 0" },
    { scheme: VRC, a: "V5R020SPC112", b: "V5R020C00SPC112", why: "the C of SPC is no C" },
    { scheme: BUILD, a: "a Build 1 Rel.2", b: "b Build 01 Rel.02n", why: "the rest is not read" },
  ])("$a is as old as $b: $why", ({ scheme, a, b }) => {
    expect(orderOf(scheme)(a, b)).toBe(0);
  });
});

describe("a range", () => {
  it.for([
    { scheme: VRC, range: ">=V5R019C10S350", version: "V5R020C00S280", want: true },
    { scheme: VRC, range: ">=V5R019C10S350", version: "V5R019C10S350", want: true },
    { scheme: VRC, range: ">V5R019C10S350", version: "V5R019C10S350", want: false },
    { scheme: VRC, range: ">=V5R019 <V5R020", version: "V5R020C00S280", want: false },
    { scheme: VRC, range: ">=V5R019 <V5R020", version: "V5R019C99S999", want: true },
    { scheme: STRIPPED, range: ">=2.3.7", version: "V2.3.7", want: true },
    { scheme: STRIPPED, range: ">=V2.3.7", version: "2.3.6", want: false },
    { scheme: DOTTED, range: ">=638.112.100.1460", version: "638.112.100.1487", want: true },
    { scheme: DOTTED, range: "1.2 || 1.4", version: "1.4.0", want: true },
    { scheme: DOTTED, range: "=1.2||>=2 <=3", version: "2.9", want: true },
    { scheme: DOTTED, range: "=1.2||>=2 <=3", version: "1.3", want: false },
    { scheme: NATURAL, range: '"10.0.5 (C947)"', version: "10.0.5(C947)", want: true },
    { scheme: BUILD, range: ">=220706/79244 <220820", version: RELEASE, want: true },
    { scheme: BUILD, range: ">220706", version: RELEASE, want: true },
    { scheme: BUILD, range: ">=220706/79245", version: RELEASE, want: false },
    // What the scheme cannot read is in no range, and is no version 0 either.
    { scheme: DOTTED, range: "<5", version: "V2.3.7", want: "unparsed" },
    { scheme: DOTTED, range: "<5", version: "", want: "unparsed" },
    { scheme: DOTTED, range: ">=0", version: "1.2-rc1", want: "unparsed" },
    { scheme: NATURAL, range: "<5", version: "unknown", want: "unparsed" },
    { scheme: VRC, range: "<V9R9", version: "10.0.5.29(C947)", want: "unparsed" },
    { scheme: VRC, range: ">V1R1", version: "V5R020C00S280T3", want: "unparsed" },
    { scheme: BUILD, range: ">1", version: "V9.1.0P4N3_MUL", want: "unparsed" },
    { scheme: NATURAL, range: ">1", version: "9".repeat(257), want: "unparsed" },
  ])("$range of $scheme.scheme: $version is $want", ({ scheme, range, version, want }) => {
    expect(rangeOf(scheme, range).matches(version)).toBe(want);
  });

  it.for([
    { a: ">=1 <2", b: ">=2", want: false },
    { a: ">=1 <=2", b: ">=2", want: true },
    { a: ">=1 <=2", b: ">2", want: false },
    { a: "1 || 3", b: "2 || 3.0", want: true },
    { a: "1 || 3", b: ">1 <3", want: false },
    { a: "<1", b: "<0.1", want: true },
    { a: ">=5", b: "<=4 || >=9 <10", want: true },
  ])("$a and $b meet: $want", ({ a, b, want }) => {
    expect(rangeOf(DOTTED, a).overlaps(rangeOf(DOTTED, b))).toBe(want);
    expect(rangeOf(DOTTED, b).overlaps(rangeOf(DOTTED, a))).toBe(want);
  });

  it("of another order is assumed to meet, since the two cannot be compared", () => {
    expect(rangeOf(DOTTED, "<1").overlaps(rangeOf(NATURAL, ">5"))).toBe(true);
    expect(rangeOf(DOTTED, "<1").overlaps(rangeOf(STRIPPED, ">5"))).toBe(true);
  });

  it.for([
    { scheme: DOTTED, range: ">=V1", fault: '"V1" is no version of the scheme' },
    { scheme: DOTTED, range: ">=1 ||", fault: "one side of || is empty" },
    { scheme: DOTTED, range: ">= >1", fault: 'cannot read ">= >1" as a range' },
    { scheme: DOTTED, range: "~1", fault: '"~1" is no version' },
    { scheme: DOTTED, range: ">=2 <1", fault: 'no version lies in ">=2 <1"' },
    { scheme: DOTTED, range: ">1 <=1.0", fault: "no version lies in" },
    { scheme: { ...VRC, strip: "V" }, range: ">V1R1", fault: "strip is for scheme dotted" },
    { scheme: { scheme: "regex" }, range: ">1", fault: "needs a pattern" },
    { scheme: { ...BUILD, scheme: "natural" }, range: ">1", fault: "needs a pattern" },
    { scheme: { scheme: "regex", pattern: "(\\d+)" }, range: ">1", fault: "no named group" },
    { scheme: { scheme: "regex", pattern: "(?<a>" }, range: ">1", fault: "the pattern is none" },
    { scheme: BUILD, range: ">1/2/3", fault: '"1/2/3" is no version' },
  ] as const)("is refused: $range, $fault", ({ scheme, range, fault }) => {
    expect(parseRange({ ...scheme, range })).toEqual({
      fault: expect.stringContaining(fault) as string,
    });
  });
});

const number = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3_000 }));
const padded = fc.tuple(number, fc.constantFrom("", "0", "00")).map(([n, zeros]) => `${zeros}${n}`);
const VERSIONS: Readonly<Record<string, { scheme: Scheme; version: fc.Arbitrary<string> }>> = {
  dotted: {
    scheme: STRIPPED,
    version: fc
      .tuple(fc.constantFrom("", "V"), fc.array(padded, { minLength: 1, maxLength: 4 }))
      .map(([letter, parts]) => letter + parts.join(".")),
  },
  natural: {
    scheme: NATURAL,
    version: fc
      .tuple(
        padded,
        fc.array(fc.oneof(padded, fc.constantFrom(".", "P", "T", "p", "_MUL", "(C")), {
          maxLength: 6,
        }),
      )
      .map(([first, rest]) => `V${first}${rest.join("")}`),
  },
  vrc: {
    scheme: VRC,
    version: fc
      .tuple(padded, padded, fc.constantFrom("", "IRQ", "ABC"), padded, padded, padded)
      .chain(([v, r, operator, c, s, b]) =>
        fc.constantFrom(
          `V${v}R${r}`,
          `V${v}R${r}${operator}C${c}`,
          `V${v}R${r}${operator}C${c}S${s}`,
          `V${v}R${r}C${c}SPC${s}B${b}`,
          `V${v}R${r}${operator}C${c}B${b}`,
        ),
      ),
  },
  regex: {
    scheme: BUILD,
    version: fc.tuple(padded, padded, padded).map(([a, b, c]) => `${a}.0 Build ${b} Rel.${c}n`),
  },
};

describe.for(Object.entries(VERSIONS))("the order of scheme %s", ([, { scheme, version }]) => {
  const order = orderOf(scheme);
  const sign = (a: string, b: string): number => Math.sign(order(a, b) ?? NaN);

  it("puts every version beside itself and turns round with its arguments", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(sign(a, a)).toBe(0);
        expect(sign(a, b) + sign(b, a)).toBe(0);
      }),
    );
  });
  it("is transitive, for older as for equal", () => {
    fc.assert(
      fc.property(fc.tuple(version, version, version), (three) => {
        const [a, b, c] = three.sort(sign);
        expect(sign(a, c)).toBe(Math.min(sign(a, b), sign(b, c)));
        expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
  it("says the same through a range as by itself", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        if (scheme.scheme === "regex") return;
        expect(rangeOf(scheme, `>="${b}"`).matches(a)).toBe(sign(a, b) >= 0);
        expect(rangeOf(scheme, `<"${b}"`).matches(a)).toBe(sign(a, b) < 0);
        expect(rangeOf(scheme, `"${b}"`).matches(a)).toBe(sign(a, b) === 0);
      }),
    );
  });
  it("lets two ranges meet wherever one version lies in both", () => {
    const ends = fc.constantFrom(">=", ">", "<=", "<", "=");
    const bound = version.map((text) => {
      const groups = /Build (\d+) Rel\.(\d+)/.exec(text);
      return groups === null ? `"${text}"` : `${groups[1] ?? ""}/${groups[2] ?? ""}`;
    });
    fc.assert(
      fc.property(version, ends, bound, ends, bound, (a, left, one, right, two) => {
        const [first, second] = [rangeOf(scheme, left + one), rangeOf(scheme, right + two)];
        if (first.matches(a) === true && second.matches(a) === true)
          expect(first.overlaps(second)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("any text at all", () => {
  it("is a range or a fault, and a version or unparsed", () => {
    const unit = fc.constantFrom(...'<>=|" .V0123RCSPB(?<a>\\d+)[]*'.split(""), "ü", "\n");
    const any = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.string());
    const spec = fc.record(
      {
        scheme: fc.constantFrom("dotted", "natural", "vrc", "regex"),
        range: any,
        strip: any,
        pattern: any,
      },
      { requiredKeys: ["scheme", "range"] },
    );
    fc.assert(
      fc.property(spec, any, (given, text) => {
        const range = parseRange(given);
        if ("fault" in range) expect(range.fault).not.toBe("");
        else expect([true, false, "unparsed"]).toContain(range.matches(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
