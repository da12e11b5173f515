import { describe, expect, it } from "vitest";
import { step, type CpeOp, type CpeReply } from "../../../../src/acs/simulator/cpe.ts";
import { findNode, heldValue, type CpeState } from "../../../../src/acs/simulator/cpe-state.ts";
import { cpeOf } from "./models.ts";

const PPP = "Device.PPP.Interface.1.";
const set = (...values: [string, string][]): CpeOp => ({
  kind: "set",
  values: values.map(([path, value]) => ({ path, value })),
});
const DONE: CpeReply = { kind: "done" };
const refused = (path: string, code: number): CpeReply => ({
  kind: "fault",
  code: 9003,
  parameters: [{ path, code }],
});

/** What a read of names shows, as a plain object; unknown names are `?`. */
function shown(state: CpeState, ...names: string[]): Record<string, string | null> {
  const { reply } = step(state, { kind: "get", names }, 5_000);
  if (reply.kind !== "values") throw new Error("a read replies with values");
  return Object.fromEntries([
    ...reply.values.map(({ path, value }) => [path, value] as const),
    ...reply.unknown.map((name) => [name, "?"] as const),
  ]);
}

describe("a read", () => {
  it.each([
    ["a full name", ["Device.X_Signal"], { "Device.X_Signal": "-71" }],
    [
      "its own serial number, not the tree's",
      ["Device.DeviceInfo.SerialNumber"],
      { "Device.DeviceInfo.SerialNumber": "S1" },
    ],
    [
      "the seconds since it booted",
      ["Device.DeviceInfo.UpTime"],
      { "Device.DeviceInfo.UpTime": "5" },
    ],
    [
      "its OUI though the tree was never read",
      ["Device.DeviceInfo.ManufacturerOUI"],
      { "Device.DeviceInfo.ManufacturerOUI": "00AA00" },
    ],
    [
      "null for what nobody ever read, and empty for what is empty",
      ["Device.DeviceInfo.NeverRead", "Device.DeviceInfo.Empty"],
      { "Device.DeviceInfo.NeverRead": null, "Device.DeviceInfo.Empty": "" },
    ],
    ["empty for a hidden password", [`${PPP}Password`], { [`${PPP}Password`]: "" }],
    [
      "the value of a password that the real tree shows",
      ["Device.X_Shown.Password"],
      { "Device.X_Shown.Password": "visible" },
    ],
    [
      "a subtree in tree order",
      ["Device.Table."],
      {
        "Device.Table.InsertRule": "",
        "Device.Table.Rule01": "2505000,10000",
        "Device.Table.Rule03": "2525000,10000",
      },
    ],
    [
      "unknown names beside known ones",
      ["Device.No", "Device.X_Signal", "Device.No."],
      { "Device.X_Signal": "-71", "Device.No": "?", "Device.No.": "?" },
    ],
    ["an object without its dot is no name", ["Device.PPP"], { "Device.PPP": "?" }],
    ["nothing for no names", [], {}],
  ])("shows %s", (_name, names, want) => {
    expect(shown(cpeOf(), ...names)).toEqual(want);
  });

  it("of the empty name shows everything", () => {
    expect(Object.keys(shown(cpeOf(), ""))).toHaveLength(17);
  });
});

describe("a write", () => {
  it.each([
    [
      "takes a text",
      set(["Device.PPP.Interface.1.Username", "a@b "]),
      DONE,
      { [`${PPP}Username`]: "a@b " },
    ],
    ["normalises a boolean", set([`${PPP}Enable`, "0"]), DONE, { [`${PPP}Enable`]: "false" }],
    [
      "normalises a number",
      set([`${PPP}MaxMRUSize`, "+0500"]),
      DONE,
      { [`${PPP}MaxMRUSize`]: "500" },
    ],
    [
      "refuses a word for a boolean",
      set([`${PPP}Enable`, "yes"]),
      refused(`${PPP}Enable`, 9006),
      { [`${PPP}Enable`]: "true" },
    ],
    [
      "refuses a negative unsigned number",
      set([`${PPP}MaxMRUSize`, "-1"]),
      refused(`${PPP}MaxMRUSize`, 9006),
      { [`${PPP}MaxMRUSize`]: "1492" },
    ],
    [
      "refuses a number beyond 32 bits",
      set(["Device.X_Signal", "2147483648"]),
      refused("Device.X_Signal", 9006),
      { "Device.X_Signal": "-71" },
    ],
    ["refuses an unknown name", set(["Device.No", "1"]), refused("Device.No", 9005), {}],
    ["refuses an object", set(["Device.PPP.", "1"]), refused("Device.PPP.", 9005), {}],
    [
      "refuses what is not writable",
      set([`${PPP}Status`, "Down"]),
      refused(`${PPP}Status`, 9008),
      { [`${PPP}Status`]: "Up" },
    ],
    [
      "is whole or nothing",
      set([`${PPP}Username`, "new"], [`${PPP}Status`, "x"]),
      refused(`${PPP}Status`, 9008),
      { [`${PPP}Username`]: "u1@isp.example" },
    ],
    [
      "refuses the same name twice",
      set(["Device.X_Signal", "1"], ["Device.X_Signal", "2"]),
      { kind: "fault", code: 9003, parameters: [] },
      { "Device.X_Signal": "-71" },
    ],
    ["of nothing is done", set(), DONE, {}],
    [
      "to a command is done and reads back false",
      set([`${PPP}Reset`, "1"]),
      DONE,
      { [`${PPP}Reset`]: "false" },
    ],
    [
      "to a hidden password is kept and not shown",
      set([`${PPP}Password`, "s3cret"]),
      DONE,
      { [`${PPP}Password`]: "" },
    ],
    [
      "to the trigger makes the next free row and reads back empty",
      set(["Device.Table.InsertRule", "2515000,10000"]),
      DONE,
      { "Device.Table.InsertRule": "", "Device.Table.Rule02": "2515000,10000" },
    ],
    [
      "to the trigger must be a frequency and a bandwidth",
      set(["Device.Table.InsertRule", "2515000"]),
      refused("Device.Table.InsertRule", 9007),
      { "Device.Table.Rule02": "?" },
    ],
    [
      "to a row changes it",
      set(["Device.Table.Rule01", "1,2"]),
      DONE,
      { "Device.Table.Rule01": "1,2" },
    ],
    [
      "of an empty text to a row removes it",
      set(["Device.Table.Rule01", ""]),
      DONE,
      { "Device.Table.Rule01": "?", "Device.Table.Rule03": "2525000,10000" },
    ],
    [
      "to a row that does not exist is refused",
      set(["Device.Table.Rule02", "1,2"]),
      refused("Device.Table.Rule02", 9005),
      {},
    ],
  ] satisfies [string, CpeOp, CpeReply, Record<string, string>][])(
    "%s",
    (_name, op, reply, want) => {
      const done = step(cpeOf(), op, 5_000);
      expect(done.reply).toEqual(reply);
      expect(shown(done.state, ...Object.keys(want))).toEqual(want);
    },
  );

  it("keeps a hidden value inside", () => {
    const { state } = step(cpeOf(), set([`${PPP}Password`, "s3cret"]), 0);
    const node = findNode(state, `${PPP}Password`);
    expect(node && heldValue(state, node, 0)).toBe("s3cret");
  });

  it("fills a gap before it goes on, and reuses a removed row", () => {
    let state = cpeOf();
    for (const value of ["1,1", "2,2", "3,3"]) {
      state = step(state, set(["Device.Table.InsertRule", value]), 0).state;
    }
    state = step(state, set(["Device.Table.Rule02", ""]), 0).state;
    state = step(state, set(["Device.Table.InsertRule", "4,4"]), 0).state;
    expect(shown(state, "Device.Table.")).toEqual({
      "Device.Table.InsertRule": "",
      "Device.Table.Rule01": "2505000,10000",
      "Device.Table.Rule02": "4,4",
      "Device.Table.Rule03": "2525000,10000",
      "Device.Table.Rule04": "2,2",
      "Device.Table.Rule05": "3,3",
    });
  });

  it("beyond 99 rows is refused for want of room", () => {
    let state = cpeOf();
    for (let i = 0; i < 97; i += 1)
      state = step(state, set(["Device.Table.InsertRule", "1,1"]), 0).state;
    expect(step(state, set(["Device.Table.InsertRule", "1,1"]), 0).reply).toEqual(
      refused("Device.Table.InsertRule", 9004),
    );
  });

  it("is accepted and ignored by a CPE with that quirk, while wrong ones are still refused", () => {
    const deaf = cpeOf(undefined, { ignoresWrites: true });
    const done = step(deaf, set(["Device.X_Signal", "1"]), 0);
    expect([done.reply, done.state]).toEqual([DONE, deaf]);
    expect(step(deaf, set(["Device.X_Signal", "x"]), 0).reply.kind).toBe("fault");
  });
});

describe("objects, reboot and reset", () => {
  it("a new row has the next number, the members of its sisters with default values, and is counted", () => {
    const { state, reply } = step(
      cpeOf(),
      { kind: "addObject", table: "Device.PPP.Interface." },
      0,
    );
    expect(reply).toEqual({ kind: "added", instance: 2 });
    expect(shown(state, "Device.PPP.Interface.2.", "Device.PPP.InterfaceNumberOfEntries")).toEqual({
      "Device.PPP.Interface.2.Enable": "false",
      "Device.PPP.Interface.2.MaxMRUSize": "0",
      "Device.PPP.Interface.2.Password": "",
      "Device.PPP.Interface.2.Reset": "false",
      "Device.PPP.Interface.2.Status": "",
      "Device.PPP.Interface.2.Username": "",
      "Device.PPP.InterfaceNumberOfEntries": "2",
    });
  });

  it("a deleted row is gone with all its members, whether it was added or stood in the tree", () => {
    for (const row of ["Device.PPP.Interface.1.", "Device.PPP.Interface.2."]) {
      const { state } = step(cpeOf(), { kind: "addObject", table: "Device.PPP.Interface." }, 0);
      const after = step(state, { kind: "deleteObject", row }, 0);
      expect(after.reply).toEqual(DONE);
      expect(shown(after.state, row, "Device.PPP.InterfaceNumberOfEntries")).toEqual({
        [row]: "?",
        "Device.PPP.InterfaceNumberOfEntries": "1",
      });
    }
  });

  it("a row that is added to a table which lost its last one has the members that the last one had", () => {
    const empty = step(cpeOf(), { kind: "deleteObject", row: "Device.PPP.Interface.1." }, 0).state;
    const { state, reply } = step(empty, { kind: "addObject", table: "Device.PPP.Interface." }, 0);
    expect(reply).toEqual({ kind: "added", instance: 1 });
    expect(shown(state, `${PPP}Username`, `${PPP}Enable`)).toEqual({
      [`${PPP}Username`]: "",
      [`${PPP}Enable`]: "false",
    });
  });

  it.each([
    [{ kind: "addObject", table: "Device.No." }, 9005],
    [{ kind: "addObject", table: "Device.PPP." }, 9003],
    [{ kind: "addObject", table: "Device.PPP.Interface.1." }, 9003],
    [{ kind: "deleteObject", row: "Device.PPP.Interface." }, 9003],
    [{ kind: "deleteObject", row: "Device.X_Signal" }, 9005],
  ] satisfies [CpeOp, number][])("%o is refused with %i", (op, code) => {
    expect(step(cpeOf(), op, 0).reply).toMatchObject({ kind: "fault", code });
  });

  it("a reboot restarts the up time and changes nothing else", () => {
    const before = step(cpeOf(), set(["Device.X_Signal", "1"]), 0).state;
    const { state } = step(before, { kind: "reboot" }, 3_000);
    expect(shown(state, "Device.DeviceInfo.UpTime", "Device.X_Signal")).toEqual({
      "Device.DeviceInfo.UpTime": "2",
      "Device.X_Signal": "1",
    });
  });

  it("a factory reset brings back the tree and the factory's user name", () => {
    const before = step(
      cpeOf(),
      set(["Device.X_Signal", "1"], ["Device.Table.Rule01", ""]),
      0,
    ).state;
    const { state } = step(before, { kind: "factoryReset" }, 0);
    expect(shown(state, "Device.X_Signal", "Device.Table.Rule01", `${PPP}Username`)).toEqual({
      "Device.X_Signal": "-71",
      "Device.Table.Rule01": "2505000,10000",
      [`${PPP}Username`]: "factory@isp.example",
    });
  });
});
