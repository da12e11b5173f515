/** Rules about what parts of one map mean for each other. */
import { mappings, name, type Case, type Spec } from "./lint.ts";

const PPP = "Device.PPP.Interface.1";

export const MAP_CASES: readonly Case[] = [
  {
    rule: "shared_footprint",
    name: "two bindings that write one parameter",
    bad: both({}, {}),
    severity: "error",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "device.name and mgmt.provisioning-code both write",
    good: both({ shares: true }, { shares: true }),
  },
  {
    rule: "shared_footprint",
    name: "one that says shares is not enough",
    bad: both({ shares: true }, {}),
    severity: "error",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "both have to say shares: true",
    good: both({ observeOnly: true }, { observeOnly: true }),
  },
  {
    rule: "shared_footprint",
    name: "nor is the other one",
    bad: both({}, { shares: true }),
    severity: "error",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "both have to say shares: true",
    good: both({ shares: true }, { shares: true }),
  },
  {
    rule: "shared_footprint",
    name: "one that reads what another one writes",
    bad: both({ observeOnly: true }, {}),
    severity: "warning",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "mgmt.provisioning-code writes",
    good: both({}, {}, "Device.X_A.Code"),
  },
  {
    rule: "shared_footprint",
    name: "a number and an anchor that may be the same row",
    bad: rows(`${PPP}.X_A`, "$p.X_A"),
    severity: "error",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "both write Device.PPP.Interface.{p}.X_A",
    good: rows(`${PPP}.X_A`, `${PPP.replace("1", "2")}.X_A`),
  },
  {
    rule: "shared_footprint",
    name: "two anchors that are written alike",
    bad: rows("$p.X_A", "$same.X_A"),
    severity: "error",
    pointer: "/spec/bind/mgmt.provisioning-code/lens/1/at",
    says: "both write",
    good: rows("$p.X_A", "$other.X_A"),
  },
  {
    rule: "shared_footprint",
    name: "a parameter that an action keeps its mark in",
    bad: { ...both({}, { observeOnly: true }, "Device.X_A.Code"), ...marker() },
    severity: "error",
    pointer: "/spec/actions/script/marker",
    says: "device.name and the marker of an action both write",
    good: { ...both({}, {}, "Device.X_A.Code"), ...marker("Device.X_A.Mark") },
  },
  {
    rule: "shared_footprint",
    name: "rows that are made and removed, and a value in one of them",
    bad: inRows("Device.NAT.PortMapping.1.Description"),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: "both write Device.NAT.PortMapping.1.Description",
    good: inRows("Device.NAT.InterfaceSetting.1.X_Description"),
  },
  {
    rule: "open_anchor",
    name: "an anchor that takes any row",
    bad: { anchors: { p: { row: "Device.PPP.Interface.{p}" } } },
    severity: "warning",
    pointer: "/spec/anchors/p",
    says: "ambiguous as soon as there are two",
    good: { anchors: { p: { row: "Device.PPP.Interface.{p}", pick: "highest" } } },
  },
  {
    rule: "open_anchor",
    name: "the row around another one is a single one",
    bad: around({}),
    severity: "warning",
    pointer: "/spec/anchors/link",
    says: "$link takes any row",
    good: around({ holds: "$ppp" }),
  },
  {
    rule: "shared_footprint",
    name: "what an action marks may be shown",
    bad: { ...both({}, { observeOnly: true }, "Device.X_A.Code"), ...marker() },
    severity: "error",
    pointer: "/spec/actions/script/marker",
    says: "device.name and",
    good: { ...both({ observeOnly: true }, {}, "Device.X_A.Code"), ...marker() },
  },
];

function both(one: Spec, other: Spec, elsewhere = "Device.DeviceInfo.ProvisioningCode"): Spec {
  const lens = (path: string) => [{ text: { max: 16 } }, { at: path }];
  return {
    bind: {
      "device.name": { lens: lens("Device.DeviceInfo.ProvisioningCode"), ...one },
      "mgmt.provisioning-code": { lens: lens(elsewhere), ...other },
    },
  };
}

function rows(one: string, other: string): Spec {
  const row = "Device.PPP.Interface.{p}";
  const where = [{ param: "Enable", equals: true }];
  const lens = (path: string) => ({ lens: [{ text: { max: 16 } }, { at: path }] });
  return {
    anchors: {
      p: { row, where },
      same: { row, where },
      other: { row, where: [{ param: "Enable", equals: false }] },
    },
    bind: { "device.name": lens(one), "mgmt.provisioning-code": lens(other) },
  };
}

function marker(path = "Device.DeviceInfo.ProvisioningCode"): Spec {
  return { actions: { script: { meaning: "sets all", file: "3 Config", marker: path } } };
}

function inRows(path: string): Spec {
  const tables = mappings({ slots: undefined })["bind"] as object;
  return { bind: { ...tables, ...(name(path)["bind"] as object) } };
}

function around(more: object): Spec {
  const row = "InternetGatewayDevice.WANDevice.{d}.WANConnectionDevice.{c}";
  return {
    anchors: {
      ppp: { row: `${row}.WANPPPConnection.{p}`, pick: "lowest" },
      link: { row, ...more },
    },
  };
}
