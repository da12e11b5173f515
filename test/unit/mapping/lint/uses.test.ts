import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import { subjectOf } from "../../../../src/mapping/lint/subject.ts";
import { stackFor, mappings, type Spec } from "./lint.ts";

const STANDARD = shippedStandard(["Device"]);

/** `purpose path`, with `!` where a put may write and `*` where it stands behind the step secret. */
function uses(spec: Spec): string[] {
  const subject = subjectOf(stackFor(spec), STANDARD, new Map());
  return subject.uses.map(
    ({ purpose, path, written, secret }) =>
      `${purpose} ${path}${written ? " !" : ""}${secret ? " *" : ""}`,
  );
}

describe("the paths that a map uses", () => {
  it.for([
    {
      name: "of anchors are rows, conditions and references",
      spec: {
        anchors: {
          ppp: {
            row: "Device.PPP.Interface.{p}",
            where: [{ param: "Enable", equals: true }],
            prefer: [{ param: "Status", equals: "Up" }],
          },
          vlan: { follow: "$ppp.LowerLayers", to: "Device.Ethernet.VLANTermination.{v}" },
        },
      },
      want: [
        "row Device.PPP.Interface.{p}",
        "condition Device.PPP.Interface.{p}.Enable",
        "condition Device.PPP.Interface.{p}.Status",
        "condition Device.PPP.Interface.{p}.LowerLayers",
        "row Device.Ethernet.VLANTermination.{v}",
      ],
    },
    {
      name: "of a binding start at the root, and are written unless it only observes",
      spec: {
        anchors: { p: { row: "Device.PPP.Interface.{p}", pick: "lowest" } },
        bind: {
          "device.name": { lens: [{ also: { "$p.Enable": true } }, { at: "$p.Alias" }] },
          "device.model-name": { lens: [{ at: "Device.DeviceInfo.ModelName" }] },
          "wan.ppp.password": { lens: [{ secret: {} }, { at: "$p.Password" }] },
        },
      },
      want: [
        "row Device.PPP.Interface.{p}",
        "value Device.PPP.Interface.{p}.Alias !",
        "value Device.PPP.Interface.{p}.Enable !",
        "value Device.DeviceInfo.ModelName",
        "value Device.PPP.Interface.{p}.Password ! *",
      ],
    },
    {
      name: "of fixed rows",
      spec: mappings({}),
      want: [
        "row Device.NAT.PortMapping.{m}",
        "value Device.NAT.PortMapping.{m}.X_Protocol !",
        "value Device.NAT.PortMapping.{m}.ExternalPort !",
        "value Device.NAT.PortMapping.{m}.InternalPort !",
        "value Device.NAT.PortMapping.{m}.InternalClient !",
        "value Device.NAT.PortMapping.{m}.ExternalPort !",
      ],
    },
  ])("$name", ({ spec, want }) => {
    expect(uses(spec)).toEqual(want);
  });
});
