/** What is refused when a set of maps is loaded: always with file and JSON Pointer, and all problems at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError, type Problem } from "../../../src/lib/errors.ts";
import { loadMaps, type MapSource } from "../../../src/mapping/load.ts";
import { parameterMapSchema } from "../../../src/mapping/map.ts";
import { facts, MAP_FILES, mapOf, MAPS } from "./fixtures.ts";

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
      message: "a follows b follows a",
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
      spec: { extends: ["tr-181-fact"], ...bandwidth(good) },
      pointer: "/spec/extends/0",
      message: 'Did you mean "tr-181-facts"?',
    },
    {
      reason: "nothing that proves the device",
      spec: { extends: [], ...bandwidth(good) },
      pointer: "/spec/bind",
      message: "device.serial-number",
    },
    {
      reason: "no word on which devices",
      spec: {
        extends: [],
        match: {},
        bind: { "device.serial-number": { lens: [{ at: "Device.S" }] } },
      },
      pointer: "/spec",
      message: "has to say which",
    },
    {
      reason: "actions, which nothing carries out yet",
      spec: { ...bandwidth(good), actions: { x: {} } },
      pointer: "/spec/actions",
      message: "not carried out",
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
      { layer: "vendor", ...bandwidth([{ int: {} }, { at: "$gone.B" }]) },
      "parent",
    );
    const child = mapOf({ extends: ["parent"], bind: {} }, "child").slice(2);
    expect(refusal([...parent, ...child]).problems[0]).toMatchObject({
      file: "parent.yaml",
      pointer: `${B}/lens/1/at`,
    });
  });

  it("when two extend each other", () => {
    const documents = [
      ...mapOf({ extends: ["b"], ...bandwidth(good) }, "a"),
      ...mapOf({ extends: ["a"], ...bandwidth(good) }, "b").slice(2),
    ];
    expect(refusal(documents).problems[0]?.message).toBe("a extends b extends a");
  });

  it("when a name stands twice, and both files are named", () => {
    const documents = [
      ...mapOf(bandwidth(good)),
      { ...mapOf(bandwidth(good)).slice(2)[0], source: "second.yaml" } as MapSource,
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
  const pair = (a: object, b: object): MapSource[] => [
    ...mapOf({ match: { oui: ["AAAAAA"] }, ...bandwidth(good), ...a }, "one"),
    ...mapOf({ match: { oui: ["AAAAAA"] }, ...other, ...b }, "two").slice(2),
  ];
  it("that fit the same devices and disagree are refused, both places named", () => {
    const { code, problems } = refusal(pair({}, {}));
    expect(code).toBe("ambiguous_map");
    expect(problems).toMatchObject([
      { file: "one.yaml", pointer: B },
      { file: "two.yaml", pointer: B },
    ]);
  });
  it.for([
    {
      reason: "sets of OUIs meet",
      a: { match: { oui: ["AAAAAA", "BBBBBB"] } },
      b: { match: { oui: ["BBBBBB"] } },
      code: "ambiguous_map",
    },
    {
      reason: "sets of OUIs do not meet",
      a: { match: { oui: ["AAAAAA"] } },
      b: { match: { oui: ["BBBBBB"] } },
      code: "loaded",
    },
    {
      reason: "the root keeps them apart",
      a: { match: { oui: ["AAAAAA"], root: "Device" } },
      b: { extends: ["tr-098-facts"], match: { oui: ["AAAAAA"] } },
      code: "loaded",
    },
    {
      reason: "one is more specific",
      a: { match: { oui: ["AAAAAA"], modelName: "M" } },
      b: {},
      code: "loaded",
    },
    { reason: "another layer", a: { layer: "firmware" }, b: {}, code: "loaded" },
    {
      reason: "two parts of a version may meet",
      a: { match: { oui: ["AAAAAA"], hardwareVersion: { contains: "A" } } },
      b: { match: { oui: ["AAAAAA"], hardwareVersion: { contains: "B" } } },
      code: "ambiguous_map",
    },
    { reason: "they bind the same", a: {}, b: bandwidth(good), code: "loaded" },
    { reason: "one binds what the other does not", a: {}, b: { bind: {} }, code: "ambiguous_map" },
    {
      reason: "the anchors differ",
      a: { anchors: { w: { row: "Device.W.{w}" } } },
      b: bandwidth(good),
      code: "ambiguous_map",
    },
  ])("$reason: $code", ({ a, b, code }) => {
    expect(refusal(pair(a, b)).code).toBe(code);
  });
});

describe("a set of maps", () => {
  it("names those that devices can get, not those that are only extended", () => {
    expect(MAPS.names).toEqual([
      "huawei-bm632w",
      "huawei-eg8145v5",
      "talk-channel-rules",
      "talk-frequency-table",
      "tplink-ec220-g5-v3",
    ]);
  });
  it("may be empty, and then fits nobody", () => {
    expect(loadMaps([]).names).toEqual([]);
  });
  it("takes an inherited binding away with null", () => {
    const set = loadMaps(mapOf({ bind: { "device.uptime": null } }));
    const selection = set.select(facts({ root: "Device", oui: "AAAAAA", productClass: "T" }));
    expect(selection.kind === "map" && selection.mapper.bindings.has("device.uptime")).toBe(false);
  });
  it("has one JSON schema, which takes every shipped map", () => {
    expect(() =>
      z.toJSONSchema(parameterMapSchema, { target: "draft-07", io: "input" }),
    ).not.toThrow();
    for (const { document } of MAP_FILES)
      expect(parameterMapSchema.safeParse(document).success).toBe(true);
  });
});
