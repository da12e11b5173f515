import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BASE_TYPES, type BaseType } from "../../../../src/mapping/standard/base-types.ts";
import { checkText, type Facets } from "../../../../src/mapping/standard/facets.ts";

const ANY: Facets = {
  type: "string",
  list: false,
  named: null,
  words: [],
  ranges: [],
  sizes: [],
};
const of = (type: BaseType, more: Partial<Facets> = {}): Facets => ({ ...ANY, type, ...more });
const between = (min: bigint | null, max: bigint | null, step = 1n) => ({ min, max, step });
const check = (facets: Facets, text: string) => checkText(facets, text)?.code;

describe("the text of a base type", () => {
  it.for([
    { type: "boolean", good: ["0", "1", "true", "false"], bad: ["", "yes", "True", "TRUE", "2"] },
    {
      type: "int",
      good: ["0", "-0", "+7", "007", "2147483647", "-2147483648"],
      bad: ["", "2147483648", "-2147483649", "7.0", "1e3", " 7", "7 ", "0x7", "٣", "9".repeat(90)],
    },
    { type: "unsignedInt", good: ["0", "4294967295"], bad: ["4294967296", "-1", "none"] },
    {
      type: "long",
      good: ["9223372036854775807", "-9223372036854775808"],
      bad: ["9223372036854775808"],
    },
    { type: "unsignedLong", good: ["18446744073709551615"], bad: ["18446744073709551616", "-1"] },
    { type: "decimal", good: ["1", "-1.5", ".5", "1."], bad: ["", ".", "1,5", "1e3", "NaN"] },
    { type: "hexBinary", good: ["", "0aFF"], bad: ["0", "0g", "0a ff"] },
    {
      type: "base64",
      good: ["", "QQ==", "QUI=", "QUJD", "QU\nJD"],
      bad: ["QQ", "QQ=", "Q===", "QQ==QUJD"],
    },
    {
      type: "dateTime",
      good: [
        "2024-02-29T23:59:59Z",
        "2026-01-01T00:00:00.123456+00:00",
        "2026-01-01T24:00:00-00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-03T03:04:05",
        "9999-12-31T23:59:59Z",
      ],
      bad: [
        "",
        "2026-01-01",
        "2026-01-01 00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:01Z",
        "2026-01-01T23:60:00Z",
        "0000-01-01T00:00:00Z",
      ],
    },
    { type: "string", good: ["", " ", "any text"], bad: [] },
  ] as const)("of $type", ({ type, good, bad }) => {
    for (const text of good) expect(check(of(type), text), `"${text}"`).toBeUndefined();
    for (const text of bad) expect(check(of(type), text), `"${text}"`).toBe(9006);
  });

  it("of a moment is in UTC, or before the year 1000, where it counts from the boot", () => {
    expect(check(of("dateTime"), "2026-01-01T00:00:00+02:00")).toBe(9007);
    expect(check(of("dateTime"), "1000-01-01T00:00:00")).toBe(9007);
    expect(check(of("dateTime"), "0999-01-01T00:00:00")).toBeUndefined();
  });

  it("any integer of the type, and none beside it", () => {
    const cases = fc.constantFrom<[BaseType, bigint, bigint]>(
      ["int", -(2n ** 31n), 2n ** 31n - 1n],
      ["unsignedInt", 0n, 2n ** 32n - 1n],
      ["long", -(2n ** 63n), 2n ** 63n - 1n],
      ["unsignedLong", 0n, 2n ** 64n - 1n],
    );
    fc.assert(
      fc.property(
        cases,
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        ([type, min, max], n) => {
          expect(check(of(type), String(n)) === undefined).toBe(n >= min && n <= max);
        },
      ),
    );
  });
});

describe("the value of a parameter", () => {
  it.for([
    {
      name: "a word of the enumeration",
      facets: of("string", { words: ["Up", "Down"] }),
      good: ["Up", "X_ACME-COM_Sleeping", "X_00AA11_A"],
      bad: ["up", "", "X_", "x_ACME_Sleeping", `X_ACME_${"A".repeat(25)}`],
    },
    {
      name: "the empty text only where it is listed",
      facets: of("string", { words: ["", "Up"] }),
      good: [""],
      bad: [" "],
    },
    {
      name: "a number of one of the ranges",
      facets: of("int", { ranges: [between(-1n, -1n), between(1n, 4094n)] }),
      good: ["-1", "1", "4094", "+0007"],
      bad: ["0", "4095", "-2"],
    },
    {
      name: "an open range",
      facets: of("unsignedInt", { ranges: [between(1n, null)] }),
      good: ["1", "4294967295"],
      bad: ["0"],
    },
    {
      name: "a step from the minimum",
      facets: of("int", { ranges: [between(-127000n, 0n, 500n)] }),
      good: ["-127000", "-126500", "0"],
      bad: ["-126999", "500"],
    },
    {
      name: "a decimal in a range",
      facets: of("decimal", { ranges: [between(2n, 64n)] }),
      good: ["2", "63.75"],
      bad: ["1.9", "64.1"],
    },
    {
      name: "characters, not units of an encoding",
      facets: of("string", { sizes: [{ min: 2, max: 3 }] }),
      good: ["ab", "äöü", "🂡🂢🂣"],
      bad: ["a", "abcd", "🂡"],
    },
    {
      name: "one of several sizes",
      facets: of("string", {
        sizes: [
          { min: 12, max: 64 },
          { min: 0, max: 0 },
        ],
      }),
      good: ["", "a".repeat(12)],
      bad: ["a", "a".repeat(65)],
    },
    {
      name: "bytes that are meant",
      facets: of("hexBinary", { sizes: [{ min: null, max: 2 }] }),
      good: ["", "00ff"],
      bad: ["00ff00"],
    },
    {
      name: "a list, item by item",
      facets: of("unsignedInt", { list: true, ranges: [between(1n, 9n)] }),
      good: ["", "1", "1,2", "1 , 2"],
      bad: ["1,10", "1,", "0"],
    },
    {
      name: "a list of words, blanks and commas encoded",
      facets: of("string", { list: true, words: ["New Reno", "a,b"] }),
      good: ["", "New%20Reno", "a%2Cb,New%20Reno"],
      bad: ["New Reno", "a,b", "100%"],
    },
    {
      name: "a list with sizes of an item",
      facets: of("string", { list: true, sizes: [{ min: null, max: 3 }] }),
      good: ["abc,def,ghi", "a%20b"],
      bad: ["abc,defg"],
    },
    {
      name: "an address",
      facets: of("string", { named: "IPv4Address", sizes: [{ min: null, max: 15 }] }),
      good: ["", "192.168.1.254", "0.0.0.0"],
      bad: ["256.0.0.1", "1.2.3", "1.2.3.4.5", "::1", "isp.example"],
    },
    {
      name: "an address of the new kind",
      facets: of("string", { named: "IPv6Address" }),
      good: [
        "",
        "::",
        "::1",
        "1080::800:ba98:3210:11aa:12dd",
        "0:0:0:0:0:0:13.1.68.3",
        "1:2:3:4:5:6:7::",
      ],
      bad: [
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "1:2:3:4:5:6:7::8",
        "fe80::1%eth0",
        "12345::",
        ":1",
        "1.2.3.4::",
      ],
    },
    {
      name: "either address",
      facets: of("string", { named: "IPAddress" }),
      good: ["10.0.0.1", "fe80::1"],
      bad: ["10.0.0", "host"],
    },
    {
      name: "a prefix",
      facets: of("string", { named: "IPPrefix" }),
      good: ["", "/24", "192.168.1.0/24", "2001:db8::/128"],
      bad: ["192.168.1.0", "192.168.1.0/33", "2001:db8::/129", "10.0.0.0/8/8", "/"],
    },
    {
      name: "a hardware address",
      facets: of("string", { named: "MACAddress" }),
      good: ["", "00:11:22:aa:BB:cc"],
      bad: ["001122aabbcc", "00-11-22-aa-bb-cc", "00:11:22:aa:bb"],
    },
    {
      name: "an identifier, which is never empty",
      facets: of("string", { named: "UUID" }),
      good: ["123e4567-e89b-12d3-a456-426614174000"],
      bad: ["", "123e4567e89b12d3a456426614174000"],
    },
    {
      name: "any text where the named type has no form",
      facets: of("string", { named: "Alias" }),
      good: ["", "cpe-1"],
      bad: [],
    },
  ])("is $name", ({ facets, good, bad }) => {
    for (const text of good) expect(check(facets, text), `"${text}"`).toBeUndefined();
    for (const text of bad) expect(check(facets, text), `"${text}"`).toBe(9007);
  });

  it("is checked for its type first, also in a list", () => {
    const facets = of("unsignedInt", { list: true, ranges: [between(1n, 9n)] });
    expect(check(facets, "1,x")).toBe(9006);
    expect(check(facets, "1,,2")).toBe(9006);
  });

  it("binaries of any content, with exactly their number of bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 50 });
    fc.assert(
      fc.property(bytes, fc.constantFrom("base64", "hexBinary"), (content, type) => {
        const text = Buffer.from(content).toString(type === "base64" ? "base64" : "hex");
        const size = (n: number): Facets => of(type, { sizes: [{ min: n, max: n }] });
        expect(check(size(content.length), text)).toBeUndefined();
        expect(check(size(content.length + 1), text)).toBe(9007);
      }),
    );
  });

  it("a list is good when its items are", () => {
    const item = fc.oneof(fc.integer().map(String), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), (items) => {
        const facets = of("int", { ranges: [between(-5n, 5n)] });
        const encoded = items.map(encodeURIComponent).join(",");
        const good = items.every((one) => check(facets, one) === undefined);
        expect(check({ ...facets, list: true }, encoded) === undefined).toBe(
          good || encoded === "",
        );
      }),
    );
  });

  it("any text is taken or refused, and the reason never quotes it", () => {
    const facets = fc.record({
      type: fc.constantFrom(...BASE_TYPES),
      list: fc.boolean(),
      named: fc.constantFrom(null, "IPAddress", "IPPrefix", "MACAddress", "UUID", "Alias"),
      words: fc.constantFrom<string[]>([], ["", "Up"]),
      ranges: fc.constantFrom([], [between(1n, 5n)]),
      sizes: fc.constantFrom([], [{ min: 1, max: 5 }]),
    });
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.constantFrom("1", ":", ".", ",", "%", "-", "T", "=", "f", " "))
        .map((all) => all.join("")),
    );
    fc.assert(
      fc.property(facets, text, (given, around) => {
        const canary = `canary${around}canary`;
        for (const one of [around, canary]) {
          const fault = checkText(given, one);
          if (fault === undefined) continue;
          expect([9006, 9007]).toContain(fault.code);
          expect(fault.reason).not.toContain("canary");
        }
      }),
      { numRuns: 500 },
    );
  });
});
