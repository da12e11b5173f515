import { describe, expect, it } from "vitest";
import { loadMaps } from "../../../src/mapping/load.ts";
import { facts, mapOf, MAPS, MAP_NAMES, RECORDS } from "./fixtures.ts";
import type { DeviceFacts } from "../../../src/model/device.ts";

const print = (set: ReturnType<typeof loadMaps>, known: DeviceFacts): string => {
  const selection = set.select(known);
  if (selection.kind === "map") return selection.mapper.name;
  if (selection.kind === "none") return "none";
  return `${selection.likely?.name ?? "nobody"}? ${selection.missing.join(" ")}`.trim();
};

const ec220 = { oui: "9CA2F4", productClass: "EC220-G5", modelName: "EC220-G5" };

describe("the map of a device", () => {
  it.for(MAP_NAMES)("%s is likely by OUI and product class alone", (name) => {
    const selection = MAPS.select(RECORDS[name]);
    expect(selection).toMatchObject({ kind: "undecided", likely: { name } });
  });
  it.for([
    {
      reason: "all that the match asks for",
      known: { root: "InternetGatewayDevice", oui: "202BC1", productClass: "BM632w" },
      want: "huawei-bm632w",
    },
    {
      reason: "facts that no match asks for change nothing",
      known: {
        root: "InternetGatewayDevice",
        oui: "202BC1",
        productClass: "BM632w",
        softwareVersion: "9",
      },
      want: "huawei-bm632w",
    },
    {
      reason: "the root is not known yet",
      known: { oui: "202BC1", productClass: "BM632w" },
      want: "huawei-bm632w? root",
    },
    {
      reason: "hardware 3.0 is TR-181",
      known: { ...ec220, root: "Device", hardwareVersion: "EC220-G5 3.0" },
      want: "tplink-ec220-g5-v3",
    },
    {
      reason: "hardware 2.0 of the same model is another tree",
      known: { ...ec220, root: "InternetGatewayDevice", hardwareVersion: "EC220-G5 2.0" },
      want: "none",
    },
    {
      reason: "the hardware could still be another",
      known: { ...ec220, root: "Device" },
      want: "tplink-ec220-g5-v3? hardwareVersion",
    },
    {
      reason: "a model name that contradicts",
      known: { oui: "00259E", productClass: "EG8145V5", modelName: "EG8145X6" },
      want: "none",
    },
    {
      reason: "an empty model name is known, and is not the model's",
      known: { ...ec220, modelName: "" },
      want: "none",
    },
    { reason: "an OUI that nobody has", known: { oui: "FFFFFF", productClass: "X" }, want: "none" },
    {
      reason: "nothing known: nothing is likely",
      known: {},
      want: "nobody? hardwareVersion modelName productClass oui root",
    },
    {
      reason: "only a root speaks for nobody",
      known: { root: "Device" },
      want: "nobody? hardwareVersion modelName productClass oui",
    },
  ] as const)("$reason: $want", ({ known, want }) => {
    expect(print(MAPS, facts(known))).toBe(want);
  });
  it("says what did not fit", () => {
    const selection = MAPS.select(
      facts({ ...ec220, root: "InternetGatewayDevice", hardwareVersion: "EC220-G5 2.0" }),
    );
    expect(selection).toMatchObject({
      kind: "none",
      reason: expect.stringContaining("tplink-ec220-g5-v3") as string,
    });
    expect(JSON.stringify(selection)).toMatch(
      /hardwareVersion is .*EC220-G5 2\.0.* and not .*3\.0/,
    );
  });
});

describe("among several maps that fit", () => {
  const bind = (name: string) => ({
    bind: { "radio.bandwidth": { lens: [{ int: {} }, { at: `Device.${name}` }] } },
  });
  const set = loadMaps([
    ...mapOf({ match: { oui: ["AAAAAA"] }, ...bind("Wide") }, "by-oui"),
    ...mapOf({ match: { oui: ["AAAAAA"], modelName: "M1" }, ...bind("Model") }, "by-model").slice(
      2,
    ),
    ...mapOf(
      {
        match: { oui: ["AAAAAA"], modelName: "M1", softwareVersion: ["1.0", "1.1"] },
        ...bind("Version"),
      },
      "by-version",
    ).slice(2),
    ...mapOf(
      {
        match: { oui: ["AAAAAA"], modelName: "M1", hardwareVersion: { contains: "B" } },
        ...bind("Part"),
      },
      "by-part",
    ).slice(2),
  ]);
  it.for([
    {
      known: { modelName: "M1", softwareVersion: "1.1", hardwareVersion: "A" },
      want: "by-version",
    },
    {
      known: { modelName: "M1", softwareVersion: "1.1", hardwareVersion: "B" },
      want: "by-version",
    },
    { known: { modelName: "M1", softwareVersion: "2.0", hardwareVersion: "B2" }, want: "by-part" },
    { known: { modelName: "M1", softwareVersion: "2.0", hardwareVersion: "A" }, want: "by-model" },
    { known: { modelName: "M2" }, want: "by-oui" },
    { known: { modelName: "M1", hardwareVersion: "A" }, want: "by-version? softwareVersion" },
    { known: { modelName: "M1", softwareVersion: "1.0" }, want: "by-version" },
    { known: {}, want: "by-version? softwareVersion hardwareVersion modelName" },
  ])(
    "the most specific wins, unless an unknown fact could change that: $known is $want",
    ({ known, want }) => {
      expect(print(set, facts({ root: "Device", oui: "AAAAAA", ...known }))).toBe(want);
    },
  );
  it("a higher layer wins over a more specific lower one", () => {
    const layered = loadMaps([
      ...mapOf(
        { match: { oui: ["AAAAAA"], modelName: "M1", hardwareVersion: "A" }, ...bind("Model") },
        "model",
      ),
      ...mapOf({ match: { oui: ["AAAAAA"] }, layer: "site", ...bind("Site") }, "site").slice(2),
    ]);
    expect(
      print(
        layered,
        facts({ root: "Device", oui: "AAAAAA", modelName: "M1", hardwareVersion: "A" }),
      ),
    ).toBe("site");
  });
});
