/** Rows that the CPE makes and takes away: which calls, in which order, and what a plan that died half-way leaves. */
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import type { Operation } from "../../../../src/model/parameter.ts";
import type { Mapper } from "../../../../src/mapping/mapper.ts";
import { whole } from "../device.ts";
import { testMapper, type Tree } from "../fixtures.ts";
import { treeOf } from "./cpe.ts";

/** Rows as `2 00101 on`: number, PLMN (`-` for none), Enable. */
function cell(...rows: string[]): Tree {
  const texts: Record<string, string> = { "Device.Cell.TAC": "7" };
  for (const row of rows) {
    const [number = "", plmn = "", on] = row.split(" ");
    texts[`Device.Cell.PLMNList.${number}.PLMNID`] = plmn === "-" ? "" : plmn;
    texts[`Device.Cell.PLMNList.${number}.Enable`] = on === "on" ? "1" : "0";
  }
  return treeOf(texts);
}

const cellWith = (logical: string, more: Record<string, unknown> = {}): Mapper =>
  testMapper({
    bind: {
      [logical]: {
        lens: [
          {
            table: {
              row: "Device.Cell.PLMNList.{r}",
              scalar: "plmn",
              fields: { plmn: [{ text: {} }, { at: "$row.PLMNID" }] },
              onCreate: { Enable: true },
              order: "set",
              ...more,
            },
          },
        ],
      },
    },
  });

const plmnsWith = (more: Record<string, unknown> = {}): Mapper => cellWith("lte.plmn-list", more);

/** `+` adds a row, `-3` deletes one, `3.PLMNID=00101` sets; without the table's own path. */
function print(call: Operation, prefix: string): string {
  const short = (path: string): string => path.replace(prefix, "").replace(/\.$/, "");
  switch (call.kind) {
    case "set":
      return call.edits
        .map(({ path, value }) => `${short(path)}=${value.kind === "text" ? value.text : "*"}`)
        .join(" ");
    case "add":
      return `+${short(call.table)}`;
    case "delete":
      return `-${short(call.row)}`;
    case "reboot":
    case "download":
    case "factoryReset":
      return call.kind;
  }
}

function plan(mapper: Mapper, logical: string, value: LogicalValue, tree: Tree, prefix: string) {
  const result = mapper.put(logical, value, whole(tree));
  return result.kind === "edits"
    ? result.calls.map((call) => print(call, prefix))
    : `${result.code} at ${result.path.replace(prefix, "")}`;
}
const put = (tree: Tree, value: string[], mapper = plmnsWith()) =>
  plan(mapper, "lte.plmn-list", value, tree, "Device.Cell.PLMNList.");
const get = (tree: Tree, mapper = plmnsWith()) => mapper.get("lte.plmn-list", whole(tree));

describe("a set in rows of AddObject (the Baicells PLMN list)", () => {
  it.for<{ reason: string; rows: string[]; want: string[]; calls: string[] | string }>([
    {
      reason: "all there: nothing, in whatever order and under whatever numbers",
      rows: ["7 00102 on", "3 00101 on"],
      want: ["00101", "00102"],
      calls: [],
    },
    {
      reason: "one more: a row is made, and then filled with what a new row needs",
      rows: ["1 00101 on"],
      want: ["00101", "00102"],
      calls: ["+", "{new}.PLMNID=00102 {new}.Enable=1"],
    },
    {
      reason: "two more: two rows are made, and filled in one call",
      rows: [],
      want: ["00101", "00102"],
      calls: ["+", "+", "{new}.PLMNID=00101 {new}.Enable=1 {new2}.PLMNID=00102 {new2}.Enable=1"],
    },
    {
      reason: "another one: written over, so that there is never neither of them",
      rows: ["1 00101 on"],
      want: ["00102"],
      calls: ["1.PLMNID=00102"],
    },
    {
      reason: "another one in a row that was off: it is a new entry there",
      rows: ["1 00101 off"],
      want: ["00102"],
      calls: ["1.PLMNID=00102 1.Enable=1"],
    },
    {
      reason: "off, and still the same entry: nobody asked for more than the entry",
      rows: ["1 00101 off"],
      want: ["00101"],
      calls: [],
    },
    {
      reason: "one fewer: deleted",
      rows: ["1 00101 on", "2 00102 on"],
      want: ["00102"],
      calls: ["-1"],
    },
    {
      reason: "others, and fewer: written first, deleted last",
      rows: ["1 00101 on", "2 00102 on", "3 00103 on"],
      want: ["310410", "00102"],
      calls: ["1.PLMNID=310410", "-3"],
    },
    {
      reason: "others, and more: made first, the old ones go in the call that fills",
      rows: ["1 00101 on"],
      want: ["310410", "310411"],
      calls: ["+", "1.PLMNID=310410 {new}.PLMNID=310411 {new}.Enable=1"],
    },
    {
      reason: "two rows with one entry: one of them goes",
      rows: ["1 00101 on", "2 00101 on"],
      want: ["00101"],
      calls: ["-2"],
    },
  ])("$reason", ({ rows, want, calls }) => {
    expect(put(cell(...rows), want)).toEqual(calls);
  });
  it("is full: nothing is sent, not even a part", () => {
    const full = cell("1 00101 on", "2 00102 on");
    const two = plmnsWith({ max: 2 });
    expect(put(full, ["00103", "00101"], two)).toEqual(["2.PLMNID=00103"]);
    expect(put(full, ["00101", "00102", "00103"], two)).toMatch("table_full");
  });
  it("has no place for an entry that reads like a row nobody filled", () => {
    const mapper = testMapper({
      bind: {
        "radio.scan-list": {
          lens: [
            {
              table: {
                row: "Device.S.{r}",
                scalar: "f",
                created: { F: 5000 },
                fields: { f: [{ scale: { wire: "kHz" } }, { at: "$row.F" }] },
                order: "set",
              },
            },
          ],
        },
      },
    });
    expect(plan(mapper, "radio.scan-list", [5000], cell(), "Device.S.")).toBe("domain at {new}");
  });
});

describe("a plan that died after AddObject", () => {
  it.for<{ reason: string; rows: string[]; want: string[]; calls: string[] }>([
    {
      reason: "goes on with the row that was made",
      rows: ["1 00101 on", "2 - off"],
      want: ["00101", "00102"],
      calls: ["2.PLMNID=00102 2.Enable=1"],
    },
    {
      reason: "makes only the rows that are still missing",
      rows: ["2 - off"],
      want: ["00101", "00102"],
      calls: ["+", "2.PLMNID=00101 2.Enable=1 {new}.PLMNID=00102 {new}.Enable=1"],
    },
    {
      reason: "deletes a row that an AddObject made whose answer was lost",
      rows: ["1 - off", "2 - off"],
      want: ["00101"],
      calls: ["1.PLMNID=00101 1.Enable=1", "-2"],
    },
    {
      reason: "deletes a row that nothing needs any more, though the list is right",
      rows: ["1 00101 on", "2 - off"],
      want: ["00101"],
      calls: ["-2"],
    },
    {
      reason: "takes a row that holds an old entry before one that holds none",
      rows: ["1 - off", "2 00102 on"],
      want: ["00101"],
      calls: ["2.PLMNID=00101", "-1"],
    },
  ])("$reason", ({ rows, want, calls }) => {
    expect(put(cell(...rows), want)).toEqual(calls);
  });
  it("shows: the list is nonconforming, with the entries that it has", () => {
    expect(get(cell("1 00101 on", "2 - off"))).toEqual({
      kind: "nonconforming",
      value: ["00101"],
      path: "Device.Cell.PLMNList.2",
      detail: "the row was made and never filled",
    });
  });
  it("goes on also where a new row does not hold empty texts, if the map says what it holds", () => {
    const mapper = plmnsWith({ created: { PLMNID: "00000" } });
    expect(put(cell("4 00000 off"), ["00101"], mapper)).toEqual(["4.PLMNID=00101 4.Enable=1"]);
    expect(put(cell("4 00000 off"), ["00101"])).toEqual(["4.PLMNID=00101 4.Enable=1"]);
    expect(get(cell("4 00000 off"))).toMatchObject({ kind: "value", value: ["00000"] });
  });
});

describe("a list by position in rows of AddObject", () => {
  const list = cellWith("lte.mme-list", { order: "index" });
  it.for<{ reason: string; rows: string[]; want: string[]; calls: string[] }>([
    {
      reason: "is written over the rows as they are numbered: no row moves",
      rows: ["2 b on", "9 a on"],
      want: ["a", "b"],
      calls: ["2.PLMNID=a 9.PLMNID=b"],
    },
    {
      reason: "moves up when its first entry goes, and loses its last row",
      rows: ["1 a on", "2 b on"],
      want: ["b"],
      calls: ["1.PLMNID=b", "-2"],
    },
    {
      reason: "is mended where the CPE numbered a new row from the front",
      rows: ["1 - off", "2 a on"],
      want: ["a", "b"],
      calls: ["1.PLMNID=a 1.Enable=1 2.PLMNID=b"],
    },
    {
      reason: "may hold an entry twice",
      rows: ["1 a on", "2 a on"],
      want: ["a", "a", "a"],
      calls: ["+", "{new}.PLMNID=a {new}.Enable=1"],
    },
  ])("$reason", ({ rows, want, calls }) => {
    expect(plan(list, "lte.mme-list", want, cell(...rows), "Device.Cell.PLMNList.")).toEqual(calls);
  });
  it("is refused with two entries of one key, where it has one", () => {
    const keyed = cellWith("lte.mme-list", { order: "index", key: ["plmn"] });
    expect(keyed.put("lte.mme-list", ["a", "a"], whole(cell("1 a on")))).toMatchObject({
      kind: "refused",
      code: "duplicate_key",
    });
    expect(keyed.get("lte.mme-list", whole(cell("1 a on", "2 a on")))).toMatchObject({
      kind: "nonconforming",
      value: ["a", "a"],
      path: "Device.Cell.PLMNList.2",
    });
  });
});

describe("a table without rows", () => {
  const list = plmnsWith();
  it("is an empty list where the object that it stands in was read, and unread otherwise", () => {
    expect(get(cell())).toMatchObject({ kind: "value", value: [] });
    expect(list.wanted(["lte.plmn-list"], null)).toContain("Device.Cell.");
    const elsewhere = { ...whole(cell()), covered: ["Device.DeviceInfo."] };
    expect(list.get("lte.plmn-list", elsewhere).kind).toBe("unread");
  });
  it("is absent where that object is missing too", () => {
    expect(get(treeOf({ "Device.DeviceInfo.UpTime": "1" })).kind).toBe("absent");
    expect(put(treeOf({ "Device.DeviceInfo.UpTime": "1" }), ["00101"])).toMatch("absent");
  });
});

it("rows below several objects are read as one list, in the order of all their numbers", () => {
  const mapper = testMapper({
    bind: {
      "radio.scan-list": {
        observeOnly: true,
        lens: [
          {
            table: {
              row: "Device.Profile.{p}.Plan.{r}",
              scalar: "f",
              fields: { f: [{ scale: { wire: "kHz" } }, { at: "$row.F" }] },
              order: "index",
            },
          },
        ],
      },
    },
  });
  const tree = treeOf({
    "Device.Profile.10.Plan.1.F": "1000",
    "Device.Profile.2.Plan.11.F": "2000",
    "Device.Profile.2.Plan.2.F": "3000",
  });
  expect(mapper.get("radio.scan-list", whole(tree))).toMatchObject({ value: [3000, 2000, 1000] });
});
