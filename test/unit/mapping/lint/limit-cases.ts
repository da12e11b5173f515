/** Rules about the texts that a binding writes. */
import { bind, mappings, name, type Case } from "./lint.ts";

const PPP = "Device.PPP.Interface.1";

/** The first spelling from some version on, the standard's before it. */
function byFirmware(yes: string, no: string): unknown {
  const stun = (spelling: object) => [
    { bool: spelling },
    { at: "Device.ManagementServer.STUNEnable" },
  ];
  return {
    cases: [
      {
        when: { version: { scheme: "dotted", range: ">=2" } },
        lens: stun({ true: yes, false: no }),
      },
      { lens: stun({ true: "1", false: "0" }) },
    ],
  };
}

export const LIMIT_CASES: readonly Case[] = [
  {
    rule: "beyond_limits",
    name: "a text that is longer than its parameter",
    bad: name("Device.ManagementServer.InstanceMode", {}),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: 'device.name writes "" as "" to Device.ManagementServer.InstanceMode: the text is none of InstanceNumber, InstanceAlias (fault 9007)',
    good: name("Device.DeviceInfo.ProvisioningCode"),
  },
  {
    rule: "beyond_limits",
    name: "a secret, of which only the length is said",
    bad: bind("wan.ppp.password", [{ secret: {} }, { at: `${PPP}.Password` }]),
    severity: "error",
    pointer: "/spec/bind/wan.ppp.password/lens/1/at",
    says: "wan.ppp.password writes a secret of",
    good: bind("wan.ppp.password", [
      { secret: {} },
      { text: { max: 64 } },
      { at: `${PPP}.Password` },
    ]),
  },
  {
    rule: "beyond_limits",
    name: "a spelling that the type does not have",
    bad: bind("mgmt.stun-enable", [
      { bool: { true: "Yes", false: "No" } },
      { at: "Device.ManagementServer.STUNEnable" },
    ]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/1/at",
    says: "is no boolean (0, 1, true, false) (fault 9006)",
    good: bind("mgmt.stun-enable", [
      { bool: { true: "true", false: "false" } },
      { at: "Device.ManagementServer.STUNEnable" },
    ]),
  },
  {
    rule: "beyond_limits",
    name: "a number outside the range, until the map declares what the device takes",
    bad: bind("mgmt.periodic-inform-interval", [
      { int: {} },
      { at: "Device.Ethernet.VLANTermination.1.VLANID" },
    ]),
    severity: "error",
    pointer: "/spec/bind/mgmt.periodic-inform-interval/lens/1/at",
    says: "is outside 1 to 4094",
    good: {
      ...bind("mgmt.periodic-inform-interval", [
        { int: {} },
        { at: "Device.Ethernet.VLANTermination.1.VLANID" },
      ]),
      declares: { "Device.Ethernet.VLANTermination.{i}.VLANID": { range: [0, 604_800] } },
    },
  },
  {
    rule: "beyond_limits",
    name: "a companion",
    bad: bind("device.name", [
      { also: { "Device.ManagementServer.STUNEnable": "on" } },
      { text: { max: 9 } },
      { at: "Device.X_A.Name" },
    ]),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/0/also/Device.ManagementServer.STUNEnable",
    says: 'as "on" to Device.ManagementServer.STUNEnable',
    good: bind("device.name", [
      { also: { "Device.ManagementServer.STUNEnable": true } },
      { text: { max: 9 } },
      { at: "Device.X_A.Name" },
    ]),
  },
  {
    rule: "beyond_limits",
    name: "a free slot and a used one",
    bad: mappings({ slots: { free: { ExternalPort: -1 } } }),
    severity: "error",
    pointer: "",
    says: "is no unsignedInt",
    good: mappings({}),
  },
  {
    rule: "beyond_limits",
    name: "a case that only some firmware takes",
    bad: bind("mgmt.stun-enable", [byFirmware("Yes", "No")]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/0/cases/0/lens/1/at",
    says: "is no boolean (0, 1, true, false) (fault 9006)",
    good: bind("mgmt.stun-enable", [byFirmware("1", "0")]),
  },
  {
    rule: "unsayable",
    name: "steps that do not end in text",
    bad: bind("mgmt.stun-enable", [{ at: "Device.ManagementServer.STUNEnable" }]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens",
    says: "no value of mgmt.stun-enable can be written",
    good: bind("mgmt.stun-enable", [
      { bool: { true: "1", false: "0" } },
      { at: "Device.ManagementServer.STUNEnable" },
    ]),
  },
];
