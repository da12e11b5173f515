/** Lists in tables: which rows are written, in how many calls, in which order. */
import { describe, expect, it } from "vitest";
import type { Channel } from "../../../src/model/logical.ts";
import type { Operation } from "../../../src/model/parameter.ts";
import { editsOf } from "../../support/operations.ts";
import { applied, whole, withText } from "./device.ts";
import { mapperOf, readTree, type MapName, type Tree } from "./fixtures.ts";

const RULES = "InternetGatewayDevice.X_SW_WiMAX.ChannelTable.";
const PLAN = "InternetGatewayDevice.OperatorProfile.1.WiMAXNetworkParameters.ChannelPlan.";
const mhz = (...centres: number[]): Channel[] =>
  centres.map((centre) => ({ centreKhz: centre * 1000, bandwidthKhz: 10000 }));

/** `Name=text`, without the table's own path. */
const short = (calls: readonly Operation[]): string[][] =>
  calls.map((call) =>
    editsOf(call).map(
      ({ path, value }) =>
        `${path.replace(RULES, "").replace(PLAN, "")}=${value.kind === "text" ? value.text : "secret"}`,
    ),
  );

function put(map: MapName, value: Channel[], tree: Tree): string[][] | string {
  const result = mapperOf(map).put("radio.channel-plan", value, whole(tree));
  return result.kind === "edits" ? short(result.calls) : result.code;
}

describe("rules that grow by a trigger (recorded: 2505 and 2515 MHz)", () => {
  const tree = readTree("talk-channel-rules");
  it.for([
    { reason: "unchanged: nothing", want: mhz(2505, 2515), calls: [] },
    {
      reason: "one changed: overwritten in place",
      want: mhz(2505, 2525),
      calls: [["Rule02=2525000,10000"]],
    },
    {
      reason: "one more: one insert",
      want: mhz(2505, 2515, 2525),
      calls: [["InsertRule=2525000,10000"]],
    },
    {
      reason: "two more: a call for each, as a name cannot stand twice in one",
      want: mhz(2505, 2515, 2525, 2535),
      calls: [["InsertRule=2525000,10000"], ["InsertRule=2535000,10000"]],
    },
    { reason: "one fewer: emptied", want: mhz(2505), calls: [["Rule02="]] },
    {
      reason: "the order counts: both overwritten in one call",
      want: mhz(2515, 2505),
      calls: [["Rule01=2515000,10000", "Rule02=2505000,10000"]],
    },
    {
      reason: "changed and more: added first, the old ones go last",
      want: mhz(2605, 2615, 2625),
      calls: [["InsertRule=2625000,10000"], ["Rule01=2605000,10000", "Rule02=2615000,10000"]],
    },
    {
      reason: "the first removed: the rest moves up in one call",
      want: mhz(2515),
      calls: [["Rule01=2515000,10000", "Rule02="]],
    },
  ])("$reason", ({ want, calls }) => {
    expect(put("talk-channel-rules", want, tree)).toEqual(calls);
  });
  it("are read by number, also with gaps, and 10 comes after 9", () => {
    const gaps = withText(tree, {
      [`${RULES}Rule01`]: null,
      [`${RULES}Rule10`]: "2535000,5000",
      [`${RULES}Rule09`]: "2525000,5000",
    });
    expect(mapperOf("talk-channel-rules").get("radio.channel-plan", whole(gaps))).toMatchObject({
      value: [{ centreKhz: 2515000 }, { centreKhz: 2525000 }, { centreKhz: 2535000 }],
    });
  });
  it("that a device keeps when emptied are free, and used again", () => {
    const kept = withText(tree, { [`${RULES}Rule02`]: "" });
    expect(put("talk-channel-rules", mhz(2505), kept)).toEqual([]);
    expect(put("talk-channel-rules", mhz(2505, 2525), kept)).toEqual([["Rule02=2525000,10000"]]);
  });
  it("cannot be added where the trigger is missing", () => {
    const bare = withText(tree, { [`${RULES}InsertRule`]: null });
    expect(put("talk-channel-rules", mhz(2505, 2515, 2525), bare)).toBe("absent");
  });
  it("of which one cannot be decoded are foreign as a whole, and are not touched", () => {
    const odd = withText(tree, { [`${RULES}Rule02`]: "2515000" });
    expect(put("talk-channel-rules", mhz(2505), odd)).toBe("foreign");
  });
});

describe("slots of the BM632w (two used with ranges, three free)", () => {
  const tree = readTree("huawei-bm632w");
  const plan = (...centres: number[]): Tree => {
    const result = mapperOf("huawei-bm632w").put(
      "radio.channel-plan",
      mhz(...centres),
      whole(tree),
    );
    if (result.kind === "refused") throw new Error(result.code);
    return applied(tree, result.calls);
  };
  it("take one row for each channel: used rows first, then free ones, in one call", () => {
    expect(put("huawei-bm632w", mhz(3505, 3515, 3525), tree)).toEqual([
      [
        "1.FirstFrequency=3505000",
        "1.LastFrequency=3505000",
        "1.NextFrequencySteps=0",
        "1.Bandwidth=10000",
        "11.FirstFrequency=3515000",
        "11.LastFrequency=3515000",
        "11.NextFrequencySteps=0",
        "12.FirstFrequency=3525000",
        "12.LastFrequency=3525000",
        "12.Bandwidth=10000",
      ],
    ]);
  });
  it("are zeroed when there are fewer channels", () => {
    expect(put("huawei-bm632w", mhz(3505), plan(3505, 3515))).toEqual([
      ["11.FirstFrequency=0", "11.LastFrequency=0", "11.Bandwidth=0"],
    ]);
  });
  it("hold a set: another order, or a channel named twice, makes no edits", () => {
    expect(put("huawei-bm632w", mhz(3515, 3505, 3515), plan(3505, 3515))).toEqual([]);
  });
  it("change only the row of the channel that changed", () => {
    expect(put("huawei-bm632w", mhz(3505, 3525, 3535), plan(3505, 3515, 3525))).toEqual([
      ["11.FirstFrequency=3535000", "11.LastFrequency=3535000"],
    ]);
  });
  it("hold five channels, and six are refused", () => {
    expect(put("huawei-bm632w", mhz(1, 2, 3, 4, 5), tree)).not.toBe("table_full");
    expect(put("huawei-bm632w", mhz(1, 2, 3, 4, 5, 6), tree)).toBe("table_full");
  });
  it("with a half-filled row are foreign: a zero frequency is not guessed away", () => {
    const half = withText(tree, { [`${PLAN}12.Bandwidth`]: "5000" });
    expect(put("huawei-bm632w", mhz(3505), half)).toBe("foreign");
  });
  it("with a range that would expand without end are foreign", () => {
    const wide = withText(tree, {
      [`${PLAN}1.LastFrequency`]: "2147480000",
      [`${PLAN}1.NextFrequencySteps`]: "1",
    });
    expect(put("huawei-bm632w", mhz(3505), wide)).toBe("foreign");
  });
});
