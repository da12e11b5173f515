import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EMPTY_SNAPSHOT,
  overlay,
  type Reading,
  type Snapshot,
} from "../../../src/model/parameter.ts";

const text = (value: string): Reading => ({ kind: "value", text: value });

function snapshot(values: Record<string, Reading>, covered: string[] = []): Snapshot {
  return { values: new Map(Object.entries(values)), covered };
}

describe("a later read over an earlier one", () => {
  it.for<{ name: string; earlier: Snapshot; later: Snapshot; want: Record<string, Reading> }>([
    {
      name: "keeps what it did not ask for",
      earlier: snapshot({ "A.1": text("old"), "A.2": text("kept") }),
      later: snapshot({ "A.1": text("new") }),
      want: { "A.1": text("new"), "A.2": text("kept") },
    },
    {
      name: "loses the rows that a covered subtree does not show any more",
      earlier: snapshot({ "T.1.X": text("a"), "T.2.X": text("b"), "U.1": text("c") }),
      later: snapshot({ "T.1.X": text("a") }, ["T."]),
      want: { "T.1.X": text("a"), "U.1": text("c") },
    },
    {
      name: "does not take row 1 for row 10",
      earlier: snapshot({ "T.1.X": text("a"), "T.10.X": text("b") }),
      later: snapshot({ "T.1.X": text("c") }, ["T.1."]),
      want: { "T.1.X": text("c"), "T.10.X": text("b") },
    },
    {
      name: "forgets a value that could not be read this time (I5)",
      earlier: snapshot({ "A.1": text("old") }),
      later: snapshot({ "A.1": { kind: "failed", code: 9002, text: "" } }),
      want: { "A.1": { kind: "failed", code: 9002, text: "" } },
    },
    {
      name: "empties a whole subtree that is gone",
      earlier: snapshot({ "T.1.X": text("a") }),
      later: snapshot({}, ["T."]),
      want: {},
    },
  ])("$name", ({ earlier, later, want }) => {
    expect(Object.fromEntries(overlay(earlier, later).values)).toEqual(want);
  });

  it("covers what either covered, each subtree once", () => {
    const both = overlay(snapshot({}, ["A.", "B."]), snapshot({}, ["B.", "C."]));
    expect(both.covered).toEqual(["A.", "B.", "C."]);
  });

  it("shows all of the later one, is the same when laid again, and leaves both as they were", () => {
    const reading = fc.string({ maxLength: 3 }).map(text);
    const arbitrary = fc
      .tuple(
        fc.dictionary(fc.constantFrom("A.1", "A.2", "B.1", "B.C.1"), reading),
        fc.subarray(["A.", "B.", "B.C."]),
      )
      .map(([values, covered]) => snapshot(values, covered));
    fc.assert(
      fc.property(arbitrary, arbitrary, (earlier, later) => {
        const frozen = JSON.stringify([...earlier.values]);
        const both = overlay(earlier, later);
        for (const [path, value] of later.values) expect(both.values.get(path)).toEqual(value);
        expect(overlay(both, later)).toEqual(both);
        expect(overlay(EMPTY_SNAPSHOT, later).values).toEqual(later.values);
        expect(JSON.stringify([...earlier.values])).toBe(frozen);
      }),
    );
  });
});
