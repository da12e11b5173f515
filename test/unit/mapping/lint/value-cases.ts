/** Rules about what a parameter is: secret, command, only read. */
import { bind, name, type Case, type Spec } from "./lint.ts";

const WLAN = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1";
const PPP = "Device.PPP.Interface.1";

export const VALUE_CASES: readonly Case[] = [
  {
    rule: "shown_secret",
    name: "a hidden parameter behind a logical one that is shown",
    bad: name(`${WLAN}.KeyPassphrase`),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: "is a secret",
    good: bind("wimax.auth.password", [
      { secret: {} },
      { text: { max: 63 } },
      { at: `${WLAN}.KeyPassphrase` },
    ]),
  },
  {
    rule: "shown_secret",
    name: "a vendor's parameter that the map declares secret",
    bad: { ...name("Device.X_A.Pin"), declares: { "Device.X_A.Pin": { secret: true } } },
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: "is a secret",
    good: { ...name("Device.X_A.Pin"), declares: { "Device.X_A.Pin": { secret: false } } },
  },
  {
    rule: "shown_secret",
    name: "a row that is chosen by its password",
    bad: {
      anchors: {
        p: { row: "Device.PPP.Interface.{p}", where: [{ param: "Password", equals: "x" }] },
      },
    },
    severity: "error",
    pointer: "/spec/anchors/p/where/0/param",
    says: "no row can be chosen by it",
    good: {
      anchors: {
        p: { row: "Device.PPP.Interface.{p}", where: [{ param: "Username", equals: "x" }] },
      },
    },
  },
  {
    rule: "shown_secret",
    name: "an action that writes a password from the map",
    bad: reset("Device.PPP.Interface.1.Password"),
    severity: "error",
    pointer: "/spec/actions/reset/write/Device.PPP.Interface.1.Password",
    says: "a secret never stands in a map",
    good: reset("Device.PPP.Interface.1.Username"),
  },
  {
    rule: "bound_command",
    name: "a switch that starts something",
    bad: bind("mgmt.stun-enable", [
      { bool: { true: "1", false: "0" } },
      { at: "Device.ATM.Link.1.Stats.Reset" },
    ]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/1/at",
    says: "is a command",
    good: bind("mgmt.stun-enable", [
      { bool: { true: "1", false: "0" } },
      { at: "Device.ManagementServer.STUNEnable" },
    ]),
  },
  {
    rule: "bound_command",
    name: "a switch that TR-098 calls hidden",
    bad: bind("mgmt.stun-enable", [
      { bool: { true: "1", false: "0" } },
      { at: "InternetGatewayDevice.USBHosts.Host.1.Reset" },
    ]),
    severity: "error",
    pointer: "/spec/bind/mgmt.stun-enable/lens/1/at",
    says: "is a command",
    good: {
      ...bind("mgmt.stun-enable", [
        { bool: { true: "1", false: "0" } },
        { at: "InternetGatewayDevice.USBHosts.Host.1.Reset" },
      ]),
      declares: { "InternetGatewayDevice.USBHosts.Host.{i}.Reset": { command: false } },
    },
  },
  {
    rule: "bound_command",
    name: "the marker of an action",
    bad: marked("Device.ATM.Link.1.Stats.Reset"),
    severity: "error",
    pointer: "/spec/actions/script/marker",
    says: "is a command",
    good: {
      ...marked("Device.DeviceInfo.ProvisioningCode"),
      ...reset("Device.ATM.Link.1.Stats.Reset"),
    },
  },
  {
    rule: "read_only",
    name: "a write to a status",
    bad: name("Device.DeviceInfo.ModelName"),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: "can only be read",
    good: name("Device.DeviceInfo.ModelName", { observeOnly: true }),
  },
  {
    rule: "read_only",
    name: "a write that this device takes against the standard",
    bad: name("Device.DeviceInfo.ModelName"),
    severity: "error",
    pointer: "/spec/bind/device.name/lens/1/at",
    says: "declare it writable",
    good: {
      ...name("Device.DeviceInfo.ModelName"),
      declares: { "Device.DeviceInfo.ModelName": { writable: true } },
    },
  },
  {
    rule: "read_only",
    name: "a companion that cannot be set",
    bad: bind("device.name", [
      { also: { [`${PPP}.Status`]: "Up" } },
      { text: { max: 9 } },
      { at: `${PPP}.Name` },
    ]),
    severity: "error",
    pointer: `/spec/bind/device.name/lens/0/also/${PPP}.Status`,
    says: "PPP.Interface.1.Status can only be read",
    good: {
      ...bind("device.name", [
        { also: { [`${PPP}.Enable`]: true } },
        { text: { max: 9 } },
        { at: `${PPP}.X_Name` },
      ]),
    },
  },
];

function reset(path: string): Spec {
  return { actions: { reset: { meaning: "starts anew", write: { [path]: "1" } } } };
}

function marked(marker: string): Spec {
  return { actions: { script: { meaning: "sets all", file: "3 Config", marker } } };
}
