/**
 * Eight mistakes that people make in maps, planted one at a time into maps that are right, and what catches each: loading,
 * the linter, the laws, or the map's own evidence (`verify`). What only evidence catches is lawful and wrong, which is why
 * maps need evidence.
 */
import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../src/package/standard.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { canonicalJson } from "../../../src/lib/hash.ts";
import { runLaws, ownTrees } from "../../../src/mapping/laws/run.ts";
import type { Observation } from "../../../src/model/logical.ts";
import { treeOf } from "../model/tree/trees.ts";
import { whole } from "./device.ts";
import { testMapper } from "./fixtures.ts";
import { lint, type Spec } from "./lint/lint.ts";

const STANDARD = shippedStandard(["Device"]);

interface Planted {
  readonly mistake: string;
  readonly logical: string;
  readonly right: readonly unknown[];
  readonly wrong: readonly unknown[];
  readonly more?: Spec;
  /** A recorded tree, and what the right map says that it shows. */
  readonly tree: readonly string[];
  readonly shows: Partial<Observation>;
  /** What catches it, first of all and then what else would. */
  readonly caught: readonly string[];
}

const BRANCH = "Device.X_T.";
const declares = { [BRANCH]: {} };
const at = (path: string) => ({ at: `${BRANCH}${path}` });
const value = (shown: unknown) => ({ kind: "value", value: shown }) as Partial<Observation>;

const join = { of: ["user", "realm"], sep: "@", omitEmpty: true };
const written = { "5": "n25", "10": "n50", "15": "n75", "20": "n100" };
const vlan = (optional: object) => [{ optional }, { int: { min: 1, max: 4094 } }, at("VLAN")];
const mappings = (key: readonly string[]) => [
  {
    table: {
      row: `${BRANCH}Map.{m}`,
      order: "set",
      key,
      owns: "all",
      fields: {
        protocol: [{ enum: { map: { tcp: "TCP", udp: "UDP" } } }, { at: "$row.Protocol" }],
        externalPort: [{ int: {} }, { at: "$row.External" }],
        internalPort: [{ int: {} }, { at: "$row.Internal" }],
        client: [{ at: "$row.Client" }],
      },
    },
  },
];
const mapping = (row: number, protocol: string) => [
  `${BRANCH}Map.${row}.Protocol=${protocol}`,
  `${BRANCH}Map.${row}.External=53`,
  `${BRANCH}Map.${row}.Internal=5353`,
  `${BRANCH}Map.${row}.Client=192.0.2.7`,
];
const entry = (protocol: string) => ({
  protocol,
  externalPort: 53,
  internalPort: 5353,
  client: "192.0.2.7",
});

const PLANTED: readonly Planted[] = [
  {
    mistake: "two widths share a code",
    logical: "wifi.2g.bandwidth",
    right: [{ enum: { map: { "20": 1, "40": 2, auto: 0 } } }, at("Width")],
    wrong: [{ enum: { map: { "20": 1, "40": 1, auto: 0 } } }, at("Width")],
    tree: [`${BRANCH}Width=2`],
    shows: value("40"),
    caught: ["loading"],
  },
  {
    mistake: "no side is chosen for the separator",
    logical: "wan.ppp.credential",
    right: [{ join: { ...join, splitAt: "last" } }, at("Username")],
    wrong: [{ join }, at("Username")],
    tree: [`${BRANCH}Username=a@home@isp.example`],
    shows: value({ user: "a@home", realm: "isp.example" }),
    caught: ["verify"],
  },
  {
    mistake: "the codes that are read are swapped",
    logical: "lte.bandwidth",
    right: [{ enum: { map: written, read: { "25": "5", "50": "10" } } }, at("Bandwidth")],
    wrong: [{ enum: { map: written, read: { "25": "10", "50": "5" } } }, at("Bandwidth")],
    tree: [`${BRANCH}Bandwidth=25`],
    shows: value("5"),
    caught: ["verify"],
  },
  {
    mistake: "an enable is not set with its value",
    logical: "wan.vlan-id",
    right: vlan({
      none: { set: { [`${BRANCH}VLANEnable`]: false } },
      some: { set: { [`${BRANCH}VLANEnable`]: true } },
    }),
    wrong: vlan({ none: { set: { [`${BRANCH}VLANEnable`]: false } } }),
    tree: [`${BRANCH}VLANEnable=0`, `${BRANCH}VLAN=7`],
    shows: value(null),
    caught: ["loading"],
  },
  {
    mistake: "the key of a table is too narrow",
    logical: "lan.port-mappings",
    right: mappings(["protocol", "externalPort"]),
    wrong: mappings(["externalPort"]),
    tree: [`${BRANCH}MapNumberOfEntries=2`, ...mapping(1, "TCP"), ...mapping(2, "UDP")],
    shows: value([entry("tcp"), entry("udp")]),
    caught: ["verify"],
  },
  {
    mistake: "a set is declared an ordered list",
    logical: "radio.scan-list",
    right: [{ each: [{ int: {} }] }, { csv: { sep: ",", order: "set" } }, at("List")],
    wrong: [{ each: [{ int: {} }] }, { csv: { sep: ",", order: "keep" } }, at("List")],
    tree: [`${BRANCH}List=2515000,2505000`],
    shows: value([2505000, 2515000]),
    caught: ["verify"],
  },
  {
    mistake: "a companion is missing",
    logical: "wimax.auth.identity",
    right: [
      { also: { [`${BRANCH}Realm`]: "" } },
      { join: { ...join, splitAt: "last" } },
      at("Identity"),
    ],
    wrong: [{ join: { ...join, splitAt: "last" } }, at("Identity")],
    tree: [`${BRANCH}Identity=a@isp.example`, `${BRANCH}Realm=isp.example`],
    shows: { kind: "nonconforming" },
    caught: ["verify"],
  },
  {
    mistake: "case is folded where it means something",
    logical: "wifi.2g.ssid",
    right: [{ text: { max: 32 } }, at("SSID")],
    wrong: [{ lower: {} }, { text: { max: 32 } }, at("SSID")],
    tree: [`${BRANCH}SSID=home`],
    shows: value("home"),
    caught: ["law PutGet", "law Alphabet"],
  },
];

/** Everything that would catch a map, in the order in which it would be tried. */
function catches({ logical, more, tree, shows }: Planted, lens: readonly unknown[]): string[] {
  const spec = { declares, bind: { [logical]: { lens } }, ...more };
  try {
    const mapper = testMapper(spec);
    const recorded = treeOf(tree.join("\n"));
    const trees = [{ name: "recorded", tree: recorded }, ...ownTrees(mapper, STANDARD)];
    const broken = runLaws(mapper, trees, { runs: 60, seed: 7, standard: STANDARD }).filter(
      ({ failure }) => failure !== null,
    );
    const got = mapper.get(logical, whole(recorded));
    const agrees = Object.entries(shows).every(
      ([key, want]) => canonicalJson(got[key as keyof Observation]) === canonicalJson(want),
    );
    return [
      ...new Set(lint(spec).map(({ code }) => `lint ${code}`)),
      ...new Set(broken.map(({ law }) => `law ${law}`)),
      ...(agrees ? [] : ["verify"]),
    ];
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_map") return ["loading"];
    throw error;
  }
}

describe.for(PLANTED)("$mistake", (planted) => {
  it("is caught", { timeout: 60_000 }, () => {
    expect(catches(planted, planted.wrong)).toEqual(planted.caught);
  });

  it("and the map without it is not", { timeout: 60_000 }, () => {
    expect(catches(planted, planted.right)).toEqual([]);
  });
});
