/** Devices that are made from maps: what a map describes is there, and can be written. */
import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import { labDevice } from "../../../../src/mapping/lab/device.ts";
import { read } from "../../../../src/mapping/lab/read.ts";
import { footprintOf, meeting, outsideOf } from "../../../../src/mapping/laws/footprint.ts";
import { ownTrees, runLaws } from "../../../../src/mapping/laws/run.ts";
import { subjectOf } from "../../../../src/mapping/laws/subject.ts";
import { testMapper } from "../fixtures.ts";

const STANDARD = shippedStandard(["Device"]);
const X = "Device.X_T";

/** A bit of everything: conditions of each kind, a walk, a switch, two homes, three kinds of rows. */
const MAPPER = testMapper({
  declares: { [`${X}.`]: {} },
  anchors: {
    ppp: {
      row: "Device.PPP.Interface.{p}",
      where: [
        { param: "Enable", equals: true },
        { param: "LowerLayers", matches: String.raw`^Device\.Ethernet\.` },
        { param: "X_T_Services", token: "INTERNET", sep: "_" },
      ],
      prefer: [
        { param: "Status", in: ["Up", "Dormant"] },
        { param: "X_T_Services", token: "TR069", sep: "_" },
      ],
    },
    vlan: { follow: "$ppp.LowerLayers", to: "Device.Ethernet.VLANTermination.{v}" },
    other: { row: "Device.PPP.Interface.{p}", where: [{ param: "X_T_Services", equals: "VOICE" }] },
  },
  bind: {
    "wan.ppp.mtu": { lens: [{ int: { min: 64, max: 1540 } }, { at: "$ppp.MaxMRUSize" }] },
    "wan.ip.mtu": { lens: [{ int: { min: 64, max: 1540 } }, { at: "$other.MaxMRUSize" }] },
    "wan.ppp.password": { lens: [{ secret: {} }, { text: { max: 64 } }, { at: "$ppp.Password" }] },
    "wan.vlan-id": {
      lens: [
        {
          optional: {
            none: { set: { "$vlan.Enable": false } },
            some: { set: { "$vlan.Enable": true } },
          },
        },
        { int: { min: 1, max: 4094 } },
        { at: "$vlan.VLANID" },
      ],
    },
    "wifi.2g.ssid": { lens: [{ firstOf: [`${X}.New`, `${X}.Old`] }] },
    "lte.plmn-list": {
      lens: [
        {
          table: {
            row: `${X}.PLMN.{r}`,
            order: "set",
            scalar: "plmn",
            fields: { plmn: [{ at: "$row.Id" }] },
            onCreate: { Enable: true },
          },
        },
      ],
    },
    "radio.scan-list": {
      lens: [
        {
          table: {
            row: `${X}.Scan.{r}`,
            order: "index",
            scalar: "centre",
            fields: { centre: [{ int: {} }, { at: "$row.Centre" }] },
            slots: { free: { Centre: 0 } },
          },
        },
      ],
    },
    "device.uptime": { lens: [{ int: { min: 0 } }, { at: "Device.DeviceInfo.UpTime" }] },
  },
});
const [OWN, SECOND] = ownTrees(MAPPER, STANDARD);
const tree = OWN?.tree ?? expect.fail("no tree");
const SUBJECT = subjectOf(MAPPER);
const view = SUBJECT.view(read(labDevice(tree)));

describe("a device made from a map", () => {
  it("has a row for every anchor, which chooses it", () => {
    expect([...SUBJECT.anchors.keys()].map((name) => view.anchor(name))).toMatchObject([
      { kind: "row", path: "Device.PPP.Interface.3" },
      { kind: "row", path: "Device.Ethernet.VLANTermination.3" },
      { kind: "row", path: "Device.PPP.Interface.5" },
    ]);
  });

  it("has parameters of the types that the standard says", () => {
    expect(tree.nodes.get("Device.PPP.Interface.3.MaxMRUSize")?.type).toBe("unsignedInt");
    expect(tree.nodes.get(`${X}.New`)?.type).toBe("string");
  });

  it("has a sister without the homes that are tried first", () => {
    const homes = (of: typeof OWN): boolean[] =>
      [`${X}.New`, `${X}.Old`].map((path) => of?.tree.nodes.has(path) ?? false);
    expect([homes(OWN), homes(SECOND)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it("can be written through every binding, and keeps all laws", { timeout: 30_000 }, () => {
    const trees = ownTrees(MAPPER, STANDARD);
    const runs = runLaws(MAPPER, trees, {
      runs: 40,
      seed: 5,
      standard: STANDARD,
    });
    expect(runs.filter(({ failure }) => failure !== null)).toEqual([]);
    const shut = runs.filter(({ standing }) => standing !== "open" && standing !== "observe_only");
    expect(shut.map(({ logical, standing }) => [logical, standing])).toEqual([]);
    expect(new Set(runs.map(({ law }) => law)).size).toBe(10);
  });
});

describe("a footprint", () => {
  const areasOf = (logical: string) => {
    const bound = SUBJECT.bounds.get(logical) ?? expect.fail("not bound");
    return footprintOf(bound, view);
  };

  it("is the parameters that a binding may write, on their rows, and not what chose the rows", () => {
    const paths = areasOf("wan.vlan-id").map((area) =>
      area.kind === "parameter" ? area.path : "",
    );
    expect(new Set(paths)).toEqual(
      new Set(["VLANID", "Enable"].map((name) => `Device.Ethernet.VLANTermination.3.${name}`)),
    );
  });

  it("holds rows of a table with all that is in them, and nothing beside them", () => {
    const areas = areasOf("lte.plmn-list");
    const set = (path: string) => ({ path, value: { kind: "text", text: "" } }) as const;
    expect(
      outsideOf(areas, {
        kind: "set",
        edits: [set(`${X}.PLMN.7.Enable`), set(`${X}.PLMNNumberOfEntries`), set(`${X}.Old`)],
      }),
    ).toEqual([`${X}.PLMNNumberOfEntries`, `${X}.Old`]);
    expect(outsideOf(areas, { kind: "add", table: `${X}.PLMN.` })).toEqual([]);
    expect(outsideOf(areas, { kind: "add", table: `${X}.Scan.` })).toEqual([`${X}.Scan.`]);
    expect(outsideOf(areas, { kind: "delete", row: `${X}.PLMN.2.` })).toEqual([]);
    expect(outsideOf(areas, { kind: "delete", row: `${X}.Scan.2.` })).toEqual([`${X}.Scan.2.`]);
    expect(outsideOf(areas, { kind: "reboot" })).toEqual(["a reboot"]);
  });

  it("meets another where a parameter is in both, or lies in a row of the other", () => {
    const [parameter] = areasOf("wan.ppp.mtu");
    const [rows] = areasOf("lte.plmn-list");
    const [slots] = areasOf("radio.scan-list");
    if (!parameter || !rows || !slots) return expect.fail("no areas");
    const inRow = { kind: "parameter", path: `${X}.PLMN.4.Id` } as const;
    expect(meeting(parameter, parameter)).toBe("Device.PPP.Interface.3.MaxMRUSize");
    expect(meeting(rows, inRow)).toBe(`${X}.PLMN.4.Id`);
    expect(meeting(inRow, rows)).toBe(`${X}.PLMN.4.Id`);
    expect(meeting(rows, rows)).toBe(`${X}.PLMN.{r}`);
    expect(meeting(rows, slots)).toBeUndefined();
    expect(meeting(parameter, rows)).toBeUndefined();
  });
});
