/** Parameters with several homes: `firstOf`, `all`, `cases`, and `also` with companions that are not texts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../src/model/logical.ts";
import { EMPTY_SNAPSHOT } from "../../../src/model/parameter.ts";
import { buildLens } from "../../../src/mapping/pipeline.ts";
import { viewOf } from "../../../src/mapping/snapshot-view.ts";
import { applied, bound, type Held } from "./small-device.ts";

const A = "Device.A";
const B = "Device.B";
const SOFTWARE = "Device.DeviceInfo.SoftwareVersion";

const first = [{ text: {} }, { firstOf: [A, B] }];
const both = [
  {
    all: [
      [{ text: {} }, { at: A }],
      [{ text: { max: 8 } }, { at: B }],
    ],
  },
];
/** A name in lower case where the device has the new branch, in upper case in the old one. */
const byPresence = [
  {
    cases: [
      { when: { has: "Device.New." }, lens: [{ lower: {} }, { at: "Device.New.Name" }] },
      { when: { has: A, lacks: B }, lens: [{ upper: {} }, { at: A }] },
      { lens: [{ at: B }] },
    ],
  },
];
const noneElse = [
  {
    cases: [
      { when: { has: A }, lens: [{ at: A }] },
      { when: { has: B }, lens: [{ at: B }] },
    ],
  },
];
/** Greatek Stavix: both homes exist, and firmware from V2.3.7 on uses the new one. */
const byVersion = [
  {
    cases: [
      {
        when: { version: { scheme: "dotted", strip: "V", range: ">=2.3.7" } },
        lens: [{ at: B }],
      },
      { lens: [{ at: A }] },
    ],
  },
];
const companions = [{ also: { [B]: true, "Device.C": 3 } }, { at: A }];

describe("what is read", () => {
  it.for<{ reason: string; lens: readonly unknown[]; held: Held; want: unknown }>([
    { reason: "the first home", lens: first, held: { [A]: "a", [B]: "b" }, want: "a" },
    { reason: "an empty first home is a home", lens: first, held: { [A]: "", [B]: "b" }, want: "" },
    { reason: "a nil first home too", lens: first, held: { [A]: null, [B]: "b" }, want: "unread" },
    { reason: "the second home", lens: first, held: { [B]: "b" }, want: "b" },
    {
      reason: "nothing while the first was not read",
      lens: first,
      held: { [A]: "?", [B]: "b" },
      want: "unread",
    },
    { reason: "no home", lens: first, held: {}, want: "absent" },

    { reason: "two homes that agree", lens: both, held: { [A]: "a", [B]: "a" }, want: "a" },
    {
      reason: "two homes that differ",
      lens: both,
      held: { [A]: "a", [B]: "b" },
      want: "nonconforming",
    },
    { reason: "one home of two", lens: both, held: { [A]: "a" }, want: "absent" },
    { reason: "one of two read", lens: both, held: { [A]: "a", [B]: "?" }, want: "unread" },

    {
      reason: "a subtree that is there",
      lens: byPresence,
      held: { "Device.New.Name": "N", [A]: "a" },
      want: "n",
    },
    { reason: "two conditions that hold", lens: byPresence, held: { [A]: "a" }, want: "A" },
    { reason: "the last case", lens: byPresence, held: { [A]: "a", [B]: "b" }, want: "b" },
    {
      reason: "a condition that was not read",
      lens: byPresence,
      held: { [A]: "?", [B]: "?" },
      want: "unread",
    },
    {
      reason: "not the condition that was not read, where another one fails",
      lens: byPresence,
      held: { [A]: "?", [B]: "b" },
      want: "b",
    },
    { reason: "no case", lens: noneElse, held: { "Device.C": "c" }, want: "absent" },

    {
      reason: "the new firmware",
      lens: byVersion,
      held: { [SOFTWARE]: "V2.3.10", [A]: "a", [B]: "b" },
      want: "b",
    },
    {
      reason: "the old firmware",
      lens: byVersion,
      held: { [SOFTWARE]: "V2.3.6", [A]: "a", [B]: "b" },
      want: "a",
    },
    {
      reason: "a firmware that nobody can read is not the old one",
      lens: byVersion,
      held: { [SOFTWARE]: "beta", [A]: "a", [B]: "b" },
      want: "foreign",
    },
    {
      reason: "a firmware not read",
      lens: byVersion,
      held: { [SOFTWARE]: "?", [A]: "a", [B]: "b" },
      want: "unread",
    },
    { reason: "no firmware", lens: byVersion, held: { [A]: "a", [B]: "b" }, want: "absent" },

    {
      reason: "companions in another spelling",
      lens: companions,
      held: { [A]: "a", [B]: "TRUE", "Device.C": "03" },
      want: "a",
    },
    {
      reason: "a companion that differs",
      lens: companions,
      held: { [A]: "a", [B]: "0", "Device.C": "3" },
      want: "nonconforming",
    },
  ])("$reason: $held is $want", ({ lens, held, want }) => {
    expect(bound("voice.line1.number", lens).get(held)).toEqual(want);
  });
});

describe("what is written", () => {
  it.for<{
    reason: string;
    lens: readonly unknown[];
    held: Held;
    want: string[] | string;
    value?: string;
  }>([
    { reason: "the first home", lens: first, held: { [A]: "", [B]: "b" }, want: [`${A}=Xy`] },
    { reason: "the second home", lens: first, held: { [B]: "b" }, want: [`${B}=Xy`] },
    { reason: "no home", lens: first, held: {}, want: "absent" },
    { reason: "not read", lens: first, held: { [A]: "?", [B]: "b" }, want: "unread" },

    { reason: "both homes", lens: both, held: { [A]: "a", [B]: "a" }, want: [`${A}=Xy ${B}=Xy`] },
    {
      reason: "the home that differs",
      lens: both,
      held: { [A]: "Xy", [B]: "b" },
      want: [`${B}=Xy`],
    },
    {
      reason: "neither, where one could not take it",
      lens: both,
      held: { [A]: "a", [B]: "a" },
      value: "much too long",
      want: "domain",
    },
    { reason: "one home of two", lens: both, held: { [A]: "a" }, want: "absent" },
    {
      reason: "not a home that says so in the form of its own steps",
      lens: [
        { upper: {} },
        {
          all: [
            [{ lower: {} }, { at: A }],
            [{ lower: {} }, { at: B }],
          ],
        },
      ],
      held: { [A]: "XY", [B]: "b" },
      want: [`${B}=xy`],
    },

    {
      reason: "in the form of the case",
      lens: byPresence,
      held: { [A]: "a" },
      want: [`${A}=XY`],
    },
    {
      reason: "not, where the case shows it already",
      lens: byPresence,
      held: { "Device.New.Name": "xY" },
      want: [],
    },
    {
      reason: "not by a version that nobody can read",
      lens: byVersion,
      held: { [SOFTWARE]: "beta", [A]: "a", [B]: "b" },
      want: "foreign",
    },
    {
      reason: "with its companions",
      lens: companions,
      held: { [A]: "a", [B]: "false", "Device.C": "3" },
      want: [`${A}=Xy ${B}=1`],
    },
  ])("$reason: $held gives $want", ({ lens, held, want, value = "Xy" }) => {
    expect(bound("voice.line1.number", lens).put(value, held)).toEqual(want);
  });

  it("is never guessed from a version that nobody can read, also where foreign values may go", () => {
    const one = bound("voice.line1.number", byVersion, { overwriteForeign: true });
    expect(one.put("x", { [SOFTWARE]: "beta", [A]: "a", [B]: "b" })).toBe("foreign");
  });
});

describe("a home below an anchor that finds no row", () => {
  const anchors = { up: { row: "Device.Row.{r}", where: [{ param: "Enable", equals: true }] } };
  const later = { "Device.B": "b" };
  it.for([
    { form: "firstOf", lens: [{ firstOf: ["$up.Name", B] }] },
    {
      form: "cases",
      lens: [
        {
          cases: [
            { when: { has: "$up.Enable" }, lens: [{ at: "$up.Name" }] },
            { lens: [{ at: B }] },
          ],
        },
      ],
    },
  ])("$form: is passed over in reading, and stops a write", ({ lens }) => {
    const one = bound("voice.line1.number", lens, {}, anchors);
    const on = { "Device.Row.3.Enable": "1", "Device.Row.3.Name": "a", ...later };
    expect(one.get(on)).toBe("a");
    expect(one.put("x", on)).toEqual(["Device.Row.3.Name=x"]);
    const off = { ...on, "Device.Row.3.Enable": "0" };
    expect(one.get(off)).toBe("b");
    expect(one.put("x", off)).toBe("no_instance");
    expect(one.put("b", off)).toEqual([]);
    expect(one.get({ ...on, "Device.Row.3.Enable": "?" })).toBe("unread");
    expect(one.get({ "Device.Row.3.Enable": "0", "Device.Row.3.Name": "a" })).toBe("absent");
  });
});

it("a value that one of several homes cannot hold has no normal form", () => {
  const { lens } = buildLens("voice.line1.number", both, "", new Set());
  const view = viewOf(EMPTY_SNAPSHOT, new Map());
  expect(lens.normal("short", view)).toEqual({ ok: true, value: "short" });
  expect(lens.normal("much too long", view)).toMatchObject({ ok: false, code: "domain" });
});

describe.for([
  { name: "firstOf", lens: first },
  { name: "all", lens: both },
  { name: "cases by presence", lens: byPresence },
  { name: "cases by version", lens: byVersion },
])("$name on any device", ({ lens }) => {
  const one = bound("voice.line1.number", lens);
  const text = fc.constantFrom("", "a", "A", "xy", "XY", "much too long");
  const devices = fc.record(
    {
      [A]: text,
      [B]: text,
      "Device.New.Name": text,
      [SOFTWARE]: fc.constantFrom("V2.3.6", "V2.3.7", "3", "beta"),
    },
    { requiredKeys: [] },
  );
  const values = fc.constantFrom("a", "A", "xy", "much too long");

  it("PutGet, Quiet, GetPut", () => {
    let written = 0;
    fc.assert(
      fc.property(devices, values, (held, value) => {
        const calls = one.calls(value, held);
        if (calls === undefined) return;
        if (calls.length > 0) written += 1;
        const after = applied(held, calls);
        const shown = one.get(after);
        expect(String(shown).toLowerCase()).toBe(value.toLowerCase());
        expect(one.put(value, after)).toEqual([]);
        expect(one.put(shown as LogicalValue, after)).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(written).toBeGreaterThan(20);
  });
});

describe("a text", () => {
  it.for<{ value: string; want: string[] | string }>([
    { value: "ab12", want: [`${A}=ab12`] },
    { value: "ab12x", want: "domain" },
    { value: "xab12", want: "domain" },
    { value: "", want: "domain" },
  ])("fits its pattern whole: $value", ({ value, want }) => {
    const lens = [{ text: { pattern: "ab|ab\\d+" } }, { at: A }];
    expect(bound("voice.line1.number", lens).put(value, { [A]: "?x" })).toEqual(want);
  });
});

describe("what has to be read", () => {
  it("is every home and every condition, an object as a subtree", () => {
    const { mapper } = bound("voice.line1.number", byPresence);
    expect(mapper.wanted(["voice.line1.number"], null)).toEqual(
      expect.arrayContaining(["Device.New.", A, B]) as unknown,
    );
    expect(mapper.wanted(["voice.line1.number"], EMPTY_SNAPSHOT)).toContain("Device.New.");
  });
});
