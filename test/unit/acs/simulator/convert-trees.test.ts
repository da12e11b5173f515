import { describe, expect, it } from "vitest";
import { parseTree } from "../../../../src/acs/simulator/tree.ts";
import { printTree, readCsv } from "../../../support/convert-trees.ts";

describe("a collected tree that is converted", () => {
  const csv = [
    "Parameter,Object,Writable,Value,Type",
    "Device,true,false,,",
    'Device.A,false,true,"one, ""two""",xsd:string',
    "Device.Empty,false,true,,xsd:string",
    "Device.Unread,false,false,,",
    "Device.Blank,false,true, x ,xsd:string",
    "Device.T.10.V,false,true,-1,xsd:int",
    "",
  ].join("\n");

  it("keeps access, type, value, and the difference between empty and never read", () => {
    const { nodes } = parseTree(printTree(readCsv(csv), [["root", "Device"]]), "t.tsv");
    expect(
      [...nodes.values()].map(({ path, writable, type, value }) => [path, writable, type, value]),
    ).toEqual([
      ["Device.", false, "object", null],
      ["Device.A", true, "string", 'one, "two"'],
      ["Device.Empty", true, "string", ""],
      ["Device.Unread", false, "-", null],
      ["Device.Blank", true, "string", " x "],
      ["Device.T.", false, "object", null],
      ["Device.T.10.", false, "object", null],
      ["Device.T.10.V", true, "int", "-1"],
    ]);
  });
});
