import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate, prefixOf, printTemplate, rowOf } from "../../../src/mapping/path.ts";

const template = (text: string) => {
  const parsed = parseTemplate(text);
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed;
};

describe("a path of a map", () => {
  it.for([
    {
      text: "InternetGatewayDevice.DeviceInfo.UpTime",
      prefix: "InternetGatewayDevice.DeviceInfo.",
    },
    { text: "Device.PPP.Interface.{p}", prefix: "Device.PPP.Interface." },
    { text: "Device.A.{a}.B.{b}.C", prefix: "Device.A." },
    { text: "Device.ChannelTable.Rule{r}", prefix: "Device.ChannelTable." },
    { text: "Device.X_CT-COM_Voice.1.Mode", prefix: "Device.X_CT-COM_Voice.1." },
    { text: "$wan.Username", prefix: "$wan." },
  ])("is valid, prints as written, and its rows lie in one subtree: $text", ({ text, prefix }) => {
    expect(printTemplate(template(text))).toBe(text);
    expect(prefixOf(template(text))).toBe(prefix);
  });

  it("may be a row itself", () => {
    expect(printTemplate(template("$row"))).toBe("$row");
  });

  it.for([
    { text: "", reason: "an empty segment" },
    { text: "Device.PPP.Interface.", reason: "a partial path names many parameters" },
    { text: "Device..Enable", reason: "an empty segment" },
    { text: ".Device", reason: "a leading dot" },
    { text: "Device.PPP.*", reason: "a wildcard" },
    { text: "Device.A{x}B{y}", reason: "two instances in one segment" },
    { text: "Device.{x}.{x}", reason: "one name for two instances" },
    { text: "{x}.Enable", reason: "starts with an instance" },
    { text: "$wan Username", reason: "a blank in an anchor" },
    { text: "$.Username", reason: "an anchor without a name" },
    { text: "Device.Ünïcode", reason: "letters beyond ASCII" },
    { text: `Device.${"A".repeat(600)}`, reason: "too long" },
  ])("is refused with a reason: $reason", ({ text }) => {
    expect(parseTemplate(text)).toHaveProperty("fault");
  });

  it("any text gives a template or a fault, and a template prints to what parses the same", () => {
    const piece = fc.constantFrom(
      "Device",
      "A-1",
      "{x}",
      "Rule{r}",
      "$a",
      "",
      ".",
      "{",
      "}",
      "7",
      " ",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join(".")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseTemplate(given);
        if ("fault" in parsed) return;
        expect(printTemplate(parsed)).toBe(given);
        expect(parseTemplate(printTemplate(parsed))).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the row that a path lies in", () => {
  it.for([
    {
      row: "Device.P.{p}",
      path: "Device.P.12.Enable",
      want: { path: "Device.P.12", instances: ["12"] },
    },
    { row: "Device.P.{p}", path: "Device.P.12", want: { path: "Device.P.12", instances: ["12"] } },
    {
      row: "Device.P.{p}.Q.{q}",
      path: "Device.P.1.Q.2.X",
      want: { path: "Device.P.1.Q.2", instances: ["1", "2"] },
    },
    {
      row: "Device.T.Rule{r}",
      path: "Device.T.Rule01",
      want: { path: "Device.T.Rule01", instances: ["01"] },
    },
    { row: "Device.T.Rule{r}", path: "Device.T.InsertRule", want: undefined },
    { row: "Device.T.Rule{r}", path: "Device.T.Rule", want: undefined },
    { row: "Device.P.{p}", path: "Device.P.Number", want: undefined },
    { row: "Device.P.{p}", path: "Device.P", want: undefined },
    { row: "Device.P.{p}", path: "Device.Q.1", want: undefined },
  ])("$path in $row", ({ row, path, want }) => {
    expect(rowOf(template(row), path)).toEqual(want);
  });
});
