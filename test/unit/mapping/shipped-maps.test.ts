/** The shipped maps against their own evidence and the documented facts of the reference trees. */
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { FIELDS, FIELD_NAMES } from "../../../src/model/fields/index.ts";
import { overlay } from "../../../src/model/parameter.ts";
import { setOf } from "../../support/operations.ts";
import { answer, whole, withText } from "./device.ts";
import {
  MAP_FILES,
  MAP_NAMES,
  mapperOf,
  MAPS,
  readTree,
  testMapper,
  type MapName,
} from "./fixtures.ts";

interface Evidence {
  readonly tree: string;
  readonly get: Readonly<Record<string, { readonly value?: unknown; readonly is?: string }>>;
}
const evidence = MAP_FILES.flatMap(({ document }) => {
  const { metadata, spec } = document as {
    metadata: { name: string };
    spec: { verify?: Evidence[] };
  };
  return (spec.verify ?? []).flatMap(({ tree, get }) =>
    Object.entries(get).map(([logical, want]) => ({
      map: metadata.name as MapName,
      tree,
      logical,
      want,
    })),
  );
});

describe("the evidence of a map", () => {
  it.for(evidence)("$map: $logical on the tree $tree", ({ map, tree, logical, want }) => {
    const got = mapperOf(map).get(logical, whole(readTree(tree)));
    if (want.is === undefined) expect(got).toMatchObject({ kind: "value", value: want.value });
    else expect(got.kind).toBe(want.is);
  });
  it.for(MAP_NAMES)("%s has some, for every field that it carries", (name) => {
    const shown = evidence.filter(({ map }) => map === name).map(({ logical }) => logical);
    for (const [logical, { observeOnly }] of mapperOf(name).bindings) {
      if (!observeOnly) expect(shown).toContain(logical);
    }
  });
});

describe.for(MAP_NAMES)("%s", (name) => {
  const mapper = mapperOf(name);
  const tree = readTree(name);

  it("is the map that its own tree selects", () => {
    const selection = MAPS.select(mapper.facts(whole(tree)));
    expect(selection).toMatchObject({ kind: "map", mapper: { name } });
  });

  it("carries each field in at most one way, and credentials in one", () => {
    for (const field of FIELD_NAMES) {
      const fitting = FIELDS[field].carriers.filter(({ required }) =>
        required.every((logical) => mapper.bindings.has(logical)),
      );
      expect(fitting.length).toBeLessThanOrEqual(1);
      if (field === "credentials") expect(fitting).toHaveLength(1);
    }
  });

  it("first asks for facts and tables, then row by row, and decodes the same", () => {
    const logicals = [...mapper.bindings.keys()];
    const first = answer(tree, mapper.wanted(logicals, null));
    const names = mapper.wanted(logicals, first);
    const second = answer(tree, names);
    for (const logical of logicals) {
      expect(mapper.get(logical, first)).toEqual(mapper.get(logical, whole(tree)));
      expect(mapper.get(logical, second)).toEqual(mapper.get(logical, first));
    }
    expect(names.length).toBeLessThan(30);
    expect(names).toContain(mapper.identityPath);
  });

  it("asks for its facts always, and for nothing else when nothing else is wanted", () => {
    const names = mapper.wanted([], null);
    expect(names).toContain(mapper.identityPath);
    expect(names.every((path) => path.includes(".DeviceInfo.") && !path.endsWith("."))).toBe(true);
  });

  it("says that a write of credentials or frequencies may cut management, and for how long", () => {
    for (const { logical, effects, observeOnly } of mapper.bindings.values()) {
      if (observeOnly) continue;
      expect(effects.interrupts).toContain("mgmt");
      expect(effects.settleMs).toBe(logical.startsWith("radio.") ? 300_000 : 120_000);
    }
  });

  it("lets no secret out: neither ours nor one that the device shows", () => {
    const canary = "canary-5f1d";
    const loud = withText(
      tree,
      Object.fromEntries(
        [...tree.nodes.keys()]
          .filter((path) => /(Password|SharedSecret)$/.test(path))
          .map((path) => [path, canary]),
      ),
    );
    const snapshot = whole(loud);
    const said = [...mapper.bindings.values()].flatMap(({ logical, secret }) => [
      mapper.get(logical, snapshot),
      ...(secret
        ? [canary, canary.repeat(20), ""].map((text) =>
            mapper.put(logical, new Secret(text), snapshot),
          )
        : []),
    ]);
    expect(JSON.stringify([said, mapper.facts(snapshot)])).not.toContain(canary);
    expect(said).toContainEqual(expect.objectContaining({ kind: "unreadable" }));
  });
});

describe("the EG8145V5", () => {
  const mapper = mapperOf("huawei-eg8145v5");
  const tree = readTree("huawei-eg8145v5");
  const wan = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.";
  const logicals = ["wan.ppp.credential", "wan.ppp.password"];

  it("is asked for its whole WAN branch once, and then for both PPP rows by name", () => {
    expect(mapper.wanted(logicals, null)).toContain("InternetGatewayDevice.WANDevice.");
    const first = answer(tree, mapper.wanted(logicals, null));
    const names = mapper.wanted(logicals, first).filter((path) => path.includes("WANPPP"));
    const row = (device: number) =>
      ["Enable", "X_HW_SERVICELIST", "ConnectionStatus", "Username", "Password"].map(
        (param) => `${wan}${device}.WANPPPConnection.1.${param}`,
      );
    expect([...names].sort()).toEqual([...row(1), ...row(4)].sort());
  });

  it("is asked for the branch again when no known row fits any more", () => {
    const first = answer(tree, mapper.wanted(logicals, null));
    const off = answer(
      withText(tree, {
        [`${wan}1.WANPPPConnection.1.Enable`]: "0",
        [`${wan}4.WANPPPConnection.1.Enable`]: "0",
      }),
      mapper.wanted(logicals, first),
    );
    const known = overlay({ ...first, covered: [] }, off);
    expect(mapper.get("wan.ppp.credential", known)).toEqual({
      kind: "unread",
      path: "InternetGatewayDevice.WANDevice.",
    });
    expect(mapper.wanted(logicals, known)).toContain("InternetGatewayDevice.WANDevice.");
  });

  it("gets its user name written on connection device 4, and nowhere else", () => {
    expect(
      mapper.put("wan.ppp.credential", { user: "u", realm: "ISP.example" }, whole(tree)),
    ).toEqual({
      kind: "edits",
      calls: [
        setOf({
          path: `${wan}4.WANPPPConnection.1.Username`,
          value: { kind: "text", text: "u@isp.example" },
        }),
      ],
    });
  });
});

it("the hash of a map changes with its meaning, not with its evidence", () => {
  const spec = { bind: { "radio.bandwidth": { lens: [{ int: {} }, { at: "Device.B" }] } } };
  const hash = testMapper(spec).hash;
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(testMapper({ ...spec, verify: [{ tree: "x", get: {} }] }).hash).toBe(hash);
  expect(
    testMapper({ bind: { "radio.bandwidth": { lens: [{ int: { min: 0 } }, { at: "Device.B" }] } } })
      .hash,
  ).not.toBe(hash);
});
