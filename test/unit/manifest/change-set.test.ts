import { describe, expect, it } from "vitest";
import {
  changeSet,
  contentHash,
  differencesOf,
  type StoredRecord,
} from "../../../src/manifest/change-set.ts";
import { parseManifests } from "../../../src/manifest/parse.ts";

const PLAN = `apiVersion: plumbline/v1
kind: FrequencyPlan
metadata: {name: wimax-2500, labels: {radio: wimax}}
spec: {channelsKhz: [2505000, 2515000], bandwidthKhz: 10000}
`;
const ACS = `apiVersion: plumbline/v1
kind: Acs
metadata: {name: main}
spec:
  kind: friendly
  address: https://acs.example/x.asmx
  auth: {kind: basic, username: u, password: {env: PLUMB_SECRET_A}}
`;

function documents(text: string): ReturnType<typeof parseManifests>["documents"] {
  const parsed = parseManifests(text, "f.yaml");
  expect(parsed.problems).toEqual([]);
  return parsed.documents;
}

/** The store after the text was applied. */
function applied(
  text: string,
  revision = 6,
): (kind: string, name: string) => StoredRecord | undefined {
  const records = new Map(
    documents(text).map(({ kind, metadata: { name, labels }, spec }) => [
      `${kind}/${name}`,
      { revision, labels, spec, hash: contentHash({ labels, spec }) },
    ]),
  );
  return (kind, name) => records.get(`${kind}/${name}`);
}

describe("what applying would change", () => {
  it.for([
    {
      name: "a record that nobody has is created, with everything that it sets",
      before: "",
      after: PLAN,
      want: {
        action: "created",
        revision: null,
        differences: [
          { pointer: "/metadata/labels/radio", from: undefined, to: "wimax" },
          { pointer: "/spec/channelsKhz", from: undefined, to: [2505000, 2515000] },
          { pointer: "/spec/bandwidthKhz", from: undefined, to: 10000 },
        ],
      },
    },
    {
      name: "the same content in another spelling is unchanged",
      before: PLAN,
      after: PLAN.replace(
        "spec: {channelsKhz: [2505000, 2515000], bandwidthKhz: 10000}",
        "spec:\n  bandwidthKhz: 0x2710\n  channelsKhz:\n  - 2505000\n  - 2515000",
      ),
      want: { action: "unchanged", revision: 6, differences: [] },
    },
    {
      name: "a list is one value",
      before: PLAN,
      after: PLAN.replace("2515000]", "2515000, 2525000]"),
      want: {
        action: "changed",
        revision: 6,
        differences: [
          {
            pointer: "/spec/channelsKhz",
            from: [2505000, 2515000],
            to: [2505000, 2515000, 2525000],
          },
        ],
      },
    },
    {
      name: "a label that goes is named",
      before: PLAN,
      after: PLAN.replace(", labels: {radio: wimax}", ""),
      want: {
        action: "changed",
        revision: 6,
        differences: [{ pointer: "/metadata/labels/radio", from: "wimax", to: undefined }],
      },
    },
    {
      name: "a secret shows as its reference",
      before: ACS,
      after: ACS.replace("{env: PLUMB_SECRET_A}", "{file: acs}"),
      want: {
        action: "changed",
        revision: 6,
        differences: [
          { pointer: "/spec/auth/password", from: "env PLUMB_SECRET_A", to: "file acs" },
        ],
      },
    },
    {
      name: "a default that is written out is no change",
      before: ACS,
      after: `${ACS}  mode: observe\n  evidenceBudget: 1440m\n`,
      want: { action: "unchanged", revision: 6, differences: [] },
    },
    {
      name: "an object that goes is named member by member",
      before: ACS,
      after: ACS.replace(/ {2}auth.*\n/, ""),
      want: {
        action: "changed",
        revision: 6,
        differences: [
          { pointer: "/spec/auth/kind", from: "basic", to: "none" },
          { pointer: "/spec/auth/username", from: "u", to: undefined },
          { pointer: "/spec/auth/password", from: "env PLUMB_SECRET_A", to: undefined },
        ],
      },
    },
  ])("$name", ({ before, after, want }) => {
    const { changes, problems } = changeSet(documents(after), applied(before));
    expect(problems).toEqual([]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject(want);
    expect(changes[0]?.differences).toEqual(want.differences);
  });
});

it("applying twice changes nothing the second time", () => {
  const text = `${PLAN}---\n${ACS}`;
  const { changes } = changeSet(documents(text), applied(text));
  expect(changes.map(({ action }) => action)).toEqual(["unchanged", "unchanged"]);
});

it("the same record in two documents is refused, with both places", () => {
  const { changes, problems } = changeSet(documents(`${PLAN}---\n${PLAN}`), () => undefined);
  expect(changes).toHaveLength(1);
  expect(problems).toEqual([
    {
      file: "f.yaml",
      line: 6,
      column: 1,
      code: "duplicate_record",
      message: "FrequencyPlan/wimax-2500 stands here twice; first at f.yaml:1",
    },
  ]);
});

describe("differences", () => {
  it.for([
    { from: {}, to: {}, want: [] },
    { from: { a: 1 }, to: { a: { b: 1 } }, want: [["/a", 1, { b: 1 }]] },
    { from: { a: { b: 1 } }, to: { a: 1 }, want: [["/a", { b: 1 }, 1]] },
    {
      from: { a: { b: 1, c: 2 } },
      to: {},
      want: [
        ["/a/b", 1, undefined],
        ["/a/c", 2, undefined],
      ],
    },
    { from: {}, to: { a: { b: 1 } }, want: [["/a/b", undefined, 1]] },
    { from: { "a/b": 1 }, to: { "a/b": 2 }, want: [["/a~1b", 1, 2]] },
    { from: { a: [1] }, to: { a: { b: 1 } }, want: [["/a", [1], { b: 1 }]] },
  ])("$from to $to", ({ from, to, want }) => {
    const found = differencesOf(from, to).map((each) => [each.pointer, each.from, each.to]);
    expect(found).toEqual(want);
  });
});
