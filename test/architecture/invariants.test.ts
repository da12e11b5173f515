/** Section 4 of the design: each invariant has a test that names it. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** What the unit tests of deciding, and of the gate, answer for. */
const HERE = ["I4", "I5", "I6", "I7", "I8", "I9", "I13", "I14", "I15", "I18", "I20"];
/** What a fleet that converges has to keep: named by tests of adapters, store and scenarios. */
const ELSEWHERE = ["I1", "I2", "I3", "I10", "I11", "I12", "I16"];

/** Files that name it in a text: the name of a test, or the reason that a case gives. */
function namedBy(): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  const tests = readdirSync("test", { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.(test|contract)\.ts$/.test(file) && !file.endsWith("invariants.test.ts"),
  );
  for (const file of tests) {
    const text = readFileSync(`test/${file}`, "utf8");
    const found = new Set(
      [...text.matchAll(/"[^"\n]*"|`[^`]*`|'[^'\n]*'/g)].flatMap(
        ([quoted]) => quoted.match(/\bI(?:[1-9]|1\d|20)\b/g) ?? [],
      ),
    );
    for (const invariant of found) named.set(invariant, [...(named.get(invariant) ?? []), file]);
  }
  return named;
}

const named = namedBy();

describe("an invariant is named by a test", () => {
  it.for([...HERE, ...ELSEWHERE])("%s", (invariant) => {
    expect(named.get(invariant) ?? []).not.toEqual([]);
  });

  it.for(["I5", "I6", "I15"])("%s, by a test of the pure part that decides it", (invariant) => {
    const deciding = (named.get(invariant) ?? []).filter((file) =>
      file.startsWith("unit/reconcile/"),
    );
    expect(deciding).not.toEqual([]);
  });
});
