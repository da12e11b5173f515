/** Rules about the texts that a binding writes. */
import { bind, mappings, name, type Case, type Spec } from "./lint.ts";

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
    name: "what a new row gets beside its fields",
    bad: mappings({ slots: undefined, onCreate: { LeaseDuration: "forever" } }),
    severity: "error",
    pointer: "/spec/bind/lan.port-mappings/lens/0/table/onCreate/LeaseDuration",
    says: 'as "forever" to Device.NAT.PortMapping.{i}.LeaseDuration',
    good: mappings({ slots: undefined, onCreate: { LeaseDuration: 0 } }),
  },
  {
    rule: "beyond_limits",
    name: "a home that is only used where the first one is missing",
    bad: bind("mgmt.stun-enable", [
      { bool: { true: "on", false: "off" } },
      { firstOf: ["Device.X_A.Stun", "Device.ManagementServer.STUNEnable"] },
    ]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/1/firstOf/1",
    says: 'as "off" to Device.ManagementServer.STUNEnable: the text is no boolean',
    good: bind("mgmt.stun-enable", [
      { bool: { true: "1", false: "0" } },
      { firstOf: ["Device.X_A.Stun", "Device.ManagementServer.STUNEnable"] },
    ]),
  },
  {
    rule: "beyond_limits",
    name: "a case for a firmware that no invented device has",
    bad: bind("mgmt.stun-enable", [byFirmware("on", "off")]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/0/cases/0/lens/1/at",
    says: 'as "off" to Device.ManagementServer.STUNEnable: the text is no boolean',
    good: bind("mgmt.stun-enable", [byFirmware("1", "0")]),
  },
  {
    rule: "beyond_limits",
    name: "what an action writes",
    bad: restart("now"),
    severity: "error",
    pointer: "/spec/actions/restart/write/Device.ATM.Link.1.Stats.Reset",
    says: 'the action restart writes "now"',
    good: restart(true),
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

function restart(literal: unknown): Spec {
  const write = { "Device.ATM.Link.1.Stats.Reset": literal };
  return { actions: { restart: { meaning: "counts from nothing again", write } } };
}
