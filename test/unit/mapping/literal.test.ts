/** Values that a map states beside a path: which texts hold them, and how they are written. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  saysLiteral,
  literalsMeet,
  literalText,
  type Literal,
} from "../../../src/mapping/literal.ts";

describe("a stated value", () => {
  it.for<{ want: Literal; holds: string[]; not: string[] }>([
    { want: true, holds: ["1", "true", "True", " 1 "], not: ["0", "false", "", "yes", "10"] },
    { want: false, holds: ["0", "false", "FALSE"], not: ["1", "true", "", "no"] },
    { want: 0, holds: ["0", "00", "-0", "0.0", " 0"], not: ["", "false", "1", "0x0", "-"] },
    { want: -1, holds: ["-1", "-01"], not: ["1", "4294967295", ""] },
    { want: "Enabled", holds: ["Enabled"], not: ["enabled", "Enabled ", "1", ""] },
    { want: "", holds: [""], not: [" ", "0"] },
    { want: "1", holds: ["1"], not: ["true", "01"] },
  ])("$want holds for $holds and not for $not", ({ want, holds, not }) => {
    for (const text of holds) expect(saysLiteral(want, text), text).toBe(true);
    for (const text of not) expect(saysLiteral(want, text), text).toBe(false);
  });

  it("holds once it is written", () => {
    const literal = fc.oneof(fc.string(), fc.boolean(), fc.integer());
    fc.assert(fc.property(literal, (want) => saysLiteral(want, literalText(want))));
  });

  it.for<{ a: Literal; b: Literal; meet: boolean }>([
    { a: true, b: 1, meet: true },
    { a: false, b: "FALSE", meet: true },
    { a: "01", b: 1, meet: true },
    { a: true, b: false, meet: false },
    { a: 0, b: 1, meet: false },
    { a: "on", b: "On", meet: false },
  ])("$a and $b can be one text: $meet", ({ a, b, meet }) => {
    expect(literalsMeet(a, b)).toBe(meet);
    expect(literalsMeet(b, a)).toBe(meet);
  });
});
