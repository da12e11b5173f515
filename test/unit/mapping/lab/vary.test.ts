import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awake, renumbered, shuffled } from "../../../../src/mapping/lab/vary.ts";
import { parentOf } from "../../../../src/model/tree/tree.ts";
import { anyTree } from "../../model/tree/texts.ts";
import { shippedTree, treeOf } from "../../model/tree/trees.ts";

const TREE = treeOf(
  [
    "Device.PPP.Interface.2.LowerLayers=Device.IP.Interface.1.,Device.Eth.4",
    "Device.PPP.Interface.7.LowerLayers=Device.Eth.4.Link, Device.Gone.3.",
    "Device.IP.Interface.1.Name=Device",
    "Device.Eth.4.Number=4",
    "Device.Eth.4.Link.1.X=",
    "Device.Table.Rule01=Rule01",
    "Device.Table.Rule12=a, b",
    "Device.Table.Rules=2",
  ].join("\n"),
);
const values = (tree: typeof TREE): string[] =>
  [...tree.nodes.values()].flatMap(({ path, value }) =>
    value === null ? [] : [`${path}=${value}`],
  );

describe("a tree with other row numbers", () => {
  it("has them in paths and in references, with and without the last dot, and nowhere else", () => {
    const moved = renumbered(TREE, {
      inNames: ["Device.Table.Rule"],
      permute: (_table, numbers) => numbers.map((number) => number + 10),
    });
    expect(values(moved)).toEqual([
      "Device.PPP.Interface.12.LowerLayers=Device.IP.Interface.11.,Device.Eth.14",
      "Device.PPP.Interface.17.LowerLayers=Device.Eth.14.Link, Device.Gone.13.",
      "Device.IP.Interface.11.Name=Device",
      "Device.Eth.14.Number=4",
      "Device.Eth.14.Link.11.X=",
      "Device.Table.Rule11=Rule01",
      "Device.Table.Rule22=a, b",
      "Device.Table.Rules=2",
    ]);
  });

  it("has them in the chosen tables only, which are asked by their old path", () => {
    const asked: unknown[] = [];
    const moved = renumbered(TREE, {
      permute: (table, numbers) => {
        asked.push([table, ...numbers]);
        return table === "Device.PPP.Interface." ? [...numbers].reverse() : numbers;
      },
    });
    expect(values(moved).slice(0, 2)).toEqual([
      "Device.PPP.Interface.7.LowerLayers=Device.IP.Interface.1.,Device.Eth.4",
      "Device.PPP.Interface.2.LowerLayers=Device.Eth.4.Link, Device.Gone.3.",
    ]);
    expect(asked).toContainEqual(["Device.Eth.4.Link.", 1]);
    expect(asked).toContainEqual(["Device.PPP.Interface.", 2, 7]);
  });

  it("is the tree that it was when the numbers go back", () => {
    const by = (shift: number) => (_table: string, numbers: readonly number[]) =>
      numbers.map((number) => number + shift);
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 1, max: 90 }), (tree, shift) => {
        const there = renumbered(tree, { permute: by(shift) });
        expect(renumbered(there, { permute: by(-shift) }).nodes).toEqual(tree.nodes);
      }),
    );
  });

  it("keeps its references: a row of a real tree is named by as many values as before", () => {
    const tree = shippedTree("tplink-ec220-g5-v3");
    const moved = renumbered(tree, { permute: (_table, numbers) => numbers.map((n) => n + 5) });
    const dangling = (of: typeof tree): number =>
      [...of.nodes.values()].filter(
        ({ value }) =>
          value !== null &&
          /^Device\.[\w.]+$/.test(value) &&
          !of.nodes.has(value) &&
          !of.nodes.has(`${value}.`),
      ).length;
    expect(moved.nodes.size).toBe(tree.nodes.size);
    expect(dangling(moved)).toBe(dangling(tree));
  });
});

describe("a shuffled tree", () => {
  it("has the same nodes in another order, each behind the object that it lies in", () => {
    const back = shuffled(TREE, (paths) => [...paths].reverse());
    expect([...back.nodes.keys()]).not.toEqual([...TREE.nodes.keys()]);
    expect(new Set(back.nodes.values())).toEqual(new Set(TREE.nodes.values()));
    const before = new Set([""]);
    for (const path of back.nodes.keys()) {
      expect(before).toContain(parentOf(path));
      before.add(path);
    }
  });
});

describe("a tree that is awake", () => {
  it("answers for what was never read with the null value of the type, and yes to a write that nobody forbade", () => {
    const tree = treeOf(
      "Device.\tr\n A\tw\tstring\n B\tw\tboolean\n C\tr\tunsignedInt\n D\tr\t-\n E\tr\tint\t7\n",
    );
    expect(awake(treeOf("Device.F")).nodes.get("Device.F")?.writable).toBe(true);
    expect(values(awake(tree))).toEqual([
      "Device.A=",
      "Device.B=false",
      "Device.C=0",
      "Device.D=",
      "Device.E=7",
    ]);
  });
});
