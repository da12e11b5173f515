/** What is refused when a set of maps is loaded: always with file and JSON Pointer, and all problems at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError, type Problem } from "../../../src/lib/errors.ts";
import { loadMaps, type MapSource } from "../../../src/mapping/load.ts";
import { parameterMapSchema } from "../../../src/mapping/document.ts";
import { BASES, facts, MAP_FILES, mapOf, TEST_MATCH, testMap } from "./fixtures.ts";

function refusal(documents: readonly MapSource[]): { code: string; problems: readonly Problem[] } {
  try {
    loadMaps(documents);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return { code: "loaded", problems: [] };
}

const bandwidth = (lens: unknown, more: object = {}) => ({
  bind: { "radio.bandwidth": { lens, ...more } },
});
const good = [{ int: {} }, { at: "Device.B" }];
const B = "/spec/bind/radio.bandwidth";

describe("a map is refused", () => {
  it.for([
    {
      reason: "unknown key of spec",
      spec: { ...bandwidth(good), anchor: {} },
      pointer: "/spec/anchor",
      message: 'Did you mean "anchors"?',
    },
    {
      reason: "unknown key of match",
      spec: { ...bandwidth(good), match: { productclass: "X" } },
      pointer: "/spec/match/productclass",
      message: 'Did you mean "productClass"?',
    },
    {
      reason: "unknown key of a binding",
      spec: bandwidth(good, { effect: {} }),
      pointer: `${B}/effect`,
      message: 'Did you mean "effects"?',
    },
    {
      reason: "unknown logical parameter",
      spec: { bind: { "radio.bandwith": { lens: good } } },
      pointer: "/spec/bind/radio.bandwith",
      message: 'Did you mean "radio.bandwidth"?',
    },
    {
      reason: "unknown step",
      spec: bandwidth([{ ints: {} }, { at: "Device.B" }]),
      pointer: `${B}/lens/0/ints`,
      message: 'Did you mean "int"?',
    },
    {
      reason: "unknown option of a step",
      spec: bandwidth([{ int: { maximum: 1 } }, { at: "Device.B" }]),
      pointer: `${B}/lens/0/int/maximum`,
      message: "unknown field",
    },
    {
      reason: "two names in one step",
      spec: bandwidth([{ int: {}, at: "Device.B" }]),
      pointer: `${B}/lens/0`,
      message: "one name",
    },
    {
      reason: "a pipeline without an end",
      spec: bandwidth([{ int: {} }]),
      pointer: `${B}/lens`,
      message: "has to end in",
    },
    {
      reason: "an end that is not last",
      spec: bandwidth([{ at: "Device.A" }, { at: "Device.B" }]),
      pointer: `${B}/lens/0/at`,
      message: "has to stand last",
    },
    {
      reason: "a path that is none",
      spec: bandwidth([{ int: {} }, { at: "Device..B" }]),
      pointer: `${B}/lens/1/at`,
      message: "empty segment",
    },
    {
      reason: "an unknown anchor",
      spec: { anchors: { wan: { row: "Device.W.{w}" } }, ...bandwidth([{ at: "$wam.B" }]) },
      pointer: `${B}/lens/0/at`,
      message: 'Did you mean "wan"?',
    },
    {
      reason: "an instance number left open",
      spec: bandwidth([{ int: {} }, { at: "Device.W.{w}.B" }]),
      pointer: `${B}/lens`,
      message: "names many parameters",
    },
    {
      reason: "$row outside a table",
      spec: bandwidth([{ at: "$row.B" }]),
      pointer: `${B}/lens/0/at`,
      message: "no anchor",
    },
    {
      reason: "a device step inside each",
      spec: bandwidth([{ each: [{ at: "Device.A" }] }, { at: "Device.B" }]),
      pointer: `${B}/lens/0/each/0/at`,
      message: "only value steps",
    },
    {
      reason: "a secret in the open",
      spec: { bind: { "wan.ppp.password": { lens: [{ at: "Device.P" }] } } },
      pointer: "/spec/bind/wan.ppp.password/lens",
      message: "needs the step secret",
    },
    {
      reason: "a secret step where none is",
      spec: bandwidth([{ secret: {} }, { at: "Device.B" }]),
      pointer: `${B}/lens`,
      message: "is no secret",
    },
    {
      reason: "an anchor without instances",
      spec: { anchors: { wan: { row: "Device.W" } }, ...bandwidth(good) },
      pointer: "/spec/anchors/wan",
      message: "no {instance}",
    },
    {
      reason: "an anchor that is both forms",
      spec: {
        anchors: { wan: { row: "Device.W.{w}", follow: "$x.L", to: "Device.V.{v}" } },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/wan",
      message: "either row",
    },
    {
      reason: "anchors that follow each other",
      spec: {
        anchors: {
          a: { follow: "$b.L", to: "Device.A.{x}" },
          b: { follow: "$a.L", to: "Device.B.{x}" },
        },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/a",
      message: "a rests on b rests on a",
    },
    {
      reason: "a condition without a test",
      spec: {
        anchors: { wan: { row: "Device.W.{w}", where: [{ param: "E" }] } },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/wan/where/0",
      message: "exactly one",
    },
    {
      reason: "a condition on many parameters",
      spec: {
        anchors: { wan: { row: "Device.W.{w}", where: [{ param: "L.{l}.E", equals: true }] } },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/wan",
      message: "not a path below the row",
    },
    {
      reason: "a walk that starts at many parameters",
      spec: {
        anchors: { vlan: { follow: "Device.P.{p}.LowerLayers", to: "Device.V.{v}" } },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/vlan",
      message: "not one parameter",
    },
    {
      reason: "a pattern that is none",
      spec: {
        anchors: { wan: { row: "Device.W.{w}", where: [{ param: "E", matches: "(" }] } },
        ...bandwidth(good),
      },
      pointer: "/spec/anchors/wan",
      message: 'pattern "(" is none',
    },
    {
      reason: "an anchor called row",
      spec: { anchors: { row: { row: "Device.W.{w}" } }, ...bandwidth(good) },
      pointer: "/spec/anchors/row",
      message: "row of a table",
    },
    {
      reason: "a duration that is none",
      spec: bandwidth(good, { effects: { settle: "5 minutes" } }),
      pointer: `${B}/effects/settle`,
      message: "duration",
    },
    {
      reason: "a parent that is not there",
      spec: { extends: ["tr-18"], ...bandwidth(good) },
      pointer: "/spec/extends/0",
      message: 'Did you mean "tr-181"?',
    },
    {
      reason: "nothing that proves the device",
      spec: { match: { oui: ["AAAAAA"] }, ...bandwidth(good) },
      pointer: "/spec/bind",
      message: "nothing binds device.serial-number, which proves which device answered; with root",
    },
    {
      reason: "a serial number that is somewhere in a table",
      spec: {
        anchors: { wan: { row: "Device.W.{w}" } },
        bind: { "device.serial-number": { lens: [{ at: "$wan.S" }] } },
      },
      pointer: "/spec/bind",
      message: "to one full path",
    },
    {
      reason: "a serial number that is taken away",
      spec: { bind: { "device.serial-number": null } },
      pointer: "/spec/bind/device.serial-number",
      message: "cannot be taken away",
    },
    {
      reason: "no word on which devices",
      spec: { match: {}, bind: {} },
      pointer: "/spec",
      message: "has to say which",
    },
    {
      reason: "an action that neither sends a file nor writes",
      spec: { ...bandwidth(good), actions: { x: { meaning: "x" } } },
      pointer: "/spec/actions/x",
      message: "either file with marker, or write",
    },
    {
      reason: "an action of a file without a marker",
      spec: { ...bandwidth(good), actions: { x: { meaning: "x", file: "3 Vendor" } } },
      pointer: "/spec/actions/x",
      message: "file and marker go together",
    },
    {
      reason: "an action of what is no logical parameter",
      spec: {
        ...bandwidth(good),
        actions: { x: { meaning: "x", input: ["radio.x"], write: { "Device.X.Go": true } } },
      },
      pointer: "/spec/actions/x/input/0",
      message: "no logical parameter",
    },
    {
      reason: "a match of no known form",
      spec: { ...bandwidth(good), match: { modelName: { is: "X" } } },
      pointer: "/spec/match/modelName",
      message: "wants one of: a text",
    },
    {
      reason: "a match by a pattern that is none",
      spec: { ...bandwidth(good), match: { modelName: { matches: "(" } } },
      pointer: "/spec/match/modelName/matches",
      message: "the pattern is none",
    },
    {
      reason: "a match by a range that is none",
      spec: { ...bandwidth(good), match: { softwareVersion: { scheme: "vrc", range: ">=1.2" } } },
      pointer: "/spec/match/softwareVersion/range",
      message: "no version of the scheme",
    },
    {
      reason: "a match by many parameters",
      spec: { ...bandwidth(good), match: { has: ["Device.W.{w}.X"] } },
      pointer: "/spec/match/has/0",
      message: "one parameter by its full name",
    },
    {
      reason: "nesting without end",
      spec: bandwidth([
        Array.from({ length: 12 }).reduce<unknown>((inner) => ({ each: [inner] }), { int: {} }),
        { at: "Device.B" },
      ]),
      pointer: `${B}/lens/0${"/each/0".repeat(8)}/each`,
      message: "deeper",
    },
  ])("for $reason", ({ spec, pointer, message }) => {
    const { code, problems } = refusal(mapOf(spec));
    expect(code).toBe("invalid_map");
    expect(problems[0]).toMatchObject({ file: "test-map.yaml", pointer });
    expect(problems[0]?.message).toContain(message);
  });

  it("with all problems at once", () => {
    const spec = {
      bind: {
        "radio.bandwidth": { lens: [{ intt: {} }, { at: "Device." }] },
        "radio.scan-list": { lens: [{ cvs: {} }] },
      },
    };
    expect(refusal(mapOf(spec)).problems.map(({ pointer }) => pointer)).toEqual([
      `${B}/lens/0/intt`,
      "/spec/bind/radio.scan-list/lens/0/cvs",
    ]);
  });

  it("at the place where an inherited binding stands", () => {
    const parent = mapOf(
      { layer: "vendor", match: undefined, ...bandwidth([{ int: {} }, { at: "$gone.B" }]) },
      "parent",
    );
    const child = testMap("child", { extends: ["parent"], bind: {} });
    expect(refusal([...parent, child]).problems).toMatchObject([
      { file: "parent.yaml", pointer: `${B}/lens/1/at` },
    ]);
  });

  it("when two extend each other", () => {
    const documents = [
      ...mapOf({ extends: ["b"], ...bandwidth(good) }, "a"),
      testMap("b", { extends: ["a"], ...bandwidth(good) }),
    ];
    expect(refusal(documents).problems[0]?.message).toBe("a extends b extends a");
  });

  it("at the line and column of its text, where the caller knows them", () => {
    const place = (pointer: string, of?: string) => ({
      file: `${pointer} of the ${of ?? ""}`,
      line: 7,
      column: 3,
    });
    const documents = [{ ...testMap("one", { ...bandwidth(good), anchor: {} }), place }];
    expect(() => loadMaps(documents)).toThrow("/spec/anchor of the key:7: unknown field");
    expect(refusal(documents).problems).toMatchObject([{ line: 7, column: 3 }]);
  });

  it("when a name stands twice, and both files are named", () => {
    const documents = [
      ...mapOf(bandwidth(good)),
      { ...testMap("test-map", bandwidth(good)), source: "second.yaml" },
    ];
    expect(refusal(documents).problems[0]).toMatchObject({
      file: "second.yaml",
      pointer: "/metadata/name",
      message: expect.stringContaining("test-map.yaml") as string,
    });
  });

  it("or loaded: any document at all gives a set or a typed error", () => {
    const piece = fc.constantFrom<unknown>(
      "a",
      1,
      null,
      true,
      {},
      [],
      { at: "Device.B" },
      { int: {} },
      { each: [] },
      "Device.B",
      "$x",
    );
    const document = fc.oneof(
      fc.anything(),
      fc
        .record({
          lens: fc.array(piece),
          anchors: fc.dictionary(fc.constantFrom("a", "row", "x"), piece),
          extra: piece,
        })
        .map(
          ({ lens, anchors, extra }) =>
            mapOf({ anchors, bind: { "radio.bandwidth": { lens }, "radio.scan-list": extra } })[2]
              ?.document,
        ),
    );
    fc.assert(
      fc.property(document, (given) => {
        const { code } = refusal([
          ...mapOf(bandwidth(good)),
          { source: "any.yaml", document: given },
        ]);
        expect(["loaded", "invalid_map", "ambiguous_map"]).toContain(code);
      }),
      { numRuns: 500 },
    );
  });
});

describe("two maps of equal rank", () => {
  const other = bandwidth([{ int: {} }, { at: "Device.Other" }]);
  const A = { root: "Device", oui: ["AAAAAA"] };
  const pair = (a: object, b: object): MapSource[] => [
    ...mapOf({ match: A, ...bandwidth(good), ...a }, "one"),
    testMap("two", { match: A, ...other, ...b }),
  ];
  it("that fit the same devices and disagree are refused, both places named", () => {
    const { code, problems } = refusal(pair({}, {}));
    expect(code).toBe("ambiguous_map");
    expect(problems).toMatchObject([
      { file: "one.yaml", pointer: B },
      { file: "two.yaml", pointer: B },
    ]);
  });
  const version = (scheme: string, range: string) => ({
    match: { ...A, softwareVersion: { scheme, range } },
  });
  const w = (row: string) => ({ anchors: { w: { row } } });
  const act = (name: string) => ({ actions: { go: { meaning: name, write: { "Device.Go": 1 } } } });
  const matching = (more: object) => ({ match: { ...A, ...more } });
  it.for([
    {
      reason: "sets of OUIs meet",
      a: matching({ oui: ["AAAAAA", "BBBBBB"] }),
      b: matching({ oui: ["BBBBBB"] }),
      code: "ambiguous_map",
    },
    {
      reason: "sets of OUIs do not meet",
      a: matching({ oui: ["AAAAAA"] }),
      b: matching({ oui: ["BBBBBB"] }),
      code: "loaded",
    },
    {
      reason: "the root keeps them apart",
      a: {},
      b: matching({ root: "InternetGatewayDevice" }),
      code: "loaded",
    },
    { reason: "one is more specific", a: matching({ modelName: "M" }), b: {}, code: "loaded" },
    { reason: "another layer", a: { layer: "firmware" }, b: {}, code: "loaded" },
    {
      reason: "two parts of a version may meet",
      a: matching({ hardwareVersion: { contains: "A" } }),
      b: matching({ hardwareVersion: { contains: "B" } }),
      code: "ambiguous_map",
    },
    {
      reason: "two patterns may meet",
      a: matching({ modelName: { matches: "^A" } }),
      b: matching({ modelName: { matches: "B$" } }),
      code: "ambiguous_map",
    },
    {
      reason: "two patterns plainly begin with other letters",
      a: matching({ modelName: { matches: "(?i)^huawei" } }),
      b: matching({ modelName: { matches: "(?i)^(zte|zicg)" } }),
      code: "loaded",
    },
    {
      reason: "a pattern and a text do not meet, but then one is more specific anyway",
      a: matching({ modelName: { matches: "^A" } }),
      b: matching({ modelName: "B" }),
      code: "loaded",
    },
    {
      reason: "ranges overlap",
      a: version("dotted", ">=1 <3"),
      b: version("dotted", ">=2"),
      code: "ambiguous_map",
    },
    {
      reason: "ranges follow one another",
      a: version("dotted", ">=1 <2"),
      b: version("dotted", ">=2"),
      code: "loaded",
    },
    {
      reason: "ranges of two schemes may overlap",
      a: version("dotted", ">=1 <2"),
      b: version("natural", ">=2"),
      code: "ambiguous_map",
    },
    {
      reason: "one has what the other lacks",
      a: matching({ has: ["Device.X"] }),
      b: matching({ lacks: ["Device.X"] }),
      code: "loaded",
    },
    {
      reason: "one lacks what the other has",
      a: matching({ lacks: ["Device.X"] }),
      b: matching({ has: ["Device.X"] }),
      code: "loaded",
    },
    {
      reason: "both have something",
      a: matching({ has: ["Device.X"] }),
      b: matching({ has: ["Device.Y"] }),
      code: "ambiguous_map",
    },
    { reason: "they bind the same", a: {}, b: bandwidth(good), code: "loaded" },
    { reason: "one binds what the other does not", a: {}, b: { bind: {} }, code: "loaded" },
    {
      reason: "one takes away what the other binds",
      a: {},
      b: { bind: { "radio.bandwidth": null } },
      code: "ambiguous_map",
    },
    {
      reason: "only one has the anchor",
      a: w("Device.W.{w}"),
      b: bandwidth(good),
      code: "loaded",
    },
    {
      reason: "an anchor of one name differs",
      a: w("Device.W.{w}"),
      b: { ...bandwidth(good), ...w("Device.V.{w}") },
      code: "ambiguous_map",
    },
    {
      reason: "an action of one name differs",
      a: act("a"),
      b: { ...bandwidth(good), ...act("b") },
      code: "ambiguous_map",
    },
  ])("$reason: $code", ({ a, b, code }) => {
    expect(refusal(pair(a, b)).code).toBe(code);
  });
  it("may inherit from one base, which is still one", () => {
    const layered = [
      ...mapOf({ layer: "base", match: { root: "Device" }, ...bandwidth(good) }, "plain"),
      testMap("one", { extends: ["plain"], match: A, bind: {} }),
      testMap("two", { match: A, ...other }),
    ];
    expect(refusal(layered).code).toBe("loaded");
  });
});

describe("a map is checked over all that it lies on", () => {
  const anchored = (layer: string, match: object) => ({
    layer,
    match: { root: "Device", ...match },
    ...bandwidth([{ int: {} }, { at: "$wan.B" }]),
  });
  const vendor = {
    layer: "vendor",
    match: { root: "Device", oui: ["AAAAAA", "BBBBBB"] },
    anchors: { wan: { row: "Device.W.{w}" } },
    bind: {},
  };
  it.for([
    { reason: "its match implies the vendor's", match: { oui: ["AAAAAA"] }, code: "loaded" },
    {
      reason: "it fits devices of others too",
      match: { oui: ["AAAAAA", "CCCCCC"] },
      code: "invalid_map",
    },
    { reason: "it does not say whose it is", match: { modelName: "M" }, code: "invalid_map" },
  ])("$reason: $code", ({ match, code }) => {
    const set = [...mapOf(vendor, "vendor"), testMap("model", anchored("model", match))];
    const { code: found, problems } = refusal(set);
    expect(found).toBe(code);
    if (code === "invalid_map") {
      expect(problems).toMatchObject([
        { file: "model.yaml", pointer: `${B}/lens/1/at`, code: "unknown_anchor" },
      ]);
    }
  });
  it("and firmware over its model, when it extends it", () => {
    const model = { match: { root: "Device", oui: ["AAAAAA"], modelName: "M" }, bind: {} };
    const set = [
      ...mapOf({ ...model, anchors: vendor.anchors }, "model"),
      testMap("firmware", {
        ...bandwidth([{ int: {} }, { at: "$wan.B" }]),
        extends: ["model"],
        layer: "firmware",
        match: { softwareVersion: "2" },
      }),
    ];
    expect(loadMaps(set).mapper("firmware")?.layers).toEqual(["tr-181", "model", "firmware"]);
  });
  it("each mistake of a base is told once, however many maps lie over it", () => {
    const set = [
      ...mapOf({ layer: "base", match: { root: "Device" }, ...bandwidth([{ ints: {} }]) }, "bad"),
      testMap("one", { bind: {} }),
      testMap("two", { bind: {} }),
    ];
    expect(refusal(set).problems).toHaveLength(1);
  });
  it("a map that is only extended is checked by itself, but for anchors of those that extend it", () => {
    const mixin = (lens: unknown) => [
      ...BASES,
      testMap("mixin", { layer: "vendor", match: undefined, ...bandwidth(lens) }),
    ];
    expect(refusal(mixin([{ int: {} }, { at: "$wan.B" }])).code).toBe("loaded");
    expect(refusal(mixin([{ ints: {} }, { at: "$wan.B" }])).code).toBe("invalid_map");
  });
});

describe("what goes wrong only together", () => {
  const row = (name: string) => ({ row: `Device.${name}.{x}` });
  const follow = (name: string, from: string) => ({
    [name]: { follow: `$${from}.L`, to: `Device.${name}.{x}` },
  });
  const over = (match: object, anchors: object) => ({
    match: { root: "Device", ...match },
    anchors,
    bind: {},
  });
  const set = loadMaps([
    ...mapOf({ ...over({}, { a: row("a"), b: row("b") }), layer: "base" }, "plain"),
    testMap("one", over({ oui: ["AAAAAA"] }, follow("b", "a"))),
    testMap("two", over({ productClass: "P" }, follow("a", "b"))),
  ]);
  it("is a reason, and never a throw", () => {
    const given = facts({ root: "Device", oui: "AAAAAA", productClass: "P" });
    expect(set.select({ ...given, oui: "BBBBBB" })).toMatchObject({ mapper: { name: "two" } });
    expect(set.select(given)).toEqual({
      kind: "none",
      reason:
        "the parameter maps plain, tr-181, one, two do not go together: a rests on b rests on a",
    });
  });
});

describe("a set of maps", () => {
  it("names those of a model, and not what many have in common", () => {
    const layers = ["site", "base", "model", "vendor", "firmware"];
    const match = { root: "Device", oui: ["AAAAAA"] };
    const set = loadMaps([
      ...BASES,
      ...layers.map((layer) => testMap(`of-${layer}`, { layer, match, bind: {} })),
    ]);
    expect(set.names).toEqual(["of-firmware", "of-model", "of-site"]);
  });
  it("may be empty, and then fits nobody", () => {
    expect(loadMaps([]).names).toEqual([]);
  });
  it("takes an inherited binding away with null", () => {
    const set = loadMaps(mapOf({ bind: { "device.uptime": null } }));
    const selection = set.select(facts({ root: "Device", oui: "AAAAAA", productClass: "T" }));
    expect(selection.kind === "map" && selection.mapper.bindings.has("device.uptime")).toBe(false);
  });
  it("lists every map with its layer, its match and where it comes from", () => {
    const set = loadMaps([
      ...mapOf({ bind: {} }),
      { ...testMap("own", { extends: ["test-map"], layer: "site", bind: {} }), origin: "operator" },
    ]);
    expect(set.maps).toHaveLength(4);
    expect(set.maps).toContainEqual({
      name: "own",
      file: "own.yaml",
      layer: "site",
      match: TEST_MATCH,
      origin: "operator",
    });
    expect(set.maps.find(({ name }) => name === "tr-098")).toMatchObject({ origin: "shipped" });
  });
  it("hands out what its maps claim of trees", () => {
    const get = { "device.uptime": { value: 1 } };
    const set = loadMaps(mapOf({ bind: {}, verify: [{ tree: "t", get }] }));
    expect(set.evidence).toEqual([{ map: "test-map", tree: "t", get }]);
  });
  it("puts an operator's map in the place of the shipped one of its name, whole", () => {
    const shipped = testMap("one", { bind: { "radio.bandwith": 3 } });
    const own: MapSource = { ...testMap("one", bandwidth(good)), origin: "operator" };
    for (const documents of [
      [...BASES, shipped, own],
      [own, shipped, ...BASES],
    ]) {
      expect(loadMaps(documents).maps).toContainEqual(
        expect.objectContaining({ name: "one", origin: "operator" }),
      );
    }
  });
  it("takes an action as what it is: known, and carried out by nobody", () => {
    const actions = {
      script: {
        meaning: "sets the radio",
        input: ["radio.scan-list"],
        file: "3 Vendor Configuration File",
        marker: "Device.DeviceInfo.ProvisioningCode",
      },
    };
    const mapper = loadMaps(mapOf({ bind: {}, actions })).mapper("test-map");
    expect(mapper?.resolved.actions).toEqual(actions);
    expect(mapper?.bindings.has("script")).toBe(false);
  });
  it("has one JSON schema, which takes every shipped map", () => {
    expect(() =>
      z.toJSONSchema(parameterMapSchema, { target: "draft-07", io: "input" }),
    ).not.toThrow();
    for (const { document } of MAP_FILES)
      expect(parameterMapSchema.safeParse(document).success).toBe(true);
  });
});
