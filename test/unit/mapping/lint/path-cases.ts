/** Rules about what stands where a path points. */
import { mappings, seen, type Case } from "./lint.ts";

export const PATH_CASES: readonly Case[] = [
  {
    rule: "unknown_path",
    name: "a path that no standard has",
    bad: seen("Device.OperatorProfile.1.Name"),
    severity: "error",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "Device.OperatorProfile.1.Name is of no standard data model. If",
    good: seen("Device.X_ACME_OperatorProfile.1.Name"),
  },
  {
    rule: "unknown_path",
    name: "a path in a branch that is not declared",
    bad: seen("Device.OperatorProfile.1.Name"),
    severity: "error",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "say so in declares",
    good: { ...seen("Device.OperatorProfile.1.Name"), declares: { "Device.OperatorProfile.": {} } },
  },
  {
    rule: "unknown_path",
    name: "a slip in a standard name",
    bad: seen("Device.DeviceInfo.ModelNam"),
    severity: "warning",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "Did you mean Device.DeviceInfo.ModelName?",
    good: seen("Device.DeviceInfo.ModelName"),
  },
  {
    rule: "unknown_path",
    name: "a slip that the device makes too is declared",
    bad: seen("Device.DeviceInfo.ModelNam"),
    severity: "warning",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "Did you mean",
    good: { ...seen("Device.DeviceInfo.ModelNam"), declares: { "Device.DeviceInfo.ModelNam": {} } },
  },
  {
    rule: "unknown_path",
    name: "a condition of an anchor",
    bad: {
      anchors: {
        ppp: { row: "Device.PPP.Interface.{p}", where: [{ param: "Running", equals: true }] },
      },
    },
    severity: "error",
    pointer: "/spec/anchors/ppp/where/0/param",
    says: "Device.PPP.Interface.{p}.Running",
    good: {
      anchors: {
        ppp: { row: "Device.PPP.Interface.{p}", where: [{ param: "Enable", equals: true }] },
      },
    },
  },
  {
    rule: "unknown_path",
    name: "a reference that is walked",
    bad: {
      anchors: {
        ppp: { row: "Device.PPP.Interface.{p}", pick: "lowest" },
        vlan: { follow: "$ppp.LayersBelow", to: "Device.Ethernet.VLANTermination.{v}" },
      },
    },
    severity: "error",
    pointer: "/spec/anchors/vlan/follow",
    says: "Device.PPP.Interface.{p}.LayersBelow",
    good: {
      anchors: {
        ppp: { row: "Device.PPP.Interface.{p}", pick: "lowest" },
        vlan: { follow: "$ppp.LowerLayers", to: "Device.Ethernet.VLANTermination.{v}" },
      },
    },
  },
  {
    rule: "unknown_path",
    name: "a field of a table, below the row that an anchor chose",
    bad: {
      ...mappings({ row: "$n.PortMapping.{m}" }),
      anchors: { n: { row: "Device.Nat.{n}", pick: "lowest" } },
    },
    severity: "error",
    pointer: "/spec/bind/lan.port-mappings/lens/0/table/fields/client/0/at",
    says: "Device.Nat.{n}.PortMapping.{m}.InternalClient",
    good: {
      ...mappings({ row: "$n.PortMapping.{m}" }),
      anchors: { n: { row: "Device.X_Nat.{n}", pick: "lowest" } },
    },
  },
  {
    rule: "retired_path",
    name: "a parameter that was deleted from the model",
    bad: seen("Device.UserInterface.RemoteAccess.Port"),
    severity: "error",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "is deleted in the standard",
    good: {
      ...seen("Device.UserInterface.RemoteAccess.Port"),
      declares: { "Device.UserInterface.RemoteAccess.": {} },
    },
  },
  {
    rule: "retired_path",
    name: "a deprecated parameter",
    bad: seen("Device.DeviceInfo.Processor.1.Architecture"),
    severity: "warning",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "is deprecated in the standard",
    good: seen("Device.DeviceInfo.ModelName"),
  },
  {
    rule: "wrong_root",
    name: "a path below the other root",
    bad: { match: { root: "Device" }, ...seen("InternetGatewayDevice.DeviceInfo.ModelName") },
    severity: "error",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "does not lie below Device",
    good: { match: { root: "Device" }, ...seen("Device.DeviceInfo.ModelName") },
  },
  {
    rule: "wrong_kind",
    name: "an object where a value is read",
    bad: seen("Device.DeviceInfo"),
    severity: "error",
    pointer: "/spec/bind/device.model-name/lens/0/at",
    says: "Device.DeviceInfo is an object",
    good: seen("Device.DeviceInfo.ModelName"),
  },
  {
    rule: "wrong_kind",
    name: "a parameter where rows are looked for",
    bad: { anchors: { a: { row: "Device.PPP.Interface.{p}.Username", pick: "lowest" } } },
    severity: "error",
    pointer: "/spec/anchors/a/row",
    says: "has no rows",
    good: { anchors: { a: { row: "Device.PPP.Interface.{p}", pick: "lowest" } } },
  },
];
