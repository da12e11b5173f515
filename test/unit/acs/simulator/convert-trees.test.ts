import { describe, expect, it } from "vitest";
import { parseTree } from "../../../../src/model/tree/parse.ts";
import { printTree } from "../../../support/convert-trees.ts";
import { treeOf } from "../../model/tree/trees.ts";

describe("a tree that is printed as a file of ours", () => {
  it("reads back as it was, node by node", () => {
    const tree = treeOf(
      [
        "Parameter,Object,Writable,Value,Type",
        'Device.A,false,true,"one, ""two""",xsd:string',
        "Device.Empty,false,true,,xsd:string",
        "Device.Unread,false,false,,",
        "Device.Blank,false,true, x ,xsd:string",
        "Device.T.10.V,false,true,-1,xsd:int",
        "",
      ].join("\n"),
    );
    const printed = printTree(tree.nodes.values(), [["model", "t"]]);
    expect(parseTree(printed, "t.tsv")).toEqual({
      kind: "tree",
      tree: { nodes: tree.nodes, header: new Map([["model", ["t"]]]) },
    });
  });
});
