import { describe, expect, it } from "vitest";
import { CallLog, type OpenCall } from "../../../../src/acs/simulator/calls.ts";

/** A log on a clock that the test moves; `b` begins a call of a name, `e` ends it. */
function played(script: [number, "b" | "e", string][]): CallLog {
  let now = 1_000;
  const log = new CallLog(3, null, () => now);
  const open = new Map<string, OpenCall>();
  for (const [at, what, name] of script) {
    now = 1_000 + at;
    const call = open.get(name);
    if (what === "b") open.set(name, log.begin("FTCPEStatus", name, ""));
    else if (call !== undefined) log.end(call, "ok");
  }
  return log;
}

describe("the call log", () => {
  it.each([
    ["no calls", [], { maxInFlight: 0, longestOverlapMs: 0, busyMs: 0, idleShare: null }],
    [
      "one after the other",
      [
        [0, "b", "x"],
        [40, "e", "x"],
        [60, "b", "y"],
        [100, "e", "y"],
      ],
      { maxInFlight: 1, longestOverlapMs: 0, busyMs: 80, idleShare: 0.2 },
    ],
    [
      "one begins in the tick in which the other ends",
      [
        [0, "b", "x"],
        [40, "e", "x"],
        [40, "b", "y"],
        [100, "e", "y"],
      ],
      { maxInFlight: 1, longestOverlapMs: 0, busyMs: 100, idleShare: 0 },
    ],
    [
      "two overlap",
      [
        [0, "b", "x"],
        [30, "b", "y"],
        [40, "e", "x"],
        [100, "e", "y"],
      ],
      { maxInFlight: 2, longestOverlapMs: 10, busyMs: 100, idleShare: 0 },
    ],
    [
      "a chain of three is one overlap",
      [
        [0, "b", "x"],
        [10, "b", "y"],
        [20, "b", "z"],
        [30, "e", "x"],
        [50, "e", "y"],
        [60, "e", "z"],
      ],
      { maxInFlight: 3, longestOverlapMs: 40, busyMs: 60, idleShare: 0 },
    ],
  ] satisfies [string, [number, "b" | "e", string][], object][])("%s", (_name, script, want) => {
    expect(played(script).stats()).toMatchObject(want);
  });

  it("numbers calls as they end, so that nobody who pages misses one, and keeps the last ones", () => {
    const log = played([
      [0, "b", "long"],
      [1, "b", "short"],
      [2, "e", "short"],
      [3, "e", "long"],
    ]);
    expect(log.after(0, 10).map((each) => [each.seq, each.serial])).toEqual([
      [1, "short"],
      [2, "long"],
    ]);
    expect(log.after(1, 10)).toHaveLength(1);
    expect(log.after(0, 1)).toHaveLength(1);
    const many = played(
      Array.from({ length: 20 }, (_, i): [number, "b" | "e", string] => [
        i,
        i % 2 === 0 ? "b" : "e",
        `c${Math.floor(i / 2)}`,
      ]),
    );
    expect(many.after(0, 100).map((each) => each.seq)).toEqual([8, 9, 10]);
  });
});
