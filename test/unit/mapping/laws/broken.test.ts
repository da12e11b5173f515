/** Each law finds the map that breaks it: a right map, bent in one place at a time. */
import { describe, expect, it } from "vitest";
import { Secret } from "../../../../src/lib/secret.ts";
import { LAWS } from "../../../../src/mapping/laws/index.ts";
import { runLaws, type LawRun } from "../../../../src/mapping/laws/run.ts";
import type { Mapper, PutResult } from "../../../../src/mapping/mapper.ts";
import { isRecord, type LogicalValue } from "../../../../src/model/logical.ts";
import type { Edit, Snapshot } from "../../../../src/model/parameter.ts";
import { treeOf } from "../../model/tree/trees.ts";
import { testMapper } from "../fixtures.ts";

const PPP = "Device.PPP.Interface.";
const TREE = treeOf(
  [
    "Device.DeviceInfo.SerialNumber=S",
    `${PPP}2.Enable=true`,
    `${PPP}2.Username=a@isp.example`,
    `${PPP}2.Password=`,
    `${PPP}2.Width=20MHz`,
    `${PPP}5.Enable=false`,
    `${PPP}5.Username=b@isp.example`,
    `${PPP}5.Password=`,
    `${PPP}5.Width=20MHz`,
  ].join("\n"),
);
const RIGHT = testMapper({
  anchors: { ppp: { row: `${PPP}{p}`, where: [{ param: "Enable", equals: true }] } },
  bind: {
    "wan.ppp.credential": {
      lens: [
        { join: { of: ["user", "realm"], sep: "@", splitAt: "last", omitEmpty: true } },
        { text: { max: 64 } },
        { at: "$ppp.Username" },
      ],
    },
    "wan.ppp.password": { lens: [{ secret: {} }, { text: { max: 64 } }, { at: "$ppp.Password" }] },
    "wifi.2g.bandwidth": {
      lens: [
        { enum: { map: { "20": "20MHz", "40": "40MHz", auto: "Auto" } } },
        { at: "$ppp.Width" },
      ],
    },
  },
});
const CREDENTIAL = "wan.ppp.credential";

const failures = (mapper: Mapper, runs = 60): LawRun[] =>
  runLaws(mapper, [{ name: "t", tree: TREE }], { runs, seed: 3 }).filter(
    ({ failure }) => failure !== null,
  );

type Put = Mapper["put"];
/** The edits of a plan, changed. */
const withEdits =
  (change: (edits: readonly Edit[], logical: string, snapshot: Snapshot) => readonly Edit[]): Put =>
  (logical, value, snapshot) => {
    const result = RIGHT.put(logical, value, snapshot);
    if (result.kind === "refused") return result;
    const calls = result.calls.map((call) =>
      call.kind === "set" ? { ...call, edits: change(call.edits, logical, snapshot) } : call,
    );
    return { kind: "edits", calls };
  };
const text = (path: string, written: string): Edit => ({
  path,
  value: { kind: "text", text: written },
});
const rewrite = (edit: Edit, change: (text: string) => string): Edit =>
  edit.value.kind === "text" ? text(edit.path, change(edit.value.text)) : edit;
const userOf = (value: LogicalValue): string =>
  isRecord(value) && typeof value["user"] === "string" ? value["user"] : "";
const set = (...edits: Edit[]): PutResult => ({ kind: "edits", calls: [{ kind: "set", edits }] });

/** One bend for each law; others may break with it. */
const BENT: readonly (readonly [law: string, how: string, mapper: Mapper])[] = [
  [
    "PutGet",
    "a user name is cut",
    {
      ...RIGHT,
      put: withEdits((edits) =>
        edits.map((edit) => rewrite(edit, (all) => Array.from(all).slice(0, 9).join(""))),
      ),
    },
  ],
  [
    "PutGet",
    "a secret is not written",
    { ...RIGHT, put: withEdits((edits) => edits.map((edit) => text(edit.path, "other"))) },
  ],
  [
    "GetPut",
    "what is there is written once more",
    {
      ...RIGHT,
      put(logical, value, snapshot) {
        const result = RIGHT.put(logical, value, snapshot);
        const same = result.kind === "edits" && result.calls.length === 0;
        return same && logical === CREDENTIAL ? set(text(`${PPP}2.Username`, "x@y")) : result;
      },
    },
  ],
  [
    "PutPut",
    "what was there before is remembered",
    {
      ...RIGHT,
      put(logical, value, snapshot) {
        const held = snapshot.values.get(`${PPP}2.Width`);
        return value === "20" && held?.kind === "value" && held.text === "Auto"
          ? { kind: "edits", calls: [] }
          : RIGHT.put(logical, value, snapshot);
      },
    },
  ],
  [
    "Quiet",
    "a read of known rows alone reads something else",
    {
      ...RIGHT,
      get(logical, snapshot) {
        const got = RIGHT.get(logical, snapshot);
        const narrow = !snapshot.covered.includes(PPP);
        return narrow && got.kind === "value" ? { ...got, value: "other" } : got;
      },
    },
  ],
  [
    "Frame",
    "a row that is not ours is written too",
    {
      ...RIGHT,
      put: withEdits((edits, logical) =>
        logical === CREDENTIAL ? [...edits, text(`${PPP}5.Username`, "x")] : edits,
      ),
    },
  ],
  [
    "Disjoint",
    "two bindings write one parameter",
    testMapper({
      bind: Object.fromEntries(
        ["wifi.2g.ssid", "wifi.5g.ssid"].map((logical) => [
          logical,
          { lens: [{ at: `${PPP}2.Width` }], shares: logical === "wifi.2g.ssid" },
        ]),
      ),
    }),
  ],
  [
    "Domain",
    "a value that is none is written",
    {
      ...RIGHT,
      put: (logical, value, snapshot) =>
        logical === CREDENTIAL && typeof value === "number"
          ? set(text(`${PPP}2.Nowhere`, "x"))
          : RIGHT.put(logical, value, snapshot),
    },
  ],
  [
    "Domain",
    "a refusal blames the device",
    {
      ...RIGHT,
      put(logical, value, snapshot) {
        const result = RIGHT.put(logical, value, snapshot);
        return result.kind === "refused" && logical === CREDENTIAL
          ? { ...result, code: "foreign" }
          : result;
      },
    },
  ],
  [
    "Alphabet",
    "two words are written alike",
    {
      ...RIGHT,
      put: withEdits((edits) =>
        edits.map((edit) => rewrite(edit, (all) => all.replace("Auto", "40MHz"))),
      ),
      get(logical, snapshot) {
        const got = RIGHT.get(logical, snapshot);
        return got.kind === "value" && got.value === "auto" ? { ...got, value: "40" } : got;
      },
    },
  ],
  [
    "Renumber",
    "a row is known by its number",
    {
      ...RIGHT,
      get(logical, snapshot) {
        const got = RIGHT.get(logical, snapshot);
        const moved = !snapshot.values.has(`${PPP}2.Username`);
        return got.kind === "value" && logical === CREDENTIAL && moved
          ? { ...got, value: { user: "x", realm: "" } }
          : got;
      },
    },
  ],
  [
    "Blind secret",
    "a secret is shown",
    {
      ...RIGHT,
      get(logical, snapshot) {
        const held = snapshot.values.get(`${PPP}2.Password`);
        return logical === "wan.ppp.password" && held?.kind === "value"
          ? { kind: "value", value: held.text, paths: [] }
          : RIGHT.get(logical, snapshot);
      },
    },
  ],
  [
    "Blind secret",
    "a secret is written as it stands",
    {
      ...RIGHT,
      put: (logical, value, snapshot) =>
        value instanceof Secret
          ? set(text(`${PPP}2.Password`, value.open()))
          : RIGHT.put(logical, value, snapshot),
    },
  ],
];

describe("a law finds its breach", { timeout: 30_000 }, () => {
  it.for(BENT)("%s: %s", ([law, , mapper]) => {
    expect(failures(mapper).map((run) => run.law)).toContain(law);
  });

  it("for every law there is one", () => {
    expect(new Set(BENT.map(([law]) => law))).toEqual(new Set(LAWS.map(({ name }) => name)));
  });

  it("and none in the map that is right", () => {
    expect(failures(RIGHT, 200)).toEqual([]);
  });
});

describe("a failure", { timeout: 30_000 }, () => {
  const [, , cut] = BENT[0] as (typeof BENT)[number];

  it("comes back with its seed, as short as it can be told", () => {
    const [first] = failures(cut);
    expect(first).toMatchObject({
      law: "PutGet",
      logical: CREDENTIAL,
      tree: "t",
      standing: "open",
    });
    expect(first?.failure?.message).toBe("there is no end of edits");
    expect(failures(cut)[0]).toEqual(first);
    expect(
      userOf((JSON.parse(first?.failure?.counterexample ?? "") as { value: LogicalValue }).value)
        .length,
    ).toBeLessThan(12);
  });

  it("holds no secret", () => {
    const [, , leaking] = BENT[1] as (typeof BENT)[number];
    const found = failures(leaking).filter(({ logical }) => logical === "wan.ppp.password");
    expect(found.length).toBeGreaterThan(0);
    for (const { failure } of found)
      expect(failure?.counterexample).toContain('"value":"[secret]"');
  });
});
