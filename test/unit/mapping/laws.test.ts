/**
 * The laws of the mapping language over every shipped map, on the recorded trees and on copies with other row numbers.
 * The normal form and the frame are written down here by hand; the maps' own code has no say in them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel, Credential, LogicalValue } from "../../../src/model/logical.ts";
import { editsOf } from "../../support/operations.ts";
import { answer, applied, renumbered, whole, withText, type Numbering } from "./device.ts";
import { mapperOf, readTree, type MapName, type Tree } from "./fixtures.ts";

const IGD = "InternetGatewayDevice.";
const EAP = `${IGD}OperatorProfile.1.SubscriptionParameters.EAPProfile.`;
const PLAN = `${IGD}OperatorProfile.1.WiMAXNetworkParameters.ChannelPlan.`;
const RULES = `${IGD}X_SW_WiMAX.ChannelTable.`;

/** Texts with separators, spaces, control characters and letters beyond ASCII; mostly short, some beyond 64. */
const text = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({
      unit: fc.constantFrom("a", "B", ".", "ü", "漢", "😀", "7"),
      maxLength: 10,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.string({
      unit: fc.constantFrom("a", "B", "@", ",", ".", " ", "ü", "ß", "漢", "😀", "\t", "7"),
      maxLength: 12,
    }),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 60, maxLength: 70 }) },
);
const credential = fc
  .record({ user: text, realm: text })
  .map(({ user, realm }): Credential => ({ user, realm }));
const centreKhz = fc.oneof(
  fc.integer({ min: 1, max: 12_000_000 }),
  fc.constantFrom(2505000, 2515000, 3532500, 3505000),
);
const bandwidthKhz = fc.constantFrom(3500, 5000, 7000, 10000);
const channels = fc
  .array(fc.record({ centreKhz, bandwidthKhz }), { minLength: 1, maxLength: 7 })
  .map((list): Channel[] => list.map((one) => ({ ...one })));
const scanList = fc.array(centreKhz, { minLength: 1, maxLength: 40 });
const number = fc.integer({ min: 0, max: 1_000_000 });

const lower = (value: LogicalValue): LogicalValue => {
  const { user, realm } = value as Credential;
  return { user, realm: realm.toLowerCase() };
};
const asIs = (value: LogicalValue): LogicalValue => value;
const sortedSet = (value: LogicalValue): LogicalValue => {
  const unique = new Map(
    (value as Channel[]).map((one) => [`${one.centreKhz}/${one.bandwidthKhz}`, one]),
  );
  return [...unique.values()].sort(
    (a, b) => a.centreKhz - b.centreKhz || a.bandwidthKhz - b.bandwidthKhz,
  );
};

interface Case {
  readonly map: MapName;
  readonly logical: string;
  readonly values: fc.Arbitrary<LogicalValue>;
  readonly normal: (value: LogicalValue) => LogicalValue;
  /** Paths that an edit of it may change, on the tree as recorded and on renumbered copies. */
  readonly frame: RegExp;
  /** Table whose rows get other numbers in the renumbered copy; null where nothing has a number to change. */
  readonly table: string | null;
}

const cases: readonly Case[] = [
  {
    map: "huawei-bm632w",
    logical: "wimax.auth.identity",
    values: credential,
    normal: lower,
    frame: /\.EAPProfile\.\d+\.(Identity|Realm)$/,
    table: EAP,
  },
  {
    map: "huawei-bm632w",
    logical: "radio.channel-plan",
    values: channels,
    normal: sortedSet,
    frame: /\.ChannelPlan\.\d+\.(FirstFrequency|LastFrequency|NextFrequencySteps|Bandwidth)$/,
    table: PLAN,
  },
  {
    map: "huawei-eg8145v5",
    logical: "wan.ppp.credential",
    values: credential,
    normal: lower,
    frame: /\.WANConnectionDevice\.(4|11)\.WANPPPConnection\.1\.Username$/,
    table: `${IGD}WANDevice.1.WANConnectionDevice.`,
  },
  {
    map: "tplink-ec220-g5-v3",
    logical: "wan.ppp.credential",
    values: credential,
    normal: lower,
    frame: /\.PPP\.Interface\.\d+\.Username$/,
    table: "Device.PPP.Interface.",
  },
  {
    map: "talk-frequency-table",
    logical: "wan.ppp.credential",
    values: credential,
    normal: lower,
    frame: /\.PPP\.Interface\.\d+\.Username$/,
    table: "Device.PPP.Interface.",
  },
  {
    map: "talk-frequency-table",
    logical: "radio.scan-list",
    values: scanList,
    normal: asIs,
    frame: /\.FrequencyTable$/,
    table: null,
  },
  {
    map: "talk-frequency-table",
    logical: "radio.bandwidth",
    values: number,
    normal: asIs,
    frame: /\.X_GP_WiMAX\.Bandwidth$/,
    table: null,
  },
  {
    map: "talk-channel-rules",
    logical: "wimax.auth.identity",
    values: credential,
    normal: lower,
    frame: /\.Auth\.(Username|Realm)$/,
    table: null,
  },
  {
    map: "talk-channel-rules",
    logical: "radio.channel-plan",
    values: channels,
    normal: asIs,
    frame: /\.ChannelTable\.Rule\d\d$/,
    table: `${RULES}Rule`,
  },
];

const runs = { numRuns: 100 };
const REFUSALS = ["domain", "inexact", "table_full"];

/** The recorded tree, a copy with other numbers, and for the rules a table that is empty. */
function startsOf({ map, table, logical }: Case): Tree[] {
  const tree = readTree(map);
  const starts = table === null ? [tree] : [tree, renumbered(tree, table, 7)];
  if (map !== "talk-channel-rules" || logical !== "radio.channel-plan") return starts;
  return [tree, withText(tree, { [`${RULES}Rule01`]: null, [`${RULES}Rule02`]: null })];
}

const changedPaths = (before: Tree, after: Tree): string[] =>
  [...new Set([...before.nodes.keys(), ...after.nodes.keys()])].filter(
    (path) => before.nodes.get(path)?.value !== after.nodes.get(path)?.value,
  );

describe.for(cases)("$logical of $map", (one) => {
  const mapper = mapperOf(one.map);
  const starts = startsOf(one);
  const start = fc.constantFrom(...starts);
  const numbering = fc.constantFrom<Numbering>("after-last", "lowest-free");
  const valueIn = (tree: Tree): LogicalValue => {
    const got = mapper.get(one.logical, whole(tree));
    if (got.kind !== "value") throw new Error(`${one.logical} is ${got.kind}`);
    return got.value;
  };
  const put = (value: LogicalValue, tree: Tree) => mapper.put(one.logical, value, whole(tree));

  it("PutGet and Quiet: what was put is read back, and putting it again makes no edits", () => {
    fc.assert(
      fc.property(start, one.values, numbering, (tree, value, numbers) => {
        const result = put(value, tree);
        if (result.kind === "refused") {
          expect(REFUSALS).toContain(result.code);
          return;
        }
        const after = applied(tree, result.calls, numbers);
        expect(valueIn(after)).toEqual(one.normal(value));
        expect(put(value, after)).toEqual({ kind: "edits", calls: [] });
      }),
      runs,
    );
  });

  it("GetPut: putting what is there makes no edits", () => {
    for (const tree of starts)
      expect(put(valueIn(tree), tree)).toEqual({ kind: "edits", calls: [] });
    fc.assert(
      fc.property(start, one.values, (tree, value) => {
        const result = put(value, tree);
        if (result.kind === "refused") return;
        const after = applied(tree, result.calls);
        expect(put(valueIn(after), after)).toEqual({ kind: "edits", calls: [] });
      }),
      runs,
    );
  });

  it("PutPut: writing one value and then another reads back as writing the other alone", () => {
    fc.assert(
      fc.property(start, one.values, one.values, numbering, (tree, first, second, numbers) => {
        const before = put(first, tree);
        if (before.kind === "refused") return;
        const middle = applied(tree, before.calls, numbers);
        const [late, alone] = [put(second, middle), put(second, tree)];
        expect(late.kind).toBe(alone.kind);
        if (late.kind === "refused" || alone.kind === "refused") return;
        expect(valueIn(applied(middle, late.calls, numbers))).toEqual(
          valueIn(applied(tree, alone.calls, numbers)),
        );
      }),
      runs,
    );
  });

  it("Frame: nothing changes outside the paths of the binding", () => {
    fc.assert(
      fc.property(start, one.values, (tree, value) => {
        const result = put(value, tree);
        if (result.kind === "refused") return;
        for (const path of changedPaths(tree, applied(tree, result.calls)))
          expect(path).toMatch(one.frame);
      }),
      runs,
    );
  });

  it("Domain: any value is written whole or refused with a code, and nothing is thrown", () => {
    fc.assert(
      fc.property(start, fc.anything(), (tree, value) => {
        const result = put(value as LogicalValue, tree);
        if (result.kind === "edits") applied(tree, result.calls);
        else expect(REFUSALS).toContain(result.code);
      }),
      runs,
    );
  });

  // A binding without a row has no number that could change.
  if (one.table !== null)
    it("Renumber: other row numbers change no value, and only the numbers in edits", () => {
      const { table } = one;
      const tree = readTree(one.map);
      const moved = renumbered(tree, table ?? "", 7);
      expect(valueIn(moved)).toEqual(valueIn(tree));
      fc.assert(
        fc.property(one.values, (value) => {
          const [here, there] = [put(value, tree), put(value, moved)];
          if (here.kind === "refused" || there.kind === "refused") {
            expect(there.kind).toBe(here.kind);
            return;
          }
          const width = table?.endsWith("Rule") === true ? 2 : 1;
          const back = (path: string): string =>
            path
              .replace(table ?? "", "")
              .replace(/^\d+/, (digits) => String(Number(digits) - 7).padStart(width, "0"));
          const without = (path: string): string => path.replace(table ?? "", "");
          const shape = (calls: typeof here.calls, print: (path: string) => string) =>
            calls.map((call) =>
              editsOf(call).map((edit) =>
                edit.path.startsWith(table ?? "") ? { ...edit, path: print(edit.path) } : edit,
              ),
            );
          expect(shape(there.calls, back)).toEqual(shape(here.calls, without));
        }),
        runs,
      );
    });

  it("reading only what is wanted decodes to the same value as reading everything", () => {
    for (const tree of starts) {
      const first = answer(tree, mapper.wanted([one.logical], null));
      const known = answer(tree, mapper.wanted([one.logical], first));
      for (const snapshot of [first, known]) {
        expect(mapper.get(one.logical, snapshot)).toEqual(mapper.get(one.logical, whole(tree)));
      }
    }
  });
});
