import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadMaps } from "../../../src/mapping/load.ts";
import type { Mapper, MapSet } from "../../../src/mapping/mapper.ts";
import { mergeFacts, type DeviceFacts } from "../../../src/model/device.ts";
import { BASES, facts, MAPS, MAP_NAMES, mapOf, RECORDS, testMap } from "./fixtures.ts";

const named = (mapper: Mapper | null): string =>
  mapper === null ? "nobody" : mapper.layers.join(" < ") + (mapper.general ? " (general)" : "");

const print = (set: MapSet, known: DeviceFacts): string => {
  const selection = set.select(known);
  if (selection.kind === "map") return named(selection.mapper);
  if (selection.kind === "none") return "none";
  return `${named(selection.likely)}? ${selection.missing.join(" ")}`.trim();
};

it.for(MAP_NAMES)("of those that ship %s is likely by OUI and product class alone", (name) => {
  const selection = MAPS.select(RECORDS[name]);
  expect(selection).toMatchObject({ kind: "undecided", likely: { name, general: false } });
});

const model = (name: string, match: Record<string, unknown>) => testMap(name, { match, bind: {} });
const ec220 = { oui: "9CA2F4", productClass: "EC220-G5", modelName: "EC220-G5" };

describe("the maps of a device", () => {
  const root = "InternetGatewayDevice";
  const set = loadMaps([
    ...BASES,
    model("bm632w", { root, oui: ["202BC1"], productClass: "BM632w" }),
    model("eg8145v5", { root, oui: ["00259E"], productClass: "EG8145V5", modelName: "EG8145V5" }),
    model("ec220-g5-v3", {
      root: "Device",
      productClass: "EC220-G5",
      modelName: "EC220-G5",
      hardwareVersion: { contains: "EC220-G5 3.0" },
    }),
  ]);
  it.for([
    {
      reason: "all that the match asks for",
      known: { root, oui: "202BC1", productClass: "BM632w" },
      want: "tr-098 < bm632w",
    },
    {
      reason: "facts that no match asks for change nothing",
      known: {
        root,
        oui: "202BC1",
        productClass: "BM632w",
        softwareVersion: "9",
      },
      want: "tr-098 < bm632w",
    },
    {
      reason: "the root is not known yet",
      known: { oui: "202BC1", productClass: "BM632w" },
      want: "tr-098 < bm632w? root",
    },
    {
      reason: "hardware 3.0 is TR-181",
      known: { ...ec220, root: "Device", hardwareVersion: "EC220-G5 3.0" },
      want: "tr-181 < ec220-g5-v3",
    },
    {
      reason: "hardware 2.0 of the same model is another tree",
      known: { ...ec220, root, hardwareVersion: "EC220-G5 2.0" },
      want: "tr-098 (general)",
    },
    {
      reason: "the hardware could still be another",
      known: { ...ec220, root: "Device" },
      want: "tr-181 < ec220-g5-v3? hardwareVersion",
    },
    {
      reason: "a model name that contradicts leaves only the root open",
      known: { oui: "00259E", productClass: "EG8145V5", modelName: "EG8145X6" },
      want: "nobody? root",
    },
    {
      reason: "an empty model name is known, and is not the model's",
      known: { ...ec220, root: "Device", modelName: "" },
      want: "tr-181 (general)",
    },
    {
      reason: "an OUI that nobody has",
      known: { oui: "FFFFFF", productClass: "X", root: "Device" },
      want: "tr-181 (general)",
    },
    {
      reason: "nothing known: nothing is likely",
      known: {},
      want: "nobody? hardwareVersion modelName productClass oui root",
    },
    {
      reason: "only a root: what is said below it can be read",
      known: { root: "Device" },
      want: "tr-181 (general)? hardwareVersion modelName productClass",
    },
  ] as const)("$reason: $want", ({ known, want }) => {
    expect(print(set, facts(known))).toBe(want);
  });

  it("say what keeps the nearest narrower map from fitting", () => {
    const known = {
      ...ec220,
      root,
      hardwareVersion: "EC220-G5 2.0",
    } as const;
    const selection = set.select(facts(known));
    expect(selection).toMatchObject({
      kind: "map",
      mapper: { nearest: expect.stringContaining("ec220-g5-v3") as string },
    });
    expect(JSON.stringify(selection)).toMatch(
      /hardwareVersion is .*EC220-G5 2\.0.* and not .*3\.0/,
    );
  });

  it("are none where not even a base fits", () => {
    expect(loadMaps(BASES.slice(0, 1)).select(facts({ root: "Device" }))).toEqual({
      kind: "none",
      reason: "no parameter map fits",
    });
  });
});

const at = (name: string) => ({ lens: [{ int: {} }, { at: `Device.${name}` }] });
const binding = (name: string) => ({ bind: { "radio.bandwidth": at(name) } });
const M1 = { root: "Device", oui: ["AAAAAA"], modelName: "M1" };
const known = (more: Partial<DeviceFacts>): DeviceFacts =>
  facts({ root: "Device", oui: "AAAAAA", ...more });

/** What is bound in the end: the path below `Device.`, or nothing. */
function bound(set: MapSet, given: DeviceFacts): string {
  const selection = set.select(given);
  const mapper = selection.kind === "map" ? selection.mapper : null;
  const lens = mapper?.resolved.bind["radio.bandwidth"]?.lens.at(-1) as { at: string } | undefined;
  return lens?.at.replace("Device.", "") ?? "nothing";
}

describe("among several maps that fit", () => {
  const set = loadMaps([
    ...mapOf({ match: { root: "Device", oui: ["AAAAAA"] }, ...binding("Wide") }, "by-oui"),
    testMap("by-model", { match: M1, ...binding("Model") }),
    testMap("by-version", {
      match: { ...M1, softwareVersion: ["1.0", "1.1"] },
      ...binding("Exact"),
    }),
    testMap("by-range", {
      match: { ...M1, softwareVersion: { scheme: "dotted", range: ">=1.1 <3" } },
      ...binding("Range"),
    }),
    testMap("by-part", {
      match: { ...M1, hardwareVersion: { contains: "B" } },
      ...binding("Part"),
    }),
    testMap("by-serial", { match: { ...M1, serial: ["S1", "S2"] }, ...binding("Serial") }),
  ]);
  const M = { modelName: "M1", serial: "S9" };
  it.for([
    { given: { ...M, softwareVersion: "1.1", hardwareVersion: "B" }, want: "Exact" },
    { given: { ...M, softwareVersion: "2.0", hardwareVersion: "B2" }, want: "Range" },
    { given: { ...M, softwareVersion: "3.0", hardwareVersion: "B2" }, want: "Part" },
    { given: { ...M, softwareVersion: "3.0", hardwareVersion: "A" }, want: "Model" },
    { given: { ...M, softwareVersion: "none", hardwareVersion: "A" }, want: "Model" },
    { given: { modelName: "M2" }, want: "Wide" },
    { given: { ...M, serial: "S2", softwareVersion: "1.1", hardwareVersion: "B" }, want: "Serial" },
  ])("the most specific wins: $given is $want", ({ given, want }) => {
    expect(bound(set, known(given))).toBe(want);
  });
  it.for([
    {
      given: { modelName: "M1", softwareVersion: "1.1", hardwareVersion: "A" },
      want: "tr-181 < by-oui < by-model < by-range < by-version < by-serial? serial",
    },
    {
      given: { ...M, softwareVersion: "9" },
      want: "tr-181 < by-oui < by-model < by-part? hardwareVersion",
    },
    {
      given: { ...M, softwareVersion: "1.0" },
      want: "tr-181 < by-oui < by-model < by-version",
    },
  ])("an unknown fact that could change it leaves it open: $given is $want", ({ given, want }) => {
    expect(print(set, known(given))).toBe(want);
  });
});

describe("layers", () => {
  const set = loadMaps([
    ...BASES,
    testMap("vendor", {
      layer: "vendor",
      match: { root: "Device", oui: ["AAAAAA"] },
      anchors: { w: { row: "Device.W.{w}" } },
      bind: { "radio.bandwidth": at("Vendor"), "radio.running-frequency": at("F") },
    }),
    testMap("model", {
      match: { ...M1, hardwareVersion: "A" },
      bind: { "radio.bandwidth": at("Model"), "radio.running-frequency": null },
    }),
    testMap("firmware", {
      layer: "firmware",
      match: { ...M1, softwareVersion: { scheme: "dotted", range: ">=2" } },
      ...binding("Firmware"),
    }),
    testMap("site", {
      layer: "site",
      match: { root: "Device", serial: ["S1"] },
      ...binding("Site"),
    }),
  ]);
  const device = { modelName: "M1", hardwareVersion: "A", softwareVersion: "1", serial: "S9" };
  it.for([
    { given: { ...device, modelName: "M2" }, want: "Vendor" },
    { given: device, want: "Model" },
    { given: { ...device, softwareVersion: "2.1" }, want: "Firmware" },
    { given: { ...device, softwareVersion: "2.1", serial: "S1" }, want: "Site" },
    { given: { ...device, serial: "S1" }, want: "Site" },
  ])(
    "lie over one another, however specific the lower ones are: $given is $want",
    ({ given, want }) => {
      expect(bound(set, known(given))).toBe(want);
    },
  );
  it("take away with null what a wider one binds", () => {
    const has = (given: Partial<DeviceFacts>): boolean => {
      const selection = set.select(known(given));
      return selection.kind === "map" && selection.mapper.bindings.has("radio.running-frequency");
    };
    expect(has({ ...device, modelName: "M2" })).toBe(true);
    expect(has(device)).toBe(false);
  });
  it("make a map general when none of them is of a model: everything is observed, nothing written", () => {
    const selection = set.select(known({ ...device, modelName: "M2" }));
    if (selection.kind !== "map") throw new Error(selection.kind);
    const { mapper } = selection;
    expect(mapper).toMatchObject({ general: true, layers: ["tr-181", "vendor"] });
    expect([...mapper.bindings.values()].every(({ observeOnly }) => observeOnly)).toBe(true);
    const snapshot = {
      values: new Map([["Device.Vendor", { kind: "value", text: "5" } as const]]),
      covered: [],
    };
    expect(mapper.put("radio.bandwidth", 6, snapshot)).toMatchObject({ code: "observe_only" });
  });
  it("say for each part which of them wrote it", () => {
    const selection = set.select(known(device));
    if (selection.kind !== "map") throw new Error(selection.kind);
    expect(selection.mapper.origin("bind", "radio.bandwidth")).toEqual({
      map: "model",
      file: "model.yaml",
      pointer: "/spec/bind/radio.bandwidth",
    });
    expect(selection.mapper.origin("bind", "radio.scan-list")).toBeNull();
  });
  it("are not covered by what a map inherited from a wider one that fits too", () => {
    const inherited = loadMaps([
      ...mapOf({ layer: "base", match: { root: "Device" }, ...binding("Base") }, "plain"),
      testMap("vendor", {
        layer: "vendor",
        match: { root: "Device", oui: ["AAAAAA"] },
        ...binding("Vendor"),
      }),
      testMap("model", { extends: ["plain"], match: M1, bind: {} }),
      testMap("mixed", { extends: ["mixin"], match: { ...M1, modelName: "M2" }, bind: {} }),
      testMap("mixin", { layer: "vendor", match: undefined, ...binding("Mixin") }),
    ]);
    expect(bound(inherited, known({ modelName: "M1" }))).toBe("Vendor");
    expect(bound(inherited, known({ modelName: "M2" }))).toBe("Mixin");
  });
});

describe("how narrowly the firmware is named", () => {
  const vrc = (range: string) => ({ scheme: "vrc", range });
  const set = loadMaps([
    ...mapOf({ match: M1, ...binding("Model") }, "model"),
    testMap("exact", { layer: "firmware", match: { ...M1, softwareVersion: "V1R2" }, bind: {} }),
    testMap("range", {
      layer: "firmware",
      match: { ...M1, softwareVersion: vrc(">=V1R2 <V2R0") },
      ...binding("Range"),
    }),
  ]);
  it.for([
    { softwareVersion: "V1R2", want: "exact" },
    { softwareVersion: "V1R3", want: "range" },
    { softwareVersion: "V2R3", want: "any" },
    { softwareVersion: "2.3", want: "unparsed" },
    { softwareVersion: "", want: "unparsed" },
  ])("$softwareVersion: $want", ({ softwareVersion, want }) => {
    const given = known({ modelName: "M1", softwareVersion });
    expect(set.select(given)).toMatchObject({ kind: "map", firmware: want });
  });
  it("a version that its scheme cannot read is named as that, and is no old version", () => {
    const only = loadMaps(mapOf({ match: { ...M1, softwareVersion: vrc("<V9R0") }, bind: {} }));
    const selection = only.select(known({ modelName: "M1", softwareVersion: "2.3" }));
    expect(selection).toMatchObject({
      firmware: "unparsed",
      mapper: { general: true, nearest: expect.stringContaining("UNPARSED_VERSION") as string },
    });
  });
});

describe("parameters that tell maps apart by being there", () => {
  const [one, two] = ["Device.X_A.One", "Device.X_A.Two"];
  const set = loadMaps([
    ...mapOf({ match: M1, ...binding("Model") }, "model"),
    testMap("new", {
      layer: "firmware",
      match: { ...M1, has: [one], lacks: [two] },
      ...binding("New"),
    }),
    testMap("other", {
      match: { ...M1, modelName: "M9", has: ["Device.X_B"] },
      ...binding("Other"),
    }),
  ]);
  const asked = ({ modelName = "M1", presence = {} }: Partial<DeviceFacts>): Mapper => {
    const selection = set.select(known({ modelName, presence }));
    const mapper = selection.kind === "map" ? selection.mapper : null;
    const likely = selection.kind === "undecided" ? selection.likely : null;
    if (mapper === null && likely === null) throw new Error("nobody");
    return (mapper ?? likely) as Mapper;
  };
  it.for([
    { presence: {}, want: `tr-181 < model? has ${one} lacks ${two}` },
    { presence: { [one]: true }, want: `tr-181 < model? lacks ${two}` },
    { presence: { [one]: true, [two]: false }, want: "tr-181 < model < new" },
    { presence: { [one]: false }, want: "tr-181 < model" },
    { presence: { [two]: true }, want: "tr-181 < model" },
  ])("$presence: $want", ({ presence, want }) => {
    expect(print(set, known({ modelName: "M1", presence }))).toBe(want);
  });
  it("are asked for in every read of a device that could fit, and of no other", () => {
    for (const presence of [{}, { [one]: false }, { [one]: true, [two]: false }]) {
      expect(asked({ presence }).wanted([], null)).toEqual(expect.arrayContaining([one, two]));
    }
    const names = asked({ modelName: "M2" }).wanted([], null);
    expect(names.filter((name) => name.includes("X_"))).toEqual([]);
  });
  it("become facts by what a read says of them, and stay unknown where it says nothing", () => {
    const snapshot = {
      values: new Map([
        [one, { kind: "null" }],
        [two, { kind: "failed", code: 9005, text: "" }],
      ] as const),
      covered: [],
    };
    expect(asked({}).facts(snapshot).presence).toEqual({ [one]: true, [two]: false });
    expect(asked({}).facts({ values: new Map(), covered: [] }).presence).toEqual({});
    expect(asked({}).facts({ values: new Map(), covered: ["Device."] }).presence).toEqual({
      [one]: false,
      [two]: false,
    });
    const failed = { kind: "failed", code: 9002, text: "" } as const;
    expect(asked({}).facts({ values: new Map([[one, failed]]), covered: [] }).presence).toEqual({});
  });
});

describe("what is likely", () => {
  const models = loadMaps([
    ...BASES,
    ...["M1", "M2", "M3"].map((modelName) =>
      testMap(modelName.toLowerCase(), {
        match: { root: "Device", oui: ["AAAAAA"], modelName },
        ...binding(modelName),
      }),
    ),
    testMap("special", {
      match: { root: "Device", oui: ["BBBBBB"], productClass: "P", modelName: "M4" },
      ...binding("Special"),
    }),
    testMap("late", {
      layer: "firmware",
      match: { root: "Device", productClass: "P", softwareVersion: "2" },
      ...binding("Late"),
    }),
  ]);
  it("is nothing where several models are as good, unless the root can be read", () => {
    expect(print(models, facts({ oui: "AAAAAA", productClass: "Q" }))).toBe(
      "nobody? modelName root",
    );
    expect(print(models, known({}))).toMatch(/^tr-181 \(general\)\?/);
  });
  it("assumes of a model what its match demands, and of firmware nothing", () => {
    expect(print(models, facts({ oui: "BBBBBB", productClass: "P" }))).toBe(
      "tr-181 < special? softwareVersion modelName root",
    );
  });
  it("turns out to be right when the facts agree, so that one read is enough", () => {
    const names = ["M1", "M2", "M4"];
    const device = fc.record({
      oui: fc.constantFrom("AAAAAA", "BBBBBB"),
      productClass: fc.constantFrom("P", "Q"),
      modelName: fc.constantFrom(...names),
      softwareVersion: fc.constantFrom("1", "2"),
      serial: fc.constant("S"),
    });
    fc.assert(
      fc.property(device, (given) => {
        const { oui, productClass } = given;
        const before = models.select(facts({ oui, productClass }));
        const after = models.select(facts({ root: "Device", ...given }));
        if (after.kind !== "map") throw new Error("all is known");
        if (before.kind !== "undecided" || before.likely === null) return;
        const agrees = before.likely.layers.join() === after.mapper.layers.join();
        expect(before.likely.hash === after.mapper.hash).toBe(agrees);
      }),
    );
  });
});

describe("whatever is known, and in whatever order it becomes known", () => {
  const set = loadMaps([
    ...mapOf({ match: { root: "Device", oui: ["AAAAAA"] }, ...binding("Wide") }, "wide"),
    testMap("model", { match: M1, ...binding("Model") }),
    testMap("part", { match: { ...M1, hardwareVersion: { contains: "B" } }, ...binding("Part") }),
    testMap("pattern", {
      layer: "firmware",
      match: { root: "Device", modelName: { matches: "^M[12]$" }, softwareVersion: ["1", "2"] },
      ...binding("Pattern"),
    }),
    testMap("has", {
      layer: "site",
      match: { root: "Device", has: ["Device.X"] },
      ...binding("Has"),
    }),
  ]);
  const full = fc.record({
    root: fc.constantFrom("Device", "InternetGatewayDevice"),
    oui: fc.constantFrom("AAAAAA", "BBBBBB"),
    modelName: fc.constantFrom("M1", "M2", "M3", ""),
    hardwareVersion: fc.constantFrom("A", "B1", ""),
    softwareVersion: fc.constantFrom("1", "3", ""),
    manufacturer: fc.constant("x"),
    productClass: fc.constant("y"),
    serial: fc.constant("s"),
    presence: fc.constantFrom({ "Device.X": true }, { "Device.X": false }),
  });
  const hidden = fc.subarray([
    "root",
    "oui",
    "modelName",
    "hardwareVersion",
    "softwareVersion",
    "presence",
  ] as const);

  it("what is decided with some facts stays so with all of them", () => {
    fc.assert(
      fc.property(full, hidden, (all, without) => {
        const some = facts(
          Object.fromEntries(
            Object.entries(all).filter(([name]) => !without.some((hide) => hide === name)),
          ),
        );
        const early = set.select(some);
        const late = set.select(mergeFacts(some, facts(all)));
        expect(late.kind).toBe("map");
        if (early.kind === "map" && late.kind === "map")
          expect(early.mapper.hash).toBe(late.mapper.hash);
      }),
      { numRuns: 2_000 },
    );
  });
  it("the order of the documents changes nothing", () => {
    const documents = [
      ...mapOf({ match: { root: "Device", oui: ["AAAAAA"] }, ...binding("Wide") }, "wide"),
      testMap("model", { match: M1, ...binding("Model") }),
      testMap("same", { match: M1, ...binding("Model") }),
    ];
    const given = known({ modelName: "M1" });
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        expect(print(loadMaps(shuffled), given)).toBe(print(loadMaps(documents), given));
      }),
      { numRuns: 20 },
    );
  });
});
