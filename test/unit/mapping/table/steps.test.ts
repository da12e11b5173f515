/**
 * Plans are never carried out as a whole: the engine sends the first call, reads the device, and plans anew. In between
 * the process may die, an answer may be lost while the call happened or did not, and a call that was given up may happen
 * later. From every state on the way the rest of the way ends, soon, in exactly the rows that were wanted.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import type { Operation } from "../../../../src/model/parameter.ts";
import { whole } from "../device.ts";
import type { Tree } from "../fixtures.ts";
import { TABLES } from "./cases.ts";
import { after, type Numbering } from "./cpe.ts";
import { treesOf, type TableCase } from "./table-case.ts";
import { saidIn, spareIn, strangersIn, wantedIn } from "./words.ts";

/** What becomes of a call. `done` twice: whether its answer came or was lost makes no difference to the next plan. */
type Fate = "done" | "lost" | "late";
const fates = (...of: Fate[]): fc.Arbitrary<Fate[]> =>
  fc.array(fc.constantFrom<Fate>("done", ...of), { maxLength: 12 });
const numbering = fc.constantFrom<Numbering>("after-last", "lowest-free");
const runs = { numRuns: 100 };

function plan(one: TableCase, value: LogicalValue, tree: Tree): readonly Operation[] {
  const result = one.mapper.put(one.logical, value, whole(tree));
  if (result.kind === "refused") throw new Error(`${result.code} at ${result.path}`);
  return result.calls;
}

interface Walk {
  readonly tree: Tree;
  /** Lengths of all plans on the way. */
  readonly plans: readonly number[];
  /** All states on the way. */
  readonly states: readonly Tree[];
}

/** Plans, sends the first call, and so on until nothing is left to do. Throws when that takes more than `limit` calls. */
function walk(
  one: TableCase,
  value: LogicalValue,
  start: Tree,
  numbers: Numbering,
  fateOf: readonly Fate[],
  limit: number,
): Walk {
  let tree = start;
  let late: Operation[] = [];
  const plans: number[] = [];
  const states = [start];
  for (let turn = 0; ; turn += 1) {
    const [call, ...rest] = plan(one, value, tree);
    if (call === undefined && late.length === 0) return { tree, plans, states };
    if (turn > limit) throw new Error(`no end in ${limit} calls`);
    plans.push(call === undefined ? 0 : rest.length + 1);
    const fate = fateOf[turn] ?? "done";
    const now = call !== undefined && fate === "done" ? after(one.cpe, tree, call, numbers) : tree;
    if (typeof now === "number") throw new Error(`fault ${now}: ${JSON.stringify(call)}`);
    tree = now;
    for (const earlier of late) {
      // What comes late may find other rows, and be refused.
      const then = after(one.cpe, tree, earlier, numbers);
      if (typeof then !== "number") tree = then;
    }
    late = fate === "late" && call !== undefined ? [call] : [];
    states.push(tree);
  }
}

function expectEnd(one: TableCase, value: LogicalValue[], start: Tree, end: Tree): void {
  expect(saidIn(one, end)).toEqual(wantedIn(one, value));
  expect(strangersIn(one, end)).toEqual(strangersIn(one, start));
  expect(spareIn(one, end)).toEqual([]);
}

describe.for(TABLES)("$name", (one) => {
  const trees = treesOf(one);
  const wanted = one.values.filter((value) => typeof wantedIn(one, value) !== "string");

  it("each call that happens makes the plan shorter by one, whether its answer came or not", () => {
    fc.assert(
      fc.property(trees, wanted, fates("lost"), (tree, value, fate) => {
        const { plans, ...end } = walk(one, value, tree, "after-last", fate, 60);
        plans.forEach((length, turn) => {
          const next = plans[turn + 1] ?? 0;
          if (fate[turn] === "lost") expect(next).toBe(length);
          else expect(next).toBe(length - 1);
        });
        expectEnd(one, value, tree, end.tree);
      }),
      runs,
    );
  });

  it("ends in exactly the wanted rows, however rows are numbered and however late calls happen", () => {
    fc.assert(
      fc.property(trees, wanted, numbering, fates("lost", "late"), (tree, value, numbers, fate) => {
        const end = walk(one, value, tree, numbers, fate, 100);
        expectEnd(one, value, tree, end.tree);
      }),
      runs,
    );
  });

  it("is never without both what it had and what it gets", () => {
    fc.assert(
      fc.property(trees, wanted, numbering, fates("lost"), (tree, value, numbers, fate) => {
        const { states } = walk(one, value, tree, numbers, fate, 60);
        const [had, gets] = [new Set(saidIn(one, tree)), new Set(wantedIn(one, value))];
        for (const state of states) {
          const has = new Set(saidIn(one, state));
          expect(
            [...had].every((word) => has.has(word)) || [...gets].every((word) => has.has(word)),
          ).toBe(true);
        }
      }),
      runs,
    );
  });

  it("another list may be wanted on the way", () => {
    fc.assert(
      fc.property(trees, wanted, wanted, fc.nat({ max: 6 }), (tree, first, second, turns) => {
        let now = tree;
        for (let turn = 0; turn < turns; turn += 1) {
          const [call] = plan(one, first, now);
          const next = call === undefined ? now : after(one.cpe, now, call, "after-last");
          if (typeof next === "number") throw new Error(`fault ${next}`);
          now = next;
        }
        const end = walk(one, second, now, "after-last", [], 60);
        expectEnd(one, second, tree, end.tree);
      }),
      runs,
    );
  });
});
