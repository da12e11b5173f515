import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthProblem, malformedAt } from "../../../src/lib/json-text.ts";

describe("where a text stops being JSON", () => {
  it.for([
    ["", 1, 1, "empty"],
    ["  \n ", 2, 2, "empty"],
    ['{"a": abc}', 1, 7, "a value"],
    ['{"a":1,}', 1, 8, "a name"],
    ["{a:1}", 1, 2, "a name"],
    ['{"a" 1}', 1, 6, "a colon"],
    ['{"a":1 "b":2}', 1, 8, "a comma"],
    ['{\n  "a": [1, 2\n}', 3, 1, "a comma"],
    ["[1", 1, 3, "ends too early"],
    ["[1,]", 1, 4, "a value"],
    ["{} x", 1, 4, "after the end"],
    ["[01]", 1, 2, "a value"],
    ["[tru]", 1, 2, "a value"],
    ['{"a":"x\ny"}', 1, 6, "in quotes"],
    ['["\\x"]', 1, 2, "in quotes"],
    ["[1}", 1, 3, "a comma"],
    ["]", 1, 1, "a value"],
    ["'a'", 1, 1, "a value"],
  ] as const)("%j: line %i, column %i, %s", ([text, line, column, says]) => {
    const place = malformedAt(text);
    expect([place.line, place.column]).toEqual([line, column]);
    expect(place.message).toContain(says);
  });

  it("always has a place inside the text, or just after it, and quotes nothing", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 3 }), (json, seed, noise) => {
        const at = seed % (json.length + 1);
        const text = json.slice(0, at) + noise + json.slice(at);
        const place = malformedAt(text);
        const lines = text.split("\n");
        expect(place.line).toBeLessThanOrEqual(lines.length);
        expect(place.column).toBeLessThanOrEqual((lines[place.line - 1] ?? "").length + 1);
        expect(place.message.length).toBeLessThan(120);
      }),
    );
  });

  it("agrees with JSON.parse about what is JSON", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(malformedAt(json)).toMatchObject({
          message: expect.stringContaining("after the end") as string,
        });
      }),
    );
  });

  it("is quick on megabytes, and knows no stack", () => {
    expect(malformedAt(`["${"x".repeat(4_000_000)}"`).message).toContain("ends too early");
    expect(malformedAt("[".repeat(1_000_000)).message).toContain("ends too early");
  });
});

describe("depth", () => {
  it("counts brackets outside of texts", () => {
    expect(depthProblem('[[["[[["]]]', 3)).toBeUndefined();
    expect(depthProblem('{"a":{"b\\"[":[1]}}', 3)).toBeUndefined();
    expect(depthProblem("[[[[1]]]]", 3)).toBe(3);
  });
});
