import { describe, expect, it } from "vitest";
import { answerOf, snapshotOf } from "../../../../src/model/tree/snapshot.ts";
import { viewOf } from "../../../../src/mapping/snapshot-view.ts";
import { parseTemplate, type Template } from "../../../../src/mapping/path.ts";
import { treeOf } from "./trees.ts";

const tree = treeOf(
  [
    "Device.PPP.Interface.1.User=u",
    "Device.PPP.Interface.1.Pass=",
    "Device.PPP.Interface.1.Never",
    "Device.PPP.Interface.4.",
    "Device.Empty.",
  ].join("\n"),
);
const value = (text: string) => ({ kind: "value", text });

const template = (text: string): Template => {
  const parsed = parseTemplate(text);
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed;
};

describe("a tree as a read shows it", () => {
  it("has every value, nil for what was never read, and objects that nothing else stands for", () => {
    const { values, covered } = snapshotOf(tree);
    expect([...values]).toEqual([
      ["Device.PPP.Interface.1.User", value("u")],
      ["Device.PPP.Interface.1.Pass", value("")],
      ["Device.PPP.Interface.1.Never", { kind: "null" }],
      ["Device.PPP.Interface.4.", { kind: "null" }],
      ["Device.Empty.", { kind: "null" }],
    ]);
    expect(covered).toEqual(["InternetGatewayDevice.", "Device."]);
  });

  it("has of some names just those, and a fault for one that is not there", () => {
    const names = ["Device.PPP.Interface.1.User", "Device.Gone", "Device.Empty.", "Device.No."];
    const { values, covered } = snapshotOf(tree, names);
    expect([...values]).toEqual([
      ["Device.PPP.Interface.1.User", value("u")],
      ["Device.Gone", { kind: "failed", code: 9005, text: "Invalid parameter name" }],
      ["Device.Empty.", { kind: "null" }],
    ]);
    expect(covered).toEqual(["Device.Empty.", "Device.No."]);
  });

  it("has no objects when a CPE answers, which names parameters only", () => {
    expect([...answerOf(tree, ["Device.", "Device.Empty."]).values.keys()]).toEqual([
      "Device.PPP.Interface.1.User",
      "Device.PPP.Interface.1.Pass",
      "Device.PPP.Interface.1.Never",
    ]);
  });

  it("shows a map an empty table as a table, and a row without parameters as a row", () => {
    const view = viewOf(snapshotOf(tree), new Map());
    expect(view.holds("Device.Empty.")).toBe(true);
    expect(view.holds("Device.No.")).toBe(false);
    expect(view.rows(template("Device.PPP.Interface.{p}")).map(({ path }) => path)).toEqual([
      "Device.PPP.Interface.1",
      "Device.PPP.Interface.4",
    ]);
    expect(view.state("Device.PPP.Interface.4.User").kind).toBe("absent");
    expect(view.state("Device.PPP.Interface.1.Never").kind).toBe("nil");
  });
});
