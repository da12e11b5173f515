import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYamlDocuments } from "../../../src/manifest/yaml.ts";

const CANARY = "canary-pa55";

describe("a text is read the same by everybody", () => {
  it.for([
    { text: "a: no\nb: on\nc: yes", want: { a: "no", b: "on", c: "yes" } },
    {
      text: "a: 2001-01-01\nb: 12:30:45\nc: 1_000",
      want: { a: "2001-01-01", b: "12:30:45", c: "1_000" },
    },
    { text: "%YAML 1.1\n---\na: no", want: { a: "no" } },
    { text: "1: x\ntrue: y\n~: z", want: { 1: "x", true: "y", "~": "z" } },
    { text: "<<: {x: 1}", want: { "<<": { x: 1 } } },
    { text: "a: &x [1]\nb: *x", want: { a: [1], b: [1] } },
    { text: "\ufeffa: 9007199254740991", want: { a: 9007199254740991 } },
    { text: '{"a": [true, null, 1.5]}', want: { a: [true, null, 1.5] } },
  ])("$text", ({ text, want }) => {
    expect(parseYamlDocuments(text, "f")).toMatchObject({
      documents: [{ value: want }],
      problems: [],
    });
  });

  it("several documents stand in one file, and empty ones are left out", () => {
    const { documents } = parseYamlDocuments(
      "---\n---\na: 1\n...\n# only this\n---\n~\n---\nb: 2",
      "f",
    );
    expect(documents.map(({ value, source }) => [value, source.line])).toEqual([
      [{ a: 1 }, 3],
      [{ b: 2 }, 9],
    ]);
  });
});

describe("what is not taken is said with line and column", () => {
  const levels = ["&a [x,x,x,x,x,x,x,x,x]", "a", "b", "c", "d"].map((anchor, index) =>
    index === 0
      ? `k0: ${anchor}`
      : `k${index}: &${"bcde"[index - 1] ?? ""} [${Array(9).fill(`*${anchor}`).join(",")}]`,
  );
  it.for([
    { name: "a key twice", text: "a: 1\nb: 2\na: 3", at: [3, 1], says: /second time/ },
    { name: "an open bracket", text: "a: [1\nb: 2", at: [2, 1], says: /indentation/ },
    { name: "an open quote", text: `a: "${CANARY}`, at: [1, 16], says: /missing here/ },
    { name: "a tab", text: "a:\n\tb: 1", at: [2, 1], says: /tab/ },
    { name: "an alias of nothing", text: `a: *${CANARY}`, at: [1, 4], says: /no anchor/ },
    { name: "an alias of itself", text: "a: &x [*x]", at: [1, 8], says: /no anchor/ },
    { name: "a tag", text: "a: !!binary aGk=", at: [1, 4], says: /tags/ },
    { name: "a tag of a language", text: "a: !ruby/object:X {}", at: [1, 4], says: /tags/ },
    {
      name: "a number that a double cannot hold",
      text: "a: 12345678901234567890",
      at: [1, 4],
      says: /quotes/,
    },
    { name: "not a number", text: "a: .nan", at: [1, 4], says: /finite/ },
    { name: "a list as key", text: "? [a]\n: 1", at: [1, 3], says: /key must be a text/ },
    { name: "an alias bomb", text: levels.join("\n"), at: [1, 1], says: /multiply/ },
    { name: "depth, flow", text: "[".repeat(100_000), at: [1, 65], says: /deeply/ },
    { name: "depth, block", text: "- ".repeat(5_000), at: [1, 129], says: /deeply/ },
    { name: "depth, keys", text: "{? ".repeat(2_000), at: [1, 193], says: /deeply/ },
  ])("$name", ({ text, at, says }) => {
    const { documents, problems } = parseYamlDocuments(text, "f.yaml");
    expect(documents).toEqual([]);
    expect(problems[0]).toMatchObject({ file: "f.yaml", line: at[0], column: at[1] });
    expect(problems[0]?.message).toMatch(says);
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  it("a text of more than 2 Mi characters is refused unread", () => {
    expect(parseYamlDocuments(" ".repeat(3_000_000), "f").problems).toMatchObject([
      { file: "f", code: "payload_too_large" },
    ]);
  });

  it("100,000 keys do not take quadratic time", () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join("\n");
    expect(parseYamlDocuments(text, "f").problems).toEqual([]);
  }, 30_000);

  it("a good document beside a bad one is still returned", () => {
    const { documents, problems } = parseYamlDocuments("a: 1\n---\nb: *x\n---\nc: 3", "f");
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems).toMatchObject([{ line: 3, column: 4 }]);
  });
});

describe("a pointer has a place", () => {
  const text =
    "spec:\n  waves:\n    - percent: 500\n  a/b: {c~d: x}\n  no:\n  al: &x {deep: 1}\n  as: *x\n";
  const place = parseYamlDocuments(text, "f").documents[0]?.place;
  it.for<{ pointer: string; of?: "key"; at: [number, number]; reason?: string }>([
    { pointer: "", at: [1, 1] },
    { pointer: "/spec/waves/0/percent", at: [3, 16] },
    { pointer: "/spec/waves/0/percent", of: "key", at: [3, 7] },
    { pointer: "/spec/a~1b/c~0d", at: [4, 14] },
    { pointer: "/spec/no", at: [5, 6], reason: "an empty value is right behind its colon" },
    { pointer: "/spec/as/deep", at: [6, 17], reason: "through an alias to what it stands for" },
    { pointer: "/spec/gone/deeper", at: [2, 3], reason: "the nearest thing around it" },
    { pointer: "/spec/waves/7", at: [3, 5] },
    { pointer: "/other", at: [1, 1] },
  ])("$pointer $of", ({ pointer, of, at, reason }) => {
    expect(place?.(pointer, of), reason).toEqual({ file: "f", line: at[0], column: at[1] });
  });
});

it("any text gives documents or problems with a place, never a throw", () => {
  const pieces = fc
    .array(
      fc.constantFrom(
        ...[
          "a",
          "kind",
          ": ",
          ":",
          "- ",
          "-",
          "? ",
          "\n",
          "\n  ",
          "\n    ",
          "\t",
          "---\n",
          "...\n",
        ],
        ...["&x ", "*x", "!t ", "!!set ", "%YAML 1.1\n", "|\n", ">-\n", "'", '"', "\\", "{", "}"],
        ...["[", "]", ",", "#", "~", "1", "0x1F", ".inf", "é", "\u0000", "\u2028", "<<: "],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(pieces, fc.string({ unit: "binary" })), (text) => {
      const { documents, problems } = parseYamlDocuments(text, "f");
      for (const { value, place } of documents) {
        expect(() => JSON.stringify(value)).not.toThrow();
        expect(place("/a/0/b").line).toBeGreaterThan(0);
      }
      for (const { file, line, column, code, message } of problems) {
        expect({ file, code }).toEqual({ file: "f", code: "malformed_yaml" });
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe("");
      }
    }),
    { numRuns: 10_000 },
  );
}, 60_000);
