import { describe, expect, it } from "vitest";
import { setCondition, type Condition } from "../../../src/model/status.ts";

const BEFORE: Condition = {
  type: "Reachable",
  status: "true",
  reason: "Reconciled",
  message: "it answered",
  since: "2026-03-01T00:00:00Z",
  generation: 3,
};
const LATER = "2026-03-02T00:00:00Z";

describe("a condition", () => {
  it.for<{ name: string; given: Partial<Condition>; since: string }>([
    {
      name: "keeps its since while only the words move",
      given: { message: "again" },
      since: BEFORE.since,
    },
    {
      name: "keeps its since while only the reason moves",
      given: { reason: "NeverRead" },
      since: BEFORE.since,
    },
    { name: "moves its since with its status", given: { status: "false" }, since: LATER },
    { name: "counts unknown as a status", given: { status: "unknown" }, since: LATER },
  ])("$name", ({ given, since }) => {
    const [condition, ...others] = setCondition([BEFORE], { ...BEFORE, ...given }, LATER);
    expect(others).toEqual([]);
    expect(condition).toEqual({ ...BEFORE, ...given, since });
  });

  it("starts now when it is said for the first time, and leaves the others alone", () => {
    const list = setCondition([BEFORE], { ...BEFORE, type: "Mapped" }, LATER);
    expect(list).toEqual([BEFORE, { ...BEFORE, type: "Mapped", since: LATER }]);
  });
});
