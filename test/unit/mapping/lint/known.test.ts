import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import type { Declares } from "../../../../src/mapping/declares.ts";
import { knowledgeOf } from "../../../../src/mapping/lint/known.ts";

const STANDARD = shippedStandard(["InternetGatewayDevice", "Device"]);
const known = (path: string, declares: Declares = {}) => knowledgeOf(STANDARD, declares)(path);
const VLAN = "Device.Ethernet.VLANTermination.2.VLANID";
const MAC = "Device.Ethernet.Interface.1.MACAddress";
const KEY = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const BAND = "Device.WiFi.Radio.1.OperatingFrequencyBand";
const declaring = (path: string, declared: Declares[string]) => known(path, { [path]: declared });

describe("what is known of a parameter", () => {
  it.for([
    { path: VLAN, want: { writable: true, secret: false, command: false, declared: false } },
    { path: KEY, want: { writable: true, secret: true, command: false } },
    { path: "Device.ATM.Link.1.Stats.Reset", want: { secret: false, command: true } },
    {
      path: "InternetGatewayDevice.USBHosts.Host.1.Reset",
      want: { secret: false, command: true },
      reason: "the standard calls it hidden, but it is a switch",
    },
    { path: "Device.PPP.Interface.1", want: { writable: true, facets: null } },
    { path: "Device.X_A.Key", want: { writable: null, facets: null, secret: false } },
  ])("by the standard: $path", ({ path, want, reason }) => {
    expect(known(path), reason).toMatchObject(want);
  });

  it.for([
    { path: "Device.X_A.Key", declared: { secret: true }, want: { secret: true, facets: null } },
    { path: KEY, declared: { secret: false }, want: { secret: true } },
    { path: VLAN, declared: { writable: false }, want: { writable: false } },
    { path: VLAN, declared: { command: true }, want: { command: true } },
    { path: "Device.X_A.B", declared: { writable: false }, want: { writable: false } },
  ])("with $declared for $path", ({ path, declared, want }) => {
    expect(declaring(path, declared)).toMatchObject({ ...want, declared: true });
  });
});

describe("the facets of a parameter", () => {
  const limits = { list: false, named: null, words: [], ranges: [], sizes: [] };
  it.for([
    {
      name: "a range stands for that of the standard",
      path: VLAN,
      declared: { range: [0, 4094] as [number, number] },
      want: { type: "unsignedInt", ranges: [{ min: 0n, max: 4094n, step: 1n }] },
    },
    {
      name: "several of them",
      path: VLAN,
      declared: {
        range: [
          [-1, -1],
          [1, null],
        ] as [number, number | null][],
      },
      want: {
        ranges: [
          { min: -1n, max: -1n, step: 1n },
          { min: 1n, max: null, step: 1n },
        ],
      },
    },
    {
      name: "an empty list takes it away",
      path: VLAN,
      declared: { range: [] },
      want: { ranges: [] },
    },
    {
      name: "a size",
      path: KEY,
      declared: { size: [0, 64] as [number, number] },
      want: { sizes: [{ min: 0, max: 64 }] },
    },
    {
      name: "words",
      path: BAND,
      declared: { enum: ["2.4G"] },
      want: { type: "string", words: ["2.4G"] },
    },
    {
      name: "a list of what was one",
      path: MAC,
      declared: { list: true, writable: true },
      want: { list: true, named: "MACAddress" },
    },
    {
      name: "the same type stated anew drops only its form",
      path: MAC,
      declared: { type: "string" as const },
      want: { named: null, sizes: [{ min: null, max: 17 }] },
    },
    {
      name: "another type drops all limits",
      path: VLAN,
      declared: { type: "string" as const },
      want: { ...limits, type: "string" },
    },
    {
      name: "a vendor's parameter has what is declared and nothing else",
      path: "Device.X_A.Mode",
      declared: { type: "int" as const, range: [1, 3] as [number, number] },
      want: { ...limits, type: "int", ranges: [{ min: 1n, max: 3n, step: 1n }] },
    },
    {
      name: "a vendor's parameter of no stated type is a text",
      path: "Device.X_A.Mode",
      declared: { enum: ["a"] },
      want: { ...limits, type: "string", words: ["a"] },
    },
  ])("$name", ({ path, declared, want }) => {
    expect(declaring(path, declared).facets).toMatchObject(want);
  });
});
