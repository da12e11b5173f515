import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "../../../src/controller/turns.ts";
import { CALL_CLASSES, type CallClass } from "../../../src/model/call-class.ts";

const WEIGHTS = { returning: 8, rollout: 4, drift: 4, read: 1 } as const;
type Weighted = keyof typeof WEIGHTS;
const WEIGHTED = Object.keys(WEIGHTS) as Weighted[];

const due = fc.subarray<CallClass>([...CALL_CLASSES]);

describe("turns between the classes", () => {
  it("are shared by weight, over any 100 of them, within 10 % of all turns", () => {
    fc.assert(
      fc.property(
        fc.subarray(WEIGHTED, { minLength: 1 }),
        fc.array(due, { maxLength: 60 }),
        (classes, before) => {
          const turns = new Turns();
          for (const some of before) turns.next(some, false);
          const taken = Array.from({ length: 300 }, () => turns.next(classes, false));
          const total = classes.reduce((sum, cls) => sum + WEIGHTS[cls], 0);
          for (let from = 0; from + 100 <= taken.length; from += 10) {
            for (const cls of classes) {
              const share = taken.slice(from, from + 100).filter((one) => one === cls).length / 100;
              expect(Math.abs(share - WEIGHTS[cls] / total)).toBeLessThanOrEqual(0.1);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("leave nobody waiting for ever: each class with work gets a turn within the sum of the weights", () => {
    const turns = new Turns();
    const taken = Array.from({ length: 17 * 20 }, () => turns.next(WEIGHTED, false));
    for (let from = 0; from + 17 <= taken.length; from += 1) {
      expect(new Set(taken.slice(from, from + 17)).size).toBe(WEIGHTED.length);
    }
  });

  it("go to urgent whenever it has work, whatever else waits (I8)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(due, fc.boolean()), { maxLength: 30 }), (rounds) => {
        const turns = new Turns();
        for (const [classes, probes] of rounds) {
          const cls = turns.next(classes, probes);
          if (classes.includes("urgent")) expect(cls).toBe("urgent");
        }
      }),
    );
  });

  it("go only to classes that have work, and to a probe only within its budget (I9)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(due, fc.boolean()), { maxLength: 30 }), (rounds) => {
        const turns = new Turns();
        for (const [classes, probes] of rounds) {
          const cls = turns.next(classes, probes);
          const able = classes.filter((one) => one !== "probe" || probes);
          expect(cls === null).toBe(able.length === 0);
          if (cls !== null) expect(able).toContain(cls);
        }
      }),
    );
  });

  it("are shared by weight in the ACS's time, whatever the passes of a class cost", () => {
    const cost = fc.integer({ min: 50, max: 20_000 });
    const costs = fc.record({ returning: cost, rollout: cost, drift: cost, read: cost });
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 4 }), (each, atOnce) => {
        const turns = new Turns();
        const spent = { returning: 0, rollout: 0, drift: 0, read: 0 };
        const under: Weighted[] = [];
        let total = 0;
        const longest = Math.max(...Object.values(each));
        while (total < 400 * longest) {
          const cls = turns.next(WEIGHTED, false) as Weighted;
          under.push(cls);
          if (under.length < atOnce) continue;
          const done = under.shift() ?? cls;
          turns.ended(done, each[done]);
          spent[done] += each[done];
          total += each[done];
        }
        for (const cls of WEIGHTED) {
          const short = Math.abs(spent[cls] - (total * WEIGHTS[cls]) / 17);
          // What is under way, and what it was wrongly taken to cost at first.
          expect(short).toBeLessThanOrEqual(2 * (atOnce + 1) * longest);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("save nothing up for a class that had no work", () => {
    const turns = new Turns();
    const others: CallClass[] = ["returning", "drift"];
    for (let i = 0; i < 1_000; i += 1) turns.ended(turns.next(others, false) ?? "drift", 1_000);
    const taken = Array.from({ length: 100 }, () => {
      const cls = turns.next([...others, "read"], false);
      if (cls !== null) turns.ended(cls, 1_000);
      return cls;
    });
    expect(taken.filter((cls) => cls === "read").length).toBeLessThanOrEqual(9);
  });

  it("cost nothing when nothing was begun after all", () => {
    const turns = new Turns();
    for (let i = 0; i < 50; i += 1) turns.ended(turns.next(["read"], false) ?? "read", null);
    const first = turns.next(["drift", "read"], false);
    turns.ended(first ?? "read", 1_000);
    expect(new Set([first, turns.next(["drift", "read"], false)]).size).toBe(2);
  });
});
