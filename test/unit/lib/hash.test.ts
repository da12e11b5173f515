import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, hashText, hashValue, spread } from "../../../src/lib/hash.ts";

/** The same value with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(shuffled);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

describe("canonical JSON", () => {
  it("is JSON, and says the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hashValue(shuffled(value))).toBe(hashValue(value));
      }),
    );
  });

  it.for([
    { name: "arrays keep their order", a: [1, 2], b: [2, 1], same: false },
    {
      name: "an undefined member is no member",
      a: { x: 1, y: undefined },
      b: { x: 1 },
      same: true,
    },
    { name: "null is not left out", a: { x: 1, y: null }, b: { x: 1 }, same: false },
    { name: "a text is not a number", a: { x: "1" }, b: { x: 1 }, same: false },
    { name: "a key cannot end early", a: { 'a":1,"b': 2 }, b: { a: 1, b: 2 }, same: false },
    { name: "an empty list is not an empty object", a: [], b: {}, same: false },
  ])("$name", ({ a, b, same }) => {
    expect(hashValue(a) === hashValue(b)).toBe(same);
  });
});

describe("a hash", () => {
  it("is SHA-256, so that other tools find the same", () => {
    // FIPS 180-4, the one-block example
    expect(hashText("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("spreads texts evenly over [0, 1)", () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 2_000; i += 1) {
      const at = spread(`001122-WIXB-${i}`);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThan(1);
      buckets[Math.floor(at * 10)] = (buckets[Math.floor(at * 10)] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(140);
    expect(Math.max(...buckets)).toBeLessThan(260);
  });
});
