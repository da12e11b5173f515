/** The shipped maps against their own evidence and the documented facts of the reference trees. */
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { DICTIONARY } from "../../../src/mapping/dictionary/index.ts";
import type { Mapper } from "../../../src/mapping/mapper.ts";
import { mergeFacts } from "../../../src/model/device.ts";
import { FIELDS, FIELD_NAMES } from "../../../src/model/fields/index.ts";
import { overlay } from "../../../src/model/parameter.ts";
import { factsOf } from "../../../src/model/tree/facts.ts";
import { setOf } from "../../support/operations.ts";
import { answer, whole, withText } from "./device.ts";
import { MAP_FILES, MAP_NAMES, mapperOf, MAPS, readTree, testMapper } from "./fixtures.ts";

function shipped(name: string): Mapper {
  const mapper = MAPS.mapper(name);
  if (mapper === null) throw new Error(`${name} cannot be read by itself`);
  return mapper;
}

/** The map with each tree that it says something of. */
const SHOWN = MAPS.evidence.map(({ map, tree, get }) => ({
  map,
  tree: readTree(tree),
  name: tree,
  get,
  mapper: shipped(map),
}));
const OWN = SHOWN.filter(({ map }) => MAPS.names.includes(map));
const WRITERS = MAPS.names.map((name) => ({ name, mapper: shipped(name) }));

describe("what a map says of a tree", () => {
  const claims = SHOWN.flatMap(({ get, ...shown }) =>
    Object.entries(get).map(([logical, want]) => ({ ...shown, logical, want })),
  );
  it.for(claims)("$map: $logical on $name", ({ mapper, tree, logical, want }) => {
    const got = mapper.get(logical, whole(tree));
    if ("value" in want) expect(got).toMatchObject({ kind: "value", value: want.value });
    else expect(got.kind).toBe(want.is);
  });
  it.for(OWN)("$map on $name leaves nothing out that the tree has", (shown) => {
    const snapshot = whole(shown.tree);
    const unsaid = [...shown.mapper.bindings.keys()]
      .filter((logical) => !(logical in shown.get))
      .map((logical) => ({ logical, ...shown.mapper.get(logical, snapshot) }))
      .filter(({ kind }) => kind !== "absent" && kind !== "unread");
    expect(unsaid).toEqual([]);
  });
});

describe("the maps of a tree", () => {
  it.for(SHOWN)("$name gets $map, among others", ({ map, tree }) => {
    // As the controller goes about it: what the CPE says when it calls, then a read with what is likely, then again.
    let known = factsOf(tree);
    for (let reads = 0; reads < 2; reads += 1) {
      const selection = MAPS.select(known);
      const mapper = selection.kind === "undecided" ? selection.likely : null;
      if (mapper === null) break;
      known = mergeFacts(known, mapper.facts(answer(tree, mapper.wanted([], null))));
    }
    const selection = MAPS.select(known);
    expect(selection.kind === "map" && selection.mapper.layers).toContain(map);
  });
});

describe.for(WRITERS)("$name", ({ name, mapper }) => {
  it("carries each field in at most one way", () => {
    for (const field of FIELD_NAMES) {
      const fitting = FIELDS[field].carriers.filter(({ required }) =>
        required.every((logical) => mapper.bindings.has(logical)),
      );
      expect(fitting.length, field).toBeLessThanOrEqual(1);
    }
  });

  it("says of no write that it cuts less than such writes do", () => {
    for (const { logical, effects, observeOnly } of mapper.bindings.values()) {
      const usual = DICTIONARY.get(logical)?.effects;
      if (observeOnly || usual === undefined) continue;
      expect(effects.interrupts, logical).toEqual(expect.arrayContaining([...usual.interrupts]));
      expect(effects.settleMs, logical).toBeGreaterThanOrEqual(usual.settleMs);
    }
  });

  it("asks for its facts always, and for nothing else when nothing else is wanted", () => {
    const names = mapper.wanted([], null);
    expect(names).toContain(mapper.identityPath);
    expect(names.every((path) => path.includes(".DeviceInfo.") && !path.endsWith("."))).toBe(true);
  });

  it("says what it is of, and where that comes from", () => {
    const file = MAPS.maps.find((map) => map.name === name)?.file;
    const { document } = MAP_FILES.find(({ source }) => source === file) ?? {};
    expect(document).toMatchObject({
      metadata: {
        labels: {
          vendor: expect.any(String) as string,
          model: expect.any(String) as string,
          evidence: expect.stringMatching(
            /^(tree|class|firmware source|manual|script|standard|synthetic)$/,
          ) as string,
        },
      },
    });
  });
});

describe.for(OWN)("$map on $name", ({ mapper, tree }) => {
  it("first asks for facts and tables, then row by row, and decodes the same", () => {
    const logicals = [...mapper.bindings.keys()];
    const first = answer(tree, mapper.wanted(logicals, null));
    const second = answer(tree, mapper.wanted(logicals, first));
    for (const logical of logicals) {
      expect(mapper.get(logical, first)).toEqual(mapper.get(logical, whole(tree)));
      expect(mapper.get(logical, second)).toEqual(mapper.get(logical, first));
    }
  });

  it("is asked for few names when only what is managed is wanted", () => {
    const logicals = [...FIELD_NAMES].flatMap((field) =>
      FIELDS[field].carriers.flatMap(({ required, optional }) => [...required, ...optional]),
    );
    const managed = logicals.filter((logical) => mapper.bindings.has(logical));
    const first = answer(tree, mapper.wanted(managed, null));
    const names = mapper.wanted(managed, first);
    // Facts and what is bound, and for each row among which an anchor chooses the five at most that decide.
    const rows = new Set(names.flatMap((path) => /^(.*\.\d+)\.[^.]+$/.exec(path)?.[1] ?? []));
    expect(names.length).toBeLessThanOrEqual(14 + 5 * rows.size);
    expect(names).toContain(mapper.identityPath);
  });

  it("lets no secret out: neither ours nor one that the device shows", () => {
    const canary = "canary-5f1d";
    const loud = withText(
      tree,
      Object.fromEntries(
        [...tree.nodes.keys()]
          .filter((path) => /(Password|Passphrase|Secret|Key)$/.test(path))
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

it.for(MAP_NAMES)("%s, of the demo, can carry credentials", (name) => {
  const fitting = FIELDS.credentials.carriers.filter(({ required }) =>
    required.every((logical) => mapperOf(name).bindings.get(logical)?.observeOnly === false),
  );
  expect(fitting).toHaveLength(1);
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
