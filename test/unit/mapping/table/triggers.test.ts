/** Rows of several parameters that a trigger makes, and another one takes away (the talk's InsertRule and DeleteRule). */
import { describe, expect, it } from "vitest";
import type { Mapper } from "../../../../src/mapping/mapper.ts";
import { whole, withText } from "../device.ts";
import { testMapper, type Tree } from "../fixtures.ts";
import { treeOf } from "./cpe.ts";

const T = "Device.ChannelTable.";
const rulesWith = (more: Record<string, unknown> = {}): Mapper =>
  testMapper({
    bind: {
      "radio.scan-list": {
        lens: [
          {
            table: {
              row: `${T}Rule{r}`,
              scalar: "freq",
              fields: { freq: [{ scale: { wire: "Hz" } }, { at: "$row.Frequency" }] },
              insert: { trigger: `${T}InsertRule`, value: [{ scale: { wire: "Hz" } }] },
              remove: { trigger: `${T}DeleteRule`, value: "rowName" },
              order: "set",
              ...more,
            },
          },
        ],
      },
    },
  });
/** Rules as `02 2505`, in MHz. */
const tree = (...rules: string[]): Tree =>
  treeOf({
    [`${T}InsertRule`]: "",
    [`${T}DeleteRule`]: "",
    ...Object.fromEntries(
      rules.map((rule) => {
        const [number = "", mhz = ""] = rule.split(" ");
        return [`${T}Rule${number}.Frequency`, `${mhz}000000`];
      }),
    ),
  });
const put = (given: Tree, value: number[], mapper = rulesWith()): string[] | string => {
  const list = value.map((mhz) => mhz * 1000);
  const result = mapper.put("radio.scan-list", list, whole(given));
  if (result.kind === "refused") return `${result.code} at ${result.path.replace(T, "")}`;
  return result.calls.map((call) =>
    call.kind === "set"
      ? call.edits
          .map(
            ({ path, value: to }) => `${path.replace(T, "")}=${to.kind === "text" ? to.text : ""}`,
          )
          .join(" ")
      : call.kind,
  );
};
const byText = rulesWith({ remove: { trigger: `${T}DeleteRule`, value: "rowText" } });

describe("a set of rules", () => {
  it.for<{ reason: string; rules: string[]; want: number[]; calls: string[] }>([
    { reason: "all there: nothing", rules: ["01 2515", "07 2505"], want: [2505, 2515], calls: [] },
    {
      reason: "two more: an insert each",
      rules: ["01 2505"],
      want: [2505, 2515, 2525],
      calls: ["InsertRule=2515000000", "InsertRule=2525000000"],
    },
    {
      reason: "another one: written over",
      rules: ["01 2505"],
      want: [2515],
      calls: ["Rule01.Frequency=2515000000"],
    },
    {
      reason: "two fewer: a call for each, by name",
      rules: ["01 2505", "02 2515", "10 2525"],
      want: [2515],
      calls: ["DeleteRule=Rule01", "DeleteRule=Rule10"],
    },
    {
      reason: "one twice: the second goes",
      rules: ["01 2505", "02 2505"],
      want: [2505],
      calls: ["DeleteRule=Rule02"],
    },
  ])("$reason", ({ rules, want, calls }) => {
    expect(put(tree(...rules), want)).toEqual(calls);
  });
  it("shows an insert that happened twice as nonconforming", () => {
    expect(rulesWith().get("radio.scan-list", whole(tree("01 2505", "02 2505")))).toMatchObject({
      kind: "nonconforming",
      value: [2505000],
      path: `${T}Rule02`,
    });
  });
  it("is refused beyond its bound, and where a trigger is missing", () => {
    expect(put(tree("01 2505"), [2505, 2515], rulesWith({ max: 1 }))).toBe("table_full at Rule{r}");
    const bare = withText(tree("01 2505"), { [`${T}InsertRule`]: null });
    expect(put(bare, [2505, 2515])).toBe("absent at InsertRule");
    const kept = withText(tree("01 2505", "02 2515"), { [`${T}DeleteRule`]: null });
    expect(put(kept, [2505])).toBe("absent at DeleteRule");
  });
  it("is read with what it stands in where no trigger stands beside the rows", () => {
    const apart = rulesWith({ insert: { trigger: "Device.Insert", value: [] } });
    expect(rulesWith().wanted(["radio.scan-list"], null)).toContain(T);
    expect(apart.wanted(["radio.scan-list"], null)).toContain(T);
    const deeper = rulesWith({
      row: "Device.Radio.Rules.Rule{r}",
      insert: { trigger: "Device.Insert", value: [] },
    });
    expect(deeper.wanted(["radio.scan-list"], null)).toContain("Device.Radio.");
  });
  it("is empty, not absent, where only its trigger is left", () => {
    expect(rulesWith().get("radio.scan-list", whole(tree()))).toMatchObject({ value: [] });
  });
});

describe("rules that go by their text", () => {
  it("are told by what they say, as the insert would say it", () => {
    expect(put(tree("01 2505", "02 2515"), [2515], byText)).toEqual(["DeleteRule=2505000000"]);
  });
  it("go together when they say the same", () => {
    const twice = tree("01 2505", "02 2505", "03 2515");
    expect(put(twice, [2515], byText)).toEqual(["DeleteRule=2505000000"]);
  });
  it("stay when another one that says the same has to stay", () => {
    const twice = tree("01 2505", "02 2505", "03 2515");
    expect(put(twice, [2505], byText)).toEqual(["DeleteRule=2515000000"]);
    expect(byText.get("radio.scan-list", whole(tree("01 2505", "02 2505")))).toMatchObject({
      kind: "value",
      value: [2505000],
    });
  });
});
