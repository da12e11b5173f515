/** What is written first and last within a binding: its switches. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../src/model/logical.ts";
import { applied, bound, SECRET, type Held } from "./small-device.ts";

const ON = "Device.Enable";
const GO = "Device.Commit";
const NAME = "Device.Name";
const lens = [{ at: NAME }];
const around = { disable: { [ON]: false }, enable: { [ON]: true } };
const commit = { enable: { [GO]: 1 } };
const session = { disable: { "Device.Edit": 1 }, enable: { [GO]: 1 } };

/** GBCOM: the mode last on lock and first on unlock. */
const MODE = "Device.Mode";
const lock = [
  { optional: { none: { set: { [MODE]: 0 } }, some: { set: { [MODE]: 1 } } } },
  {
    split: {
      band: [{ int: {} }, { at: "Device.Band" }],
      earfcn: [{ int: {} }, { at: "Device.Freq" }],
      cell: [{ int: {} }, { at: "Device.Cell" }],
    },
  },
];
/** As above, and the numbers are tidied up. */
const tidied = [
  {
    optional: {
      none: { set: { [MODE]: 0 }, write: { "Device.Band": 0, "Device.Cell": 0 } },
      some: { set: { [MODE]: 1 } },
    },
  },
  ...lock.slice(1),
];
const modeLast = { enable: { [MODE]: 1 } };
const unlockFirst = { disable: { [MODE]: 0 }, enable: { [MODE]: 1 } };
const locked = (mode: string, cell = "7"): Held => ({
  [MODE]: mode,
  "Device.Band": "38",
  "Device.Freq": "37900",
  "Device.Cell": cell,
});
const CELL_8 = { band: 38, earfcn: 37900, cell: 8 };

describe("the calls of a binding", () => {
  it.for<{ reason: string; order: object; held: Held; want: string[] | string }>([
    {
      reason: "off, the value, on",
      order: around,
      held: { [ON]: "true", [NAME]: "old" },
      want: [`${ON}=0`, `${NAME}=new`, `${ON}=1`],
    },
    {
      reason: "no call to switch off what is off",
      order: around,
      held: { [ON]: "0", [NAME]: "old" },
      want: [`${NAME}=new`, `${ON}=1`],
    },
    {
      reason: "nothing where nothing is to be written",
      order: around,
      held: { [ON]: "1", [NAME]: "new" },
      want: [],
    },
    {
      reason: "on, where the value came through and the switch was left off",
      order: around,
      held: { [ON]: "false", [NAME]: "new" },
      want: [`${ON}=1`],
    },
    {
      reason: "a commit behind the value, though it reads back as it did",
      order: commit,
      held: { [GO]: "0", [NAME]: "old" },
      want: [`${NAME}=new`, `${GO}=1`],
    },
    {
      reason: "no commit of nothing",
      order: commit,
      held: { [GO]: "0", [NAME]: "new" },
      want: [],
    },
    {
      reason: "begin, the value, commit",
      order: session,
      held: { "Device.Edit": "0", [GO]: "0", [NAME]: "old" },
      want: ["Device.Edit=1", `${NAME}=new`, `${GO}=1`],
    },
    {
      reason: "on and committed, where both were missed",
      order: { disable: { [ON]: false }, enable: { [ON]: true, [GO]: 1 } },
      held: { [ON]: "0", [GO]: "0", [NAME]: "new" },
      want: [`${ON}=1 ${GO}=1`],
    },
    {
      reason: "on for one of two switches, and the other is left alone",
      order: {
        disable: { [ON]: false, "Device.Edit": 0 },
        enable: { [ON]: true, "Device.Edit": 1 },
      },
      held: { [ON]: "0", "Device.Edit": "1", [NAME]: "new" },
      want: [`${ON}=1`],
    },
    { reason: "no switch", order: around, held: { [NAME]: "old" }, want: "absent" },
    {
      reason: "a switch not read",
      order: around,
      held: { [ON]: "?", [NAME]: "old" },
      want: "unread",
    },
  ])("are $reason", ({ order, held, want }) => {
    expect(bound("voice.line1.number", lens, { order }).put("new", held)).toEqual(want);
  });

  it.for<{
    reason: string;
    order: object;
    value: LogicalValue;
    held: Held;
    want: string[];
  }>([
    {
      reason: "the mode last, on lock",
      order: modeLast,
      value: CELL_8,
      held: locked("0"),
      want: ["Device.Cell=8", `${MODE}=1`],
    },
    {
      reason: "only the mode, on unlock",
      order: modeLast,
      value: null,
      held: locked("1"),
      want: [`${MODE}=0`],
    },
    {
      reason: "only the cell, where it stays locked",
      order: modeLast,
      value: CELL_8,
      held: locked("1"),
      want: ["Device.Cell=8"],
    },
    {
      reason: "unlocked, changed and locked again",
      order: unlockFirst,
      value: CELL_8,
      held: locked("1"),
      want: [`${MODE}=0`, "Device.Cell=8", `${MODE}=1`],
    },
    {
      reason: "not locked again, where it is to stay unlocked",
      order: unlockFirst,
      value: null,
      held: locked("1"),
      want: [`${MODE}=0`],
    },
    {
      reason: "only the mode, where all else is right",
      order: unlockFirst,
      value: CELL_8,
      held: locked("0", "8"),
      want: [`${MODE}=1`],
    },
  ])("move a switch of their own: $reason", ({ order, value, held, want }) => {
    expect(bound("radio.lock", lock, { order }).put(value, held)).toEqual(want);
  });

  it("put the mode first and the tidied numbers behind it, on unlock", () => {
    const want = [`${MODE}=0`, "Device.Band=0 Device.Cell=0"];
    expect(bound("radio.lock", tidied, { order: modeLast }).put(null, locked("1"))).toEqual(want);
  });

  it("leave a switch of their own where their steps want it", () => {
    const set = (mode: number) => ({ set: { [MODE]: mode, [ON]: mode } });
    const both = [{ optional: { none: set(0), some: set(1) } }, ...lock.slice(1)];
    const one = bound("radio.lock", both, { order: { enable: { [MODE]: 1 } } });
    expect(one.put(null, { ...locked("0"), [ON]: "1" })).toEqual([`${ON}=0`]);
  });

  it("stand around a secret as well", () => {
    const one = bound("local.admin-password", [{ secret: {} }, { at: NAME }], { order: around });
    expect(one.put(SECRET, { [ON]: "1", [NAME]: "" })).toEqual([
      `${ON}=0`,
      `${NAME}=secret`,
      `${ON}=1`,
    ]);
  });

  it("are read with their switches", () => {
    const { mapper } = bound("voice.line1.number", lens, { order: around });
    expect(mapper.wanted(["voice.line1.number"], null)).toContain(ON);
  });
});

it("a value that is right behind a switch that is off is nonconforming", () => {
  const one = bound("voice.line1.number", lens, { order: around });
  expect(one.get({ [ON]: "0", [NAME]: "new" })).toBe("nonconforming");
  expect(one.get({ [ON]: "1", [NAME]: "new" })).toBe("new");
  expect(one.get({ [ON]: "?", [NAME]: "new" })).toBe("unread");
  expect(bound("voice.line1.number", lens, { order: commit }).get({ [GO]: "0", [NAME]: "x" })).toBe(
    "x",
  );
});

describe.for([
  { name: "off and on", logical: "radio.lock", order: around },
  { name: "a mode that is moved", logical: "radio.lock", order: modeLast },
  { name: "a mode that goes off first", logical: "radio.lock", order: unlockFirst },
])("with $name, in any state and cut after any call", ({ logical, order }) => {
  const one = bound(logical, lock, { order });
  const states = fc.record({
    [ON]: fc.constantFrom("0", "1"),
    [MODE]: fc.constantFrom("0", "1"),
    "Device.Band": fc.constantFrom("1", "38"),
    "Device.Freq": fc.constantFrom("1", "37900"),
    "Device.Cell": fc.constantFrom("7", "8"),
  });
  const values = fc.constantFrom<LogicalValue>(null, CELL_8, { ...CELL_8, band: 1 });

  it("the value is reached, all switches are as they should be, and then nothing is written", () => {
    fc.assert(
      fc.property(states, values, fc.integer({ min: 0, max: 3 }), (held, value, cut) => {
        const calls = one.calls(value, held);
        if (calls === undefined) throw new Error("refused");
        // Power fails behind some call; the next pass goes on from what it reads.
        const middle = applied(held, calls.slice(0, cut));
        const rest = one.calls(value, middle);
        if (rest === undefined) throw new Error("refused");
        const after = applied(middle, rest);
        expect(one.get(after)).toEqual(value);
        if (order === around) expect(after[ON]).toBe("1");
        expect(one.put(value, after)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
