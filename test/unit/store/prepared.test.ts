import { describe, expect, it } from "vitest";
import { nameOf } from "../../../src/store/prepared.ts";

const seen = (text: string, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => nameOf(text));

describe("a statement", () => {
  it("has no name until it is seen a third time, and then always the same", () => {
    const [first, second, third, fourth] = seen("select $1 as a", 4);
    expect([first, second]).toEqual([undefined, undefined]);
    expect(third).toMatch(/^p[0-9a-f]{16}$/);
    expect(fourth).toBe(third);
  });

  it("has a name that no other has", () => {
    expect(seen("select $1 as b", 3)[2]).not.toBe(seen("select $1 as c", 3)[2]);
  });

  it("gets no name any more when there are too many, and those that have one keep it", () => {
    const kept = seen("select $1 as kept", 3)[2];
    const named = Array.from({ length: 400 }, (_, index) => seen(`select ${index}`, 3)[2]);
    expect(named.filter((name) => name !== undefined).length).toBeLessThanOrEqual(200);
    expect(named.at(-1)).toBeUndefined();
    expect(nameOf("select $1 as kept")).toBe(kept);
  });
});
