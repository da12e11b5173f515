/** Normal forms, what may never be written, edge values and descriptions of logical types, as tables. */
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { describeDomain } from "../../../src/mapping/dictionary/describe.ts";
import { DICTIONARY } from "../../../src/mapping/dictionary/index.ts";
import { samples } from "../../../src/mapping/dictionary/samples.ts";
import type { LogicalType } from "../../../src/mapping/dictionary/type.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";

function typeOf(logical: string): LogicalType {
  const def = DICTIONARY.get(logical);
  if (def === undefined) throw new Error(`no ${logical}`);
  return def.type;
}

describe("a logical type", () => {
  it.for<{ logical: string; given: unknown; want: unknown; reason: string }>([
    {
      logical: "wan.ppp.credential",
      given: { realm: "ISP.Example", user: "Ann" },
      want: { user: "Ann", realm: "isp.example" },
      reason: "a realm is a domain name, a user is not",
    },
    {
      logical: "wan.ppp.credential",
      given: { user: "a", realm: "İ".repeat(255) },
      want: undefined,
      reason: "a realm that lower case makes too long",
    },
    {
      logical: "wan.ppp.credential",
      given: { user: "a", realm: "", more: "" },
      want: undefined,
      reason: "a member too many",
    },
    {
      logical: "wan.ppp.credential",
      given: { user: "a" },
      want: undefined,
      reason: "a member missing",
    },
    { logical: "wan.ppp.credential", given: null, want: undefined, reason: "nothing is no user" },
    {
      logical: "wan.mac",
      given: "02-00-5E-10-00-AF",
      want: "02:00:5e:10:00:af",
      reason: "hyphens and upper case",
    },
    {
      logical: "wan.mac",
      given: "02005E1000af",
      want: "02:00:5e:10:00:af",
      reason: "no separator",
    },
    {
      logical: "wan.mac",
      given: "02:00-5e:10:00:af",
      want: undefined,
      reason: "two separators",
    },
    { logical: "wan.mac", given: "02:00:5e:10:00", want: undefined, reason: "five pairs" },
    { logical: "lan.address", given: "192.168.001.010", want: "192.168.1.10", reason: "padding" },
    { logical: "lan.address", given: "192.168.1.256", want: undefined, reason: "256" },
    { logical: "lan.address", given: "192.168.1", want: undefined, reason: "three numbers" },
    { logical: "wan.address", given: null, want: null, reason: "no address now" },
    { logical: "wan.address", given: "", want: undefined, reason: "empty is not nothing" },
    { logical: "wan.vlan-id", given: null, want: null, reason: "untagged" },
    { logical: "wan.vlan-id", given: 4094, want: 4094, reason: "the last VLAN" },
    { logical: "wan.vlan-id", given: 0, want: undefined, reason: "0 is not a VLAN" },
    { logical: "wan.vlan-id", given: 4095, want: undefined, reason: "4095 is reserved" },
    { logical: "wan.vlan-id", given: "7", want: undefined, reason: "a text is no number" },
    { logical: "wan.vlan-id", given: 7.5, want: undefined, reason: "half a VLAN" },
    {
      logical: "wan.services",
      given: ["mgmt", "internet", "mgmt"],
      want: ["internet", "mgmt"],
      reason: "a set: sorted, each once",
    },
    {
      logical: "wan.services",
      given: ["internet", "TR069"],
      want: undefined,
      reason: "a word of one vendor",
    },
    {
      logical: "radio.scan-list",
      given: [2515000, 2505000],
      want: [2515000, 2505000],
      reason: "the order is the scanning order",
    },
    {
      logical: "radio.scan-list",
      given: [2_505_000_000],
      want: undefined,
      reason: "Hz in the place of kHz",
    },
    { logical: "radio.scan-list", given: [], want: [], reason: "an empty list can be read" },
    { logical: "radio.lock", given: null, want: null, reason: "free" },
    {
      logical: "radio.lock",
      given: { cell: 1, earfcn: 39150, band: 40 },
      want: { band: 40, earfcn: 39150, cell: 1 },
      reason: "members in any order",
    },
    { logical: "device.uptime", given: -0, want: 0, reason: "minus nothing is nothing" },
    { logical: "device.uptime", given: -1, want: undefined, reason: "before the boot" },
    { logical: "wifi.5g.bandwidth", given: "80", want: "80", reason: "a width is a word" },
    { logical: "wifi.5g.bandwidth", given: 80, want: undefined, reason: "not a number" },
    { logical: "wifi.2g.bandwidth", given: "80", want: undefined, reason: "2.4 GHz has no 80" },
    { logical: "wifi.2g.standard", given: "bgn", want: "bgn", reason: "generations run together" },
    { logical: "wifi.2g.standard", given: "11bgn", want: undefined, reason: "a vendor's word" },
    { logical: "wifi.2g.channel", given: null, want: null, reason: "the device chooses" },
    { logical: "wifi.2g.channel", given: 36, want: undefined, reason: "a channel of 5 GHz" },
    { logical: "wifi.2g.ssid", given: "a".repeat(33), want: undefined, reason: "33 characters" },
    { logical: "wifi.2g.ssid", given: "a\ud800", want: undefined, reason: "half a character" },
    { logical: "wifi.2g.enable", given: "true", want: undefined, reason: "a text is no boolean" },
    { logical: "lte.plmn-list", given: ["00101"], want: ["00101"], reason: "leading zeros count" },
    { logical: "lte.plmn-list", given: ["1"], want: undefined, reason: "too few digits" },
    {
      logical: "time.ntp-servers",
      given: ["b.example", "a.example"],
      want: ["b.example", "a.example"],
      reason: "the first is asked first",
    },
    {
      logical: "time.ntp-servers",
      given: ["a", "b", "c", "d", "e", "f"],
      want: undefined,
      reason: "five places",
    },
    {
      logical: "lte.plmn-list",
      given: ["00101", "00102", "00103", "00104", "00105", "00106", "00107"],
      want: undefined,
      reason: "six places",
    },
    {
      logical: "lte.plmn-list",
      given: ["00106", "00101", "00102", "00103", "00104", "00105", "00101"],
      want: ["00101", "00102", "00103", "00104", "00105", "00106"],
      reason: "six, one of them twice",
    },
    { logical: "wifi.2g.security", given: "", want: undefined, reason: "empty is no word" },
    { logical: "pon.rx-power", given: -23456, want: -23456, reason: "-23.456 dBm" },
  ])("takes $given for $logical as $want: $reason", ({ logical, given, want }) => {
    expect(typeOf(logical).parse(given)).toEqual(want);
  });

  it.for([
    { length: 7, taken: false },
    { length: 8, taken: true },
    { length: 64, taken: true },
    { length: 65, taken: false },
  ])("takes a Wi-Fi key of $length characters: $taken", ({ length, taken }) => {
    const type = typeOf("wifi.2g.key");
    expect(type.parse(new Secret("k".repeat(length))) instanceof Secret).toBe(taken);
    expect(type.parse("k".repeat(length))).toBeUndefined();
  });

  it.for<{ logical: string; value: LogicalValue; because: string }>([
    { logical: "radio.scan-list", value: [], because: "without a frequency" },
    { logical: "radio.channel-plan", value: [], because: "without a frequency" },
    { logical: "lte.plmn-list", value: [], because: "without a network" },
    { logical: "time.ntp-servers", value: [], because: "time server" },
    { logical: "time.ntp-servers", value: ["a b"], because: "no host name" },
    { logical: "wan.services", value: [], because: "carries nothing" },
    { logical: "wan.ppp.credential", value: { user: "", realm: "r" }, because: "no user name" },
    {
      logical: "wan.ppp.credential",
      value: { user: "a\n", realm: "" },
      because: "control character",
    },
    { logical: "wan.ppp.mtu", value: 575, because: "below 576" },
    { logical: "wifi.2g.ssid", value: "", because: "without a name" },
    { logical: "wifi.2g.ssid", value: "漢".repeat(11), because: "32 bytes" },
    { logical: "mgmt.acs-url", value: "acs.example", because: "no http" },
    { logical: "mgmt.acs-url", value: "http://u:p@acs.example/", because: "without user name" },
    { logical: "mgmt.periodic-inform-interval", value: 1, because: "30 s" },
    { logical: "mgmt.periodic-inform-interval", value: 4_294_967_295, because: "7 days" },
    { logical: "mgmt.provisioning-code", value: "a\u0000", because: "control character" },
  ])("never lets $logical be written as $value, though it can be read", (one) => {
    const type = typeOf(one.logical);
    expect(type.parse(one.value)).toEqual(one.value);
    expect(type.never(one.value)).toContain(one.because);
  });

  it.for<{ logical: string; value: LogicalValue }>([
    { logical: "wan.ppp.mtu", value: 576 },
    { logical: "wifi.2g.ssid", value: "漢".repeat(10) },
    { logical: "mgmt.acs-url", value: "https://acs.example:7547/acs?x=@" },
    { logical: "mgmt.periodic-inform-interval", value: 604_800 },
    { logical: "time.ntp-servers", value: ["0.pool.ntp.org", "192.0.2.1", "2001:db8::1"] },
    { logical: "lte.apn", value: null },
  ])("lets $logical be written as $value", ({ logical, value }) => {
    expect(typeOf(logical).never(value)).toBeUndefined();
  });

  it.for<{ logical: string; edges: readonly LogicalValue[] }>([
    { logical: "wan.vlan-id", edges: [null, 1, 2, 4093, 4094] },
    { logical: "wan.ppp.enable", edges: [false, true] },
    { logical: "wifi.2g.bandwidth", edges: ["20", "40", "auto"] },
    { logical: "device.name", edges: ["", "a@b.example", "a,b;c_d/e", "üß漢😀"] },
    { logical: "lte.plmn-list", edges: [[], ["00000"], ["999999"]] },
    { logical: "radio.scan-list", edges: [[], [1], [100_000_000]] },
    { logical: "mgmt.acs-url", edges: ["https://acs.example:7547/acs"] },
    { logical: "radio.lock", edges: [null, { band: 1, earfcn: 0, cell: 0 }] },
  ])("tries the edges of $logical", ({ logical, edges }) => {
    for (const edge of edges) expect(samples(typeOf(logical).domain)).toContainEqual(edge);
  });

  it("tries the longest text, secret and list", () => {
    const longest = (logical: string): number =>
      Math.max(
        ...samples(typeOf(logical).domain).map((value) => {
          const text = value instanceof Secret ? value.open() : value;
          return typeof text === "string" || Array.isArray(text) ? text.length : 0;
        }),
      );
    expect(longest("device.name")).toBe(64);
    expect(longest("wifi.2g.key")).toBe(64);
    expect(longest("radio.scan-list")).toBe(512);
    expect(longest("wan.services")).toBe(5);
  });

  it.for([
    ["wan.vlan-id", "1 to 4094; or nothing: untagged"],
    ["device.uptime", "whole number from 0 s"],
    ["wifi.2g.bandwidth", "one of 20, 40, auto (MHz)"],
    ["wan.services", "set of up to 5: one of internet, mgmt, voice, tv, other"],
    ["radio.scan-list", "ordered list of up to 512: 1 to 100000000 kHz"],
    ["wifi.5g.key", "secret, 8 to 64 characters"],
  ] as const)("describes the domain of %s in words", ([logical, words]) => {
    expect(describeDomain(typeOf(logical).domain)).toBe(words);
  });
});
