/** The six outcomes of an observation (I5), and what a put says to each. */
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";
import type { Reading, Snapshot } from "../../../src/model/parameter.ts";
import { whole, withText } from "./device.ts";
import { mapperOf, readTree, testMapper, type MapName } from "./fixtures.ts";
import { setOf } from "../../support/operations.ts";

const EAP = "InternetGatewayDevice.OperatorProfile.1.SubscriptionParameters.EAPProfile.1.";
const GP = "Device.X_GP_WiMAX.";
const failed = (code: number): Reading => ({ kind: "failed", code, text: "" });
const nil: Reading = { kind: "null" };
const value = (text: string): Reading => ({ kind: "value", text });

/** The whole tree, with some readings replaced. */
function snapshotOf(
  map: MapName,
  changes: Readonly<Record<string, Reading>>,
  covered = true,
): Snapshot {
  const snapshot = whole(readTree(map));
  const values = new Map([...snapshot.values, ...Object.entries(changes)]);
  return { values, covered: covered ? snapshot.covered : [] };
}

/** Only the named readings: nothing else was asked. */
const only = (readings: Readonly<Record<string, Reading>>): Snapshot => ({
  values: new Map(Object.entries(readings)),
  covered: [],
});

interface Case {
  readonly name: string;
  readonly map: MapName;
  readonly logical: string;
  readonly snapshot: Snapshot;
  readonly want: object;
  readonly put: LogicalValue;
  readonly refusal: string | null;
}

const frequency = "talk-frequency-table" as const;
const cases: readonly Case[] = [
  {
    name: "a value that decodes",
    map: frequency,
    logical: "radio.bandwidth",
    snapshot: snapshotOf(frequency, {}),
    want: { kind: "value", value: 10000, paths: [`${GP}Bandwidth`] },
    put: 5000,
    refusal: null,
  },
  {
    name: "an empty text is a value, and an empty list",
    map: frequency,
    logical: "radio.scan-list",
    snapshot: snapshotOf(frequency, { [`${GP}FrequencyTable`]: value("") }),
    want: { kind: "value", value: [] },
    put: [2505000],
    refusal: null,
  },
  {
    name: "fault 9005 is absent",
    map: frequency,
    logical: "radio.bandwidth",
    snapshot: only({ [`${GP}Bandwidth`]: failed(9005) }),
    want: { kind: "absent", path: `${GP}Bandwidth` },
    put: 5000,
    refusal: "absent",
  },
  {
    name: "not in an answer that covered its subtree is absent",
    map: frequency,
    logical: "radio.bandwidth",
    snapshot: { values: new Map(), covered: [GP] },
    want: { kind: "absent", path: `${GP}Bandwidth` },
    put: 5000,
    refusal: "absent",
  },
  {
    name: "a table that is not there is absent",
    map: "huawei-bm632w",
    logical: "radio.channel-plan",
    snapshot: { values: new Map(), covered: ["InternetGatewayDevice.OperatorProfile."] },
    want: { kind: "absent" },
    put: [{ centreKhz: 1, bandwidthKhz: 1 }],
    refusal: "absent",
  },
  {
    name: "no row for the anchor is absent",
    map: frequency,
    logical: "wan.ppp.credential",
    snapshot: { values: new Map(), covered: ["Device.PPP.Interface."] },
    want: { kind: "absent", path: "Device.PPP.Interface.{p}" },
    put: { user: "u", realm: "" },
    refusal: "no_instance",
  },
  {
    name: "not in the answer is unread",
    map: frequency,
    logical: "radio.bandwidth",
    snapshot: only({}),
    want: { kind: "unread", path: `${GP}Bandwidth` },
    put: 5000,
    refusal: "unread",
  },
  {
    name: "any other fault is unread",
    map: frequency,
    logical: "radio.bandwidth",
    snapshot: only({ [`${GP}Bandwidth`]: failed(9002) }),
    want: { kind: "unread", path: `${GP}Bandwidth` },
    put: 5000,
    refusal: "unread",
  },
  {
    name: "nil is unread, neither empty nor absent",
    map: frequency,
    logical: "radio.scan-list",
    snapshot: snapshotOf(frequency, { [`${GP}FrequencyTable`]: nil }),
    want: { kind: "unread", path: `${GP}FrequencyTable` },
    put: [1],
    refusal: "unread",
  },
  {
    name: "a table of which only some rows were read is unread",
    map: "huawei-bm632w",
    logical: "radio.channel-plan",
    snapshot: snapshotOf("huawei-bm632w", {}, false),
    want: { kind: "unread" },
    put: [{ centreKhz: 1, bandwidthKhz: 1 }],
    refusal: "unread",
  },
  {
    name: "a secret that reads empty is unreadable",
    map: "huawei-bm632w",
    logical: "wimax.auth.password",
    snapshot: snapshotOf("huawei-bm632w", {}),
    want: { kind: "unreadable", path: `${EAP}SharedSecret` },
    put: new Secret("new"),
    refusal: null,
  },
  {
    name: "a secret that the device shows is unreadable all the same",
    map: "huawei-bm632w",
    logical: "wimax.auth.password",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}SharedSecret`]: value("canary-7") }),
    want: { kind: "unreadable", path: `${EAP}SharedSecret` },
    put: new Secret("new"),
    refusal: null,
  },
  {
    name: "a secret that is nil is unreadable and may be written",
    map: "huawei-bm632w",
    logical: "wimax.auth.password",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}SharedSecret`]: nil }),
    want: { kind: "unreadable", path: `${EAP}SharedSecret` },
    put: new Secret("new"),
    refusal: null,
  },
  {
    name: "a secret whose path is gone is absent",
    map: "huawei-bm632w",
    logical: "wimax.auth.password",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}SharedSecret`]: failed(9005) }),
    want: { kind: "absent" },
    put: new Secret("new"),
    refusal: "absent",
  },
  {
    name: "a text that the map cannot decode is foreign",
    map: frequency,
    logical: "radio.scan-list",
    snapshot: snapshotOf(frequency, { [`${GP}FrequencyTable`]: value("2505000;2515000") }),
    want: { kind: "foreign", path: `${GP}FrequencyTable` },
    put: [2505000],
    refusal: "foreign",
  },
  {
    name: "a frequency of zero is no frequency",
    map: "huawei-bm632w",
    logical: "radio.running-frequency",
    snapshot: snapshotOf("huawei-bm632w", {
      "InternetGatewayDevice.WiMAX.Status.ConnectFreq": value("0MHz"),
    }),
    want: { kind: "foreign" },
    put: 1,
    refusal: "observe_only",
  },
  {
    name: "two rows that fit equally are foreign",
    map: frequency,
    logical: "wan.ppp.credential",
    snapshot: whole(
      withText(readTree(frequency), {
        "Device.PPP.Interface.2.Enable": "1",
        "Device.PPP.Interface.2.Status": "Up",
        "Device.PPP.Interface.2.Username": "x",
      }),
    ),
    want: { kind: "foreign", detail: "rows 1, 2 fit equally" },
    put: { user: "u", realm: "" },
    refusal: "ambiguous_instance",
  },
  {
    name: "a filled companion is nonconforming, with the value",
    map: "huawei-bm632w",
    logical: "wimax.auth.identity",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}Realm`]: value("other.example") }),
    want: {
      kind: "nonconforming",
      value: { user: "user0003", realm: "isp.example" },
      path: `${EAP}Realm`,
    },
    put: { user: "user0003", realm: "isp.example" },
    refusal: null,
  },
  {
    name: "a companion that was not read makes the value unread",
    map: "huawei-bm632w",
    logical: "wimax.auth.identity",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}Realm`]: failed(9002) }),
    want: { kind: "unread", path: `${EAP}Realm` },
    put: { user: "a", realm: "" },
    refusal: "unread",
  },
  {
    name: "a device without the companion conforms, since it should be empty",
    map: "huawei-bm632w",
    logical: "wimax.auth.identity",
    snapshot: snapshotOf("huawei-bm632w", { [`${EAP}Realm`]: failed(9005) }),
    want: { kind: "value" },
    put: { user: "user0003", realm: "isp.example" },
    refusal: null,
  },
];

describe("an observation", () => {
  it.for(cases)("$name", ({ map, logical, snapshot, want, put, refusal }) => {
    const mapper = mapperOf(map);
    expect(mapper.get(logical, snapshot)).toMatchObject(want);
    const result = mapper.put(logical, put, snapshot);
    expect(result.kind === "refused" ? result.code : null).toBe(refusal);
  });

  it("of a wrong companion is mended by writing the companion alone", () => {
    const snapshot = snapshotOf("huawei-bm632w", { [`${EAP}Realm`]: value("other.example") });
    expect(
      mapperOf("huawei-bm632w").put(
        "wimax.auth.identity",
        { user: "user0003", realm: "isp.example" },
        snapshot,
      ),
    ).toEqual({
      kind: "edits",
      calls: [setOf({ path: `${EAP}Realm`, value: { kind: "text", text: "" } })],
    });
  });

  it("of something that the map does not bind is absent, and a put of it unbound", () => {
    const mapper = mapperOf("huawei-eg8145v5");
    expect(mapper.get("radio.scan-list", only({})).kind).toBe("absent");
    expect(mapper.put("radio.scan-list", [1], only({}))).toMatchObject({
      kind: "refused",
      code: "unbound",
    });
  });

  it("that is foreign may be overwritten where the binding says so", () => {
    const lens = [{ scale: { wire: "kHz" } }, { at: "Device.Radio.Bandwidth" }];
    const snapshot = only({ "Device.Radio.Bandwidth": value("auto") });
    const strict = testMapper({ bind: { "radio.bandwidth": { lens } } });
    const lenient = testMapper({ bind: { "radio.bandwidth": { lens, overwriteForeign: true } } });
    expect(strict.put("radio.bandwidth", 5000, snapshot)).toMatchObject({
      kind: "refused",
      code: "foreign",
    });
    expect(lenient.put("radio.bandwidth", 5000, snapshot)).toMatchObject({
      kind: "edits",
      calls: [{ kind: "set", edits: [{ path: "Device.Radio.Bandwidth" }] }],
    });
  });

  it("never leaves an empty list of frequencies: that is refused before the device is asked", () => {
    const snapshot = snapshotOf(frequency, {});
    expect(mapperOf(frequency).put("radio.scan-list", [], snapshot)).toMatchObject({
      kind: "refused",
      code: "domain",
    });
  });

  it.for([
    { wire: "MHz", khz: 3532500 },
    { wire: "kHz", khz: 3532500.5 },
  ])("a frequency that $wire cannot hold is refused as inexact, not rounded", ({ wire, khz }) => {
    const lens = [
      { each: [{ scale: { wire } }] },
      { csv: { sep: ",", order: "keep" } },
      { at: "Device.Radio.List" },
    ];
    const mapper = testMapper({ bind: { "radio.scan-list": { lens } } });
    const result = mapper.put(
      "radio.scan-list",
      [2505000, khz],
      only({ "Device.Radio.List": value("") }),
    );
    expect(result).toMatchObject({
      kind: "refused",
      code: Number.isInteger(khz) ? "inexact" : "domain",
    });
  });
});
