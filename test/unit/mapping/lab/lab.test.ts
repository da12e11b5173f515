/** The laboratory device in sentences: what it takes, what it refuses, what it shows. */
import { describe, expect, it } from "vitest";
import { apply } from "../../../../src/mapping/lab/apply.ts";
import {
  labDevice,
  type LabDevice,
  type LabOptions,
  type RowTrigger,
} from "../../../../src/mapping/lab/device.ts";
import { read } from "../../../../src/mapping/lab/read.ts";
import type { Operation } from "../../../../src/model/parameter.ts";
import { treeOf } from "../../model/tree/trees.ts";

const TREE = treeOf(
  [
    "Device.\tr",
    " PPP.\tr",
    "  Interface.\tw",
    "   1.\tw",
    "    Enable\tw\tboolean\ttrue",
    "    MaxMRUSize\tw\tunsignedInt\t1492",
    "    Password\tw\tstring\tsecret",
    "    Reset\tw\tboolean\tfalse",
    "    Status\tr\tstring\tUp",
    "    Username\tw\tstring\told@isp.example",
    "    Inner.\tw",
    "     1.\tw",
    "      Name\tw\tstring\tx",
    "  InterfaceNumberOfEntries\tr\tunsignedInt\t1",
    " Table.\tr",
    '  DeleteRule\tw\tstring\t""',
    '  InsertRule\tw\tstring\t""',
    "  Rule01\tw\tstring\ta",
    "  Rule03\tw\tstring\tc",
    " Never\tw\t-",
    "",
  ].join("\n"),
);
const PPP = "Device.PPP.Interface.1.";
const IF = "Device.PPP.Interface.";

const set = (values: Readonly<Record<string, string>>): Operation => ({
  kind: "set",
  edits: Object.entries(values).map(([path, text]) => ({ path, value: { kind: "text", text } })),
});
const trigger = (removal: RowTrigger["removal"]): RowTrigger => ({
  insert: "Device.Table.InsertRule",
  prefix: "Device.Table.Rule",
  digits: 2,
  removal,
  maxRows: 3,
  accepts: (text) => /^[a-z]$/.test(text),
});
const EMPTIED = trigger({ by: "text", text: "" });

/** What it shows below a path: text, null for nil, a number for a fault. */
function shown(device: LabDevice, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    [...read(device, names).values].map(([path, reading]) => [
      path,
      reading.kind === "value" ? reading.text : reading.kind === "null" ? null : reading.code,
    ]),
  );
}
const after = (operations: readonly Operation[], options: LabOptions = {}): LabDevice => {
  const done = apply(labDevice(TREE, options), operations);
  if (done.kind === "fault") throw new Error(`fault ${done.code} at ${done.path}`);
  return done.device;
};

describe("a laboratory device takes", () => {
  it.for([
    [set({ [`${PPP}Username`]: "a@b " }), { [`${PPP}Username`]: "a@b " }],
    [set({ [`${PPP}Enable`]: "0" }), { [`${PPP}Enable`]: "false" }],
    [set({ [`${PPP}MaxMRUSize`]: "+0500" }), { [`${PPP}MaxMRUSize`]: "500" }],
    [set({ "Device.Never": "anything" }), { "Device.Never": "anything" }],
    [set({}), { "Device.Never": null }],
    [{ kind: "reboot" }, { "Device.Never": null }],
  ] as [Operation, Record<string, unknown>][])("%j, and then shows %j", ([operation, want]) => {
    expect(shown(after([operation]), ...Object.keys(want))).toEqual(want);
  });

  it("a row, with the next number, its members at their defaults, inner tables empty, and counts it", () => {
    const device = after([{ kind: "add", table: IF }]);
    expect(shown(device, `${IF}2.`, "Device.PPP.InterfaceNumberOfEntries")).toEqual({
      [`${IF}2.Enable`]: "false",
      [`${IF}2.MaxMRUSize`]: "0",
      [`${IF}2.Password`]: "",
      [`${IF}2.Reset`]: "false",
      [`${IF}2.Status`]: "",
      [`${IF}2.Username`]: "",
      "Device.PPP.InterfaceNumberOfEntries": "2",
    });
    expect(device.tree.nodes.has(`${IF}2.Inner.`)).toBe(true);
  });

  it("a row into a table that has lost its last one", () => {
    const device = after([
      { kind: "delete", row: PPP },
      { kind: "add", table: IF },
    ]);
    expect(shown(device, `${PPP}Username`)).toEqual({ [`${PPP}Username`]: "" });
  });

  it.for([
    ["after-last", `${IF}3.`],
    ["lowest-free", `${IF}1.`],
  ] as const)("a number for a new row %s", ([numbering, row]) => {
    const operations: Operation[] = [
      { kind: "add", table: IF },
      { kind: "delete", row: PPP },
      { kind: "add", table: IF },
    ];
    const done = apply(labDevice(TREE, { numbering }), operations);
    expect(done).toMatchObject({ kind: "applied", added: [`${IF}2.`, row] });
  });

  it("rules by their trigger, which reads back empty, and loses one that is written empty", () => {
    const device = after(
      [set({ "Device.Table.InsertRule": "b" }), set({ "Device.Table.Rule01": "" })],
      { triggers: [EMPTIED], numbering: "lowest-free" },
    );
    expect(shown(device, "Device.Table.")).toEqual({
      "Device.Table.DeleteRule": "",
      "Device.Table.InsertRule": "",
      "Device.Table.Rule02": "b",
      "Device.Table.Rule03": "c",
    });
  });

  it.for([
    ["rowName", "Rule03"],
    ["rowText", "c"],
  ] as const)("the end of a rule that another trigger is told by its %s", ([told, text]) => {
    const removal = { by: "trigger", trigger: "Device.Table.DeleteRule", told } as const;
    const device = after([set({ "Device.Table.DeleteRule": text })], {
      triggers: [trigger(removal)],
    });
    expect(Object.keys(shown(device, "Device.Table."))).not.toContain("Device.Table.Rule03");
  });
});

describe("a laboratory device keeps to itself", () => {
  it("what is hidden, and does nothing visible on a command", () => {
    const options: LabOptions = {
      isHidden: (path) => path.endsWith("Password") || path.endsWith("MaxMRUSize"),
      isCommand: (path) => path.endsWith("Reset"),
    };
    const secretOf = (logical: string): string => `the ${logical}`;
    const operation: Operation = {
      kind: "set",
      edits: [
        { path: `${PPP}Password`, value: { kind: "secret", logical: "wan.ppp.password" } },
        { path: `${PPP}Reset`, value: { kind: "text", text: "1" } },
      ],
    };
    const done = apply(labDevice(TREE, options), [operation], secretOf);
    const names = [`${PPP}Password`, `${PPP}Reset`, `${PPP}MaxMRUSize`];
    expect(Object.values(shown(done.device, ...names))).toEqual(["", "false", "0"]);
    expect(done.device.tree.nodes.get(`${PPP}Password`)?.value).toBe("the wan.ppp.password");
  });
});

describe("a laboratory device refuses", () => {
  const twice: Operation = {
    kind: "set",
    edits: ["1", "2"].map((text) => ({ path: "Device.Never", value: { kind: "text", text } })),
  };
  it.for([
    ["a name that stands twice", 9003, "Device.Never", twice, {}],
    ["an unknown name", 9005, "Device.No", set({ "Device.No": "1" }), {}],
    ["an object", 9005, "Device.PPP.", set({ "Device.PPP.": "1" }), {}],
    ["an object without its dot", 9005, "Device.PPP", set({ "Device.PPP": "1" }), {}],
    ["what is not writable", 9008, `${PPP}Status`, set({ [`${PPP}Status`]: "Down" }), {}],
    ["a word for a boolean", 9006, `${PPP}Enable`, set({ [`${PPP}Enable`]: "yes" }), {}],
    ["a number below 0", 9006, `${PPP}MaxMRUSize`, set({ [`${PPP}MaxMRUSize`]: "-1" }), {}],
    ["a control character", 9007, "Device.Never", set({ "Device.Never": "a\u0001" }), {}],
    ["half a character", 9007, "Device.Never", set({ "Device.Never": "\ud800" }), {}],
    [
      "a value outside its range",
      9007,
      `${PPP}MaxMRUSize`,
      set({ [`${PPP}MaxMRUSize`]: "64" }),
      { check: (_path: string, text: string) => (Number(text) < 65 ? 9007 : undefined) },
    ],
    ["a row in no table", 9005, "Device.No.", { kind: "add", table: "Device.No." }, {}],
    [
      "a row where none can be added",
      9003,
      "Device.PPP.",
      { kind: "add", table: "Device.PPP." },
      {},
    ],
    ["a row below a row", 9003, PPP, { kind: "add", table: PPP }, {}],
    ["the end of a table", 9003, IF, { kind: "delete", row: IF }, {}],
    ["the end of no row", 9005, `${IF}7.`, { kind: "delete", row: `${IF}7.` }, {}],
    ["a row in a full table", 9004, IF, { kind: "add", table: IF }, { maxRows: () => 1 }],
    ["a row among fixed ones", 9003, IF, { kind: "add", table: IF }, { isFixed: () => true }],
    ["the end of a fixed row", 9003, PPP, { kind: "delete", row: PPP }, { isFixed: () => true }],
    [
      "no rule",
      9007,
      "Device.Table.InsertRule",
      set({ "Device.Table.InsertRule": "ab" }),
      { triggers: [EMPTIED] },
    ],
    [
      "another rule than there are places",
      9004,
      "Device.Table.InsertRule",
      set({ "Device.Table.InsertRule": "b" }),
      { triggers: [{ ...EMPTIED, maxRows: 2 }] },
    ],
    [
      "to remove a rule that is not there",
      9007,
      "Device.Table.DeleteRule",
      set({ "Device.Table.DeleteRule": "Rule02" }),
      {
        triggers: [trigger({ by: "trigger", trigger: "Device.Table.DeleteRule", told: "rowName" })],
      },
    ],
  ] as [string, number, string, Operation, LabOptions][])(
    "%s with %i",
    ([, code, path, operation, options]) => {
      const device = labDevice(TREE, options);
      expect(apply(device, [operation])).toEqual({ kind: "fault", code, path, device });
    },
  );

  it("a call whole, and keeps what the calls before it did", () => {
    const done = apply(labDevice(TREE), [
      set({ "Device.Never": "1" }),
      set({ [`${PPP}Username`]: "new", [`${PPP}Status`]: "x" }),
      set({ "Device.Never": "2" }),
    ]);
    expect(done).toMatchObject({ kind: "fault", code: 9008, path: `${PPP}Status` });
    expect(shown(done.device, "Device.Never", `${PPP}Username`)).toEqual({
      "Device.Never": "1",
      [`${PPP}Username`]: "old@isp.example",
    });
  });
});

describe("a read", () => {
  it("names faults for what is not there, and no objects", () => {
    expect(shown(labDevice(TREE), "Device.No", "Device.Never", `${PPP}Inner.`)).toEqual({
      "Device.No": 9005,
      "Device.Never": null,
      [`${PPP}Inner.1.Name`]: "x",
    });
    const empty = after([{ kind: "delete", row: PPP }]);
    expect(read(empty, [IF])).toEqual({ values: new Map(), covered: [IF] });
  });
});
