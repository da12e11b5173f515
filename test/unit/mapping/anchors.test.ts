import { describe, expect, it } from "vitest";
import { anchorSchema, parseAnchor, type Anchor } from "../../../src/mapping/anchors.ts";
import { resolveAnchor } from "../../../src/mapping/resolve-anchor.ts";
import { viewOf } from "../../../src/mapping/snapshot-view.ts";
import { answer, whole, withText } from "./device.ts";
import { mapperOf, readTree, testMapper, type Tree } from "./fixtures.ts";

function anchorOf(given: Record<string, unknown>): Anchor {
  const anchor = parseAnchor(anchorSchema.parse(given));
  if ("fault" in anchor) throw new Error(anchor.fault);
  return anchor;
}

const wan = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.";
const row = "InternetGatewayDevice.WANDevice.{d}.WANConnectionDevice.{c}.WANPPPConnection.{p}";
const where = [
  { param: "Enable", equals: true },
  { param: "X_HW_SERVICELIST", token: "INTERNET", sep: "_" },
];
const prefer = [{ param: "ConnectionStatus", equals: "Connected" }];
const eg8145v5 = readTree("huawei-eg8145v5");
const choose = (given: Record<string, unknown>, tree: Tree = eg8145v5) =>
  resolveAnchor(anchorOf(given), viewOf(whole(tree), new Map()));

describe("an anchor on the EG8145V5, which has several enabled connections", () => {
  it("ends at connection device 4, the connected one", () => {
    expect(choose({ row, where, prefer })).toMatchObject({
      kind: "row",
      path: `${wan}4.WANPPPConnection.1`,
    });
  });
  it("is ambiguous without a preference", () => {
    expect(choose({ row, where })).toMatchObject({ kind: "ambiguous", path: row });
  });
  it.for([
    { pick: "lowest", device: 1 },
    { pick: "highest", device: 4 },
  ])("picks the $pick when told so", ({ pick, device }) => {
    expect(choose({ row, where, pick })).toMatchObject({
      path: `${wan}${device}.WANPPPConnection.1`,
    });
  });
  it("has no instance when no row fits, and says which condition failed", () => {
    const state = choose({ row, where: [{ param: "X_HW_SERVICELIST", token: "IPTV", sep: "_" }] });
    expect(state).toMatchObject({ kind: "no_instance" });
    expect(JSON.stringify(state)).toContain("X_HW_SERVICELIST holds IPTV");
  });
  it("takes one of several texts as well", () => {
    const given = (texts: readonly string[]) => [{ param: "ConnectionStatus", in: texts }];
    expect(choose({ row, where: given(["Connected", "Connecting"]) })).toMatchObject({
      path: `${wan}4.WANPPPConnection.1`,
    });
    const none = choose({ row, where: given(["Dormant", "Error"]) });
    expect(JSON.stringify(none)).toContain("ConnectionStatus is Dormant or Error");
  });
  it("a token is a whole item: TR069_INTERNET does not hold INTER", () => {
    expect(
      choose({ row, where: [{ param: "X_HW_SERVICELIST", token: "INTER", sep: "_" }] }).kind,
    ).toBe("no_instance");
  });
  it("stays where it is when the line is down, by the shipped map's second preference", () => {
    const down = withText(eg8145v5, {
      [`${wan}4.WANPPPConnection.1.ConnectionStatus`]: "Disconnected",
    });
    expect(mapperOf("huawei-eg8145v5").get("wan.ppp.credential", whole(down))).toMatchObject({
      kind: "value",
      value: { user: "user0005", realm: "" },
    });
  });
  it("follows the evidence to another row", () => {
    const moved = withText(eg8145v5, {
      [`${wan}1.WANPPPConnection.1.ConnectionStatus`]: "Connected",
      [`${wan}4.WANPPPConnection.1.Enable`]: "0",
    });
    expect(choose({ row, where, prefer }, moved)).toMatchObject({
      path: `${wan}1.WANPPPConnection.1`,
    });
  });
});

describe("an anchor whose evidence was not read", () => {
  const anchor = anchorOf({ row, where, prefer });
  const status = `${wan}1.WANPPPConnection.1.ConnectionStatus`;
  it("is unread when the missing parameter could change the choice", () => {
    const snapshot = whole(eg8145v5);
    const values = new Map(snapshot.values).set(status, {
      kind: "failed",
      code: 9002,
      text: "internal",
    });
    expect(resolveAnchor(anchor, viewOf({ ...snapshot, values }, new Map()))).toEqual({
      kind: "unread",
      path: status,
    });
  });
  it("is unread, not missing, when the table was not read", () => {
    const view = viewOf(answer(eg8145v5, ["InternetGatewayDevice.DeviceInfo."]), new Map());
    expect(resolveAnchor(anchor, view)).toEqual({
      kind: "unread",
      path: "InternetGatewayDevice.WANDevice.",
    });
  });
  it("is unread when all known rows fail, since a new row may have come", () => {
    const names = ["Enable", "X_HW_SERVICELIST", "ConnectionStatus"].map(
      (name) => `${wan}4.WANPPPConnection.1.${name}`,
    );
    const off = withText(eg8145v5, { [`${wan}4.WANPPPConnection.1.Enable`]: "false" });
    expect(resolveAnchor(anchor, viewOf(answer(off, names), new Map())).kind).toBe("unread");
  });
});

describe("an anchor around the row of another one", () => {
  const anchors = new Map([["ppp", anchorOf({ row, where, prefer })]]);
  const device = "InternetGatewayDevice.WANDevice.{d}.WANConnectionDevice.{c}";
  const around = (given: Record<string, unknown>, tree: Tree = eg8145v5) =>
    resolveAnchor(anchorOf({ row: device, holds: "$ppp", ...given }), viewOf(whole(tree), anchors));

  it("is the connection device that the connection lies in", () => {
    expect(around({})).toMatchObject({ kind: "row", path: `${wan}4` });
  });
  it("goes where the other one goes", () => {
    const moved = withText(eg8145v5, { [`${wan}4.WANPPPConnection.1.Enable`]: "0" });
    expect(around({}, moved)).toMatchObject({ path: `${wan}1` });
  });
  it("has no instance, and is unread or ambiguous, where the other one is", () => {
    const off = withText(eg8145v5, {
      [`${wan}1.WANPPPConnection.1.Enable`]: "0",
      [`${wan}4.WANPPPConnection.1.Enable`]: "0",
    });
    expect(around({}, off).kind).toBe("no_instance");
    const both = withText(eg8145v5, {
      [`${wan}1.WANPPPConnection.1.ConnectionStatus`]: "Connected",
    });
    expect(around({}, both).kind).toBe("ambiguous");
    const nothing = viewOf(answer(eg8145v5, ["InternetGatewayDevice.DeviceInfo."]), anchors);
    const state = resolveAnchor(anchorOf({ row: device, holds: "$ppp" }), nothing);
    expect(state).toEqual({ kind: "unread", path: "InternetGatewayDevice.WANDevice." });
  });
  it("can still be refused for what it holds itself", () => {
    const none = [{ param: "WANPPPConnectionNumberOfEntries", equals: 7 }];
    expect(around({ where: none }).kind).toBe("no_instance");
  });
  it("has no instance where the other one lies elsewhere", () => {
    const elsewhere = { row: "InternetGatewayDevice.LANDevice.{l}" };
    expect(around(elsewhere)).toMatchObject({ kind: "no_instance" });
  });
  it.for([
    { given: { holds: "$ppp", prefer }, why: "one row around another" },
    { given: { holds: "$ppp", pick: "lowest" }, why: "one row around another" },
    { given: { holds: "ppp" }, why: "is not an anchor" },
    { given: { holds: "$ppp.Username" }, why: "is not an anchor" },
  ])("is refused as $given", ({ given, why }) => {
    expect(() => anchorOf({ row: device, ...given })).toThrow(why);
  });
  it("reads what the other one is chosen by, and its own parameters", () => {
    const mapper = testMapper({
      anchors: {
        ppp: {
          row: "Device.PPP.Interface.{p}.Session.{s}",
          where: [{ param: "On", equals: true }],
        },
        box: { row: "Device.PPP.Interface.{p}", holds: "$ppp" },
      },
      bind: { "wan.vlan-id": { lens: [{ int: {} }, { at: "$box.VLANID" }] } },
    });
    expect(mapper.wanted(["wan.vlan-id"], null)).toContain("Device.PPP.Interface.");
    const empty: Tree = { ...eg8145v5, nodes: new Map() };
    const known = whole(
      withText(empty, {
        "Device.PPP.Interface.2.VLANID": "7",
        "Device.PPP.Interface.2.Session.5.On": "true",
      }),
    );
    expect(mapper.get("wan.vlan-id", known)).toMatchObject({ kind: "value", value: 7 });
    expect(mapper.wanted(["wan.vlan-id"], known)).toEqual(
      expect.arrayContaining([
        "Device.PPP.Interface.2.VLANID",
        "Device.PPP.Interface.2.Session.5.On",
      ]),
    );
    expect(mapper.evidence(["wan.vlan-id"], known)).toMatchObject([
      { anchor: "ppp", read: { "Device.PPP.Interface.2.Session.5.On": "true" } },
      { anchor: "box", row: "Device.PPP.Interface.2" },
    ]);
  });
  it("is refused with others in a circle", () => {
    const bind = { "wan.vlan-id": { lens: [{ int: {} }, { at: "$box.VLANID" }] } };
    const inner = { row: "Device.A.{a}.B.{b}", holds: "$box" };
    const box = { row: "Device.A.{a}", holds: "$inner" };
    expect(() => testMapper({ anchors: { inner, box }, bind })).toThrow(/rests on/);
  });
});

describe("an anchor that walks references", () => {
  const tree = readTree("tplink-ec220-g5-v3");
  const anchors = new Map([["ppp", anchorOf({ row: "Device.PPP.Interface.{p}", pick: "lowest" })]]);
  const walk = (to: string, changed: Tree = tree) =>
    resolveAnchor(anchorOf({ follow: "$ppp.LowerLayers", to }), viewOf(whole(changed), anchors));

  it("finds the VLAN right below the PPP interface", () => {
    expect(walk("Device.Ethernet.VLANTermination.{v}")).toMatchObject({
      path: "Device.Ethernet.VLANTermination.1",
    });
  });
  it("goes on over several layers", () => {
    expect(walk("Device.Ethernet.Interface.{i}")).toMatchObject({
      path: "Device.Ethernet.Interface.4",
    });
  });
  it("takes references with and without a trailing dot, and lists of them", () => {
    const listed = withText(tree, {
      "Device.PPP.Interface.1.LowerLayers": "Device.X.1, Device.Ethernet.VLANTermination.2",
    });
    expect(walk("Device.Ethernet.VLANTermination.{v}", listed)).toMatchObject({
      path: "Device.Ethernet.VLANTermination.2",
    });
  });
  it("ends on a circle", () => {
    const circle = withText(tree, {
      "Device.PPP.Interface.1.LowerLayers": "Device.PPP.Interface.1.",
    });
    expect(walk("Device.Ethernet.VLANTermination.{v}", circle).kind).toBe("no_instance");
  });
  it("says where it has to read on", () => {
    const view = viewOf(answer(tree, ["Device.PPP.Interface."]), anchors);
    const anchor = anchorOf({ follow: "$ppp.LowerLayers", to: "Device.Ethernet.Interface.{i}" });
    expect(resolveAnchor(anchor, view)).toMatchObject({
      kind: "unread",
      path: "Device.Ethernet.VLANTermination.1.LowerLayers",
    });
  });
});
