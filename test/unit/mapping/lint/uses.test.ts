import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import { subjectOf } from "../../../../src/mapping/lint/subject.ts";
import { bind, mappings, stackFor, type Spec } from "./lint.ts";

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
    {
      name: "of rows that the device makes, with what the options name",
      spec: mappings({
        slots: undefined,
        owns: { where: [{ param: "Description", equals: "plumb" }] },
        ignore: [{ param: "X_Upnp", equals: true }],
        onCreate: { Description: "plumb", Enable: true },
        created: { ExternalPort: 1 },
      }),
      want: [
        "rows Device.NAT.PortMapping.{m} !",
        "value Device.NAT.PortMapping.{m}.X_Protocol !",
        "value Device.NAT.PortMapping.{m}.ExternalPort !",
        "value Device.NAT.PortMapping.{m}.InternalPort !",
        "value Device.NAT.PortMapping.{m}.InternalClient !",
        "value Device.NAT.PortMapping.{m}.Description !",
        "value Device.NAT.PortMapping.{m}.Enable !",
        "probe Device.NAT.PortMapping.{m}.ExternalPort",
        "condition Device.NAT.PortMapping.{m}.Description",
        "condition Device.NAT.PortMapping.{m}.X_Upnp",
      ],
    },
    {
      name: "of triggers, below the object that an anchor chose",
      spec: {
        anchors: { s: { row: "Device.X_Scan.{s}", pick: "lowest" } },
        ...bind("radio.scan-list", [
          {
            table: {
              row: "$s.Rule{r}",
              order: "index",
              scalar: "f",
              fields: { f: [{ int: {} }, { at: "$row" }] },
              insert: { trigger: "$s.Insert" },
              remove: { trigger: "$s.Delete", value: "rowName" },
            },
          },
        ]),
      },
      want: [
        "row Device.X_Scan.{s}",
        "row Device.X_Scan.{s}.Rule{r}",
        "value Device.X_Scan.{s}.Rule{r} !",
        "trigger Device.X_Scan.{s}.Insert !",
        "trigger Device.X_Scan.{s}.Delete !",
      ],
    },
    {
      name: "of cases and alternative homes: all of them, and what is only looked at",
      spec: bind("device.name", [
        {
          cases: [
            { when: { has: "Device.X_A." }, lens: [{ at: "Device.X_A.Name" }] },
            { when: { lacks: "Device.X_B" }, lens: [{ firstOf: ["Device.X_C", "Device.X_D"] }] },
          ],
        },
      ]),
      want: [
        "probe Device.X_A",
        "value Device.X_A.Name !",
        "probe Device.X_B",
        "value Device.X_C !",
        "value Device.X_D !",
      ],
    },
    {
      name: "of what is switched off before and on behind the values",
      spec: bind("device.name", [{ at: "Device.X_A.Name" }], {
        order: { disable: { "Device.X_A.Enable": false }, enable: { "Device.X_A.Enable": true } },
      }),
      want: ["value Device.X_A.Name !", "value Device.X_A.Enable !", "value Device.X_A.Enable !"],
    },
    {
      name: "of actions",
      spec: {
        actions: {
          script: {
            meaning: "sets all",
            file: "3 Config",
            marker: "Device.DeviceInfo.ProvisioningCode",
          },
          restart: { meaning: "restarts", write: { "Device.X_A.Restart": true } },
        },
      },
      want: ["action Device.X_A.Restart !", "value Device.DeviceInfo.ProvisioningCode !"],
    },
  ])("$name", ({ spec, want }) => {
    expect(uses(spec)).toEqual(want);
  });
});
