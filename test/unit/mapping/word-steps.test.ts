/** Steps between words and texts: `enum`, `tokens`, `not`, `lower`, `upper`, `trim`, and `csv` with further separators. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/mapping/codecs/codec.ts";
import { decode, encode, problemsOf, testLaws, type Steps } from "./codec-laws.ts";

/** Baicells: n25 is written, 5 or 25 is read. */
const bandwidth = {
  enum: {
    map: { "5": "n25", "10": "n50" },
    read: { "5": "5", "10": "10", "25": "5", "50": "10" },
  },
};
const huawei = {
  tokens: {
    sep: "_",
    map: { internet: "INTERNET", mgmt: "TR069", voice: "VOIP", tv: "IPTV" },
    read: { VOICE: "voice" },
    wireOrder: ["TR069", "VOIP"],
  },
};
const chinaTelecom = {
  tokens: { sep: ",", readSep: "_;", map: { internet: "INTERNET", mgmt: "TR069" } },
};
const set = { csv: { sep: ",", readSep: "; ", order: "set" } };

describe("what is written", () => {
  it.for<{ steps: Steps; value: Plain; want: string; reason: string }>([
    { steps: [bandwidth], value: "5", want: "=n25", reason: "the code to write" },
    { steps: [bandwidth], value: "25", want: "domain", reason: "a code is no word" },
    { steps: [bandwidth], value: 5, want: "domain", reason: "words are texts" },
    { steps: [{ int: {} }, bandwidth], value: 5, want: "=n25", reason: "a number by way of int" },
    { steps: [bandwidth], value: "toString", want: "domain", reason: "only words of the map" },
    {
      steps: [{ enum: { map: { on: 1, off: 0 } } }],
      value: "off",
      want: "=0",
      reason: "codes as numbers",
    },
    { steps: [huawei], value: [], want: "=", reason: "the empty set" },
    {
      steps: [huawei],
      value: ["tv", "internet", "voice", "mgmt"],
      want: "=TR069_VOIP_INTERNET_IPTV",
      reason: "in the order of the device, the rest as in the map",
    },
    {
      steps: [huawei],
      value: ["internet", "mgmt", "internet"],
      want: "=TR069_INTERNET",
      reason: "each once",
    },
    {
      steps: [chinaTelecom],
      value: ["mgmt", "internet"],
      want: "=INTERNET,TR069",
      reason: "without an order that of the map",
    },
    { steps: [huawei], value: ["INTERNET"], want: "domain", reason: "a token is no word" },
    { steps: [huawei], value: ["hasOwnProperty"], want: "domain", reason: "only words of the map" },
    { steps: [huawei], value: "internet", want: "domain", reason: "a set is a list" },
    {
      steps: [{ not: {} }, { bool: { true: "1", false: "0" } }],
      value: true,
      want: "=0",
      reason: "the opposite",
    },
    { steps: [{ lower: {} }], value: "0A:1B", want: "=0a:1b", reason: "lower case" },
    { steps: [{ upper: {} }], value: "0a:1b", want: "=0A:1B", reason: "upper case" },
    { steps: [{ trim: {} }], value: " a b ", want: "=a b", reason: "without blanks around it" },
    { steps: [{ lower: {} }], value: null, want: "domain", reason: "nothing has no case" },
    {
      steps: [set],
      value: ["a b"],
      want: "domain",
      reason: "a separator that is only read would part it",
    },
    {
      steps: [{ csv: { sep: "||", order: "keep" } }],
      value: ["a|", "b"],
      want: "domain",
      reason: "an item that runs into the separator",
    },
  ])("$value through $steps is $want: $reason", ({ steps, value, want }) => {
    expect(encode(steps, value)).toBe(want);
  });
});

describe("what is read", () => {
  it.for<{ steps: Steps; text: string; want: unknown }>([
    { steps: [bandwidth], text: "n25", want: "5" },
    { steps: [bandwidth], text: "5", want: "5" },
    { steps: [bandwidth], text: "50", want: "10" },
    { steps: [bandwidth], text: "75", want: "foreign" },
    { steps: [bandwidth], text: "N25", want: "foreign" },
    { steps: [bandwidth, { lower: {} }], text: "N25", want: "5" },
    { steps: [bandwidth], text: "", want: "foreign" },
    { steps: [bandwidth], text: "constructor", want: "foreign" },
    { steps: [huawei], text: "TR069_VOIP_INTERNET", want: ["internet", "mgmt", "voice"] },
    { steps: [huawei], text: "INTERNET_VOICE_VOIP", want: ["internet", "voice"] },
    { steps: [huawei], text: "", want: [] },
    { steps: [huawei], text: "INTERNET_OTHER", want: "foreign" },
    { steps: [huawei], text: "INTERNET_", want: "foreign" },
    { steps: [huawei], text: "INTERNET,TR069", want: "foreign" },
    { steps: [chinaTelecom], text: "TR069_INTERNET", want: ["internet", "mgmt"] },
    { steps: [chinaTelecom], text: "TR069; INTERNET", want: ["internet", "mgmt"] },
    { steps: [{ not: {} }, { bool: { true: "1", false: "0" } }], text: "0", want: true },
    { steps: [{ lower: {} }], text: "0A:1B", want: "0a:1b" },
    { steps: [{ upper: {} }], text: "0a:1b", want: "0A:1B" },
    { steps: [{ trim: {} }], text: " a b ", want: "a b" },
    { steps: [set], text: "b;a,b", want: ["a", "b"] },
    { steps: [set], text: "b; a", want: "foreign" },
  ])("$text through $steps is $want", ({ steps, text, want }) => {
    expect(decode(steps, text)).toEqual(want);
  });
});

describe("a map is refused", () => {
  const tokens = (more: object) => [{ tokens: { sep: "_", map: { a: "A", b: "B" }, ...more } }];
  it.for<{ reason: string; steps: Steps; problem: string }>([
    {
      reason: "two words with one code",
      steps: [{ enum: { map: { on: 1, up: "1" } } }],
      problem: '/0/enum/map/up: has the code "1", as on has',
    },
    {
      reason: "a code that is read as a word that is not there",
      steps: [{ enum: { map: { on: 1 }, read: { "2": "off" } } }],
      problem: '/0/enum/read/2: "off" is no word of map',
    },
    {
      reason: "a code that is written as one word and read as another",
      steps: [{ enum: { map: { on: 1, off: 0 }, read: { "1": "off" } } }],
      problem: '/0/enum/read/1: reads "1" as off, and on is written so',
    },
    {
      reason: "one token for two words",
      steps: tokens({ map: { a: "A", b: "A" } }),
      problem: '/0/tokens/map/b: the token "A" also means a',
    },
    {
      reason: "a token that is written for one word and read as another",
      steps: tokens({ read: { A: "b" } }),
      problem: '/0/tokens/read/A: the token "A" also means a',
    },
    {
      reason: "a token that is read as a word that is not there",
      steps: tokens({ read: { C: "c" } }),
      problem: '/0/tokens/read/C: "c" is no word of map',
    },
    {
      reason: "a token that holds the separator",
      steps: tokens({ map: { a: "A_B" } }),
      problem: '/0/tokens/map/a: the token "A_B" could not be read back between separators',
    },
    {
      reason: "a token that holds a separator that is only read",
      steps: tokens({ readSep: "-", map: { a: "A-B" } }),
      problem: '/0/tokens/map/a: the token "A-B" could not be read back between separators',
    },
    {
      reason: "an order of tokens that are not there",
      steps: tokens({ wireOrder: ["A", "C"] }),
      problem: '/0/tokens/wireOrder/1: "C" is no token of map',
    },
    {
      reason: "an order that names a token twice",
      steps: tokens({ wireOrder: ["A", "B", "A"] }),
      problem: '/0/tokens/wireOrder/2: "A" stands twice',
    },
  ])("for $reason", ({ steps, problem }) => {
    expect(problemsOf(steps)).toContain(problem);
  });
});

const words = (...names: string[]) => fc.array(fc.constantFrom(...names, "?"));
const sorted = (value: Plain): Plain => [...new Set(value as string[])].sort();
const anyText = fc.string({ unit: "binary" });

testLaws([
  { steps: [bandwidth], values: fc.constantFrom("5", "10", "15", ""), pieces: ["n25", "25", "5"] },
  {
    steps: [{ int: {} }, bandwidth],
    values: fc.constantFrom<Plain>(5, 10, 15),
    pieces: ["n25", "25"],
  },
  {
    steps: [huawei],
    values: words("internet", "mgmt", "voice", "tv"),
    normal: sorted,
    pieces: ["_", "INTERNET", "TR069", "VOICE", "VOIP"],
  },
  {
    steps: [chinaTelecom],
    values: words("internet", "mgmt"),
    normal: sorted,
    pieces: ["_", ";", "INTERNET", "TR069"],
  },
  { steps: [{ not: {} }, { bool: { true: "1", false: "0" } }], values: fc.boolean() },
  {
    steps: [{ lower: {} }],
    values: anyText,
    normal: (value) => (value as string).toLowerCase(),
    pieces: ["A", "İ", "Σ"],
  },
  {
    steps: [{ upper: {} }],
    values: anyText,
    normal: (value) => (value as string).toUpperCase(),
    pieces: ["A", "ß", "ŉ"],
  },
  { steps: [{ trim: {} }], values: anyText, normal: (value) => (value as string).trim() },
  { steps: [set], values: fc.array(anyText, { maxLength: 3 }), normal: sorted, pieces: [";"] },
  {
    steps: [{ csv: { sep: "||", order: "keep" } }],
    values: fc.array(fc.string({ unit: fc.constantFrom("a", "|"), minLength: 1, maxLength: 3 })),
    pieces: ["|"],
  },
]);
