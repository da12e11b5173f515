import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModels } from "../../../../src/acs/simulator/catalogue.ts";
import { step, type CpeOp } from "../../../../src/acs/simulator/cpe.ts";
import {
  findNode,
  nodesBelow,
  shownValue,
  type CpeState,
} from "../../../../src/acs/simulator/cpe-state.ts";
import { isCommand, isHidden } from "../../../../src/acs/simulator/hidden.ts";
import { canonical } from "../../../../src/model/tree/lexical.ts";
import { roleOf } from "../../../../src/acs/simulator/rows.ts";
import type { CpeModel } from "../../../../src/acs/simulator/cpe-model.ts";
import { isObject } from "../../../../src/model/tree/tree.ts";
import { cpeOf, SMALL, TREES } from "./models.ts";

let models: readonly CpeModel[] = [];
beforeAll(async () => {
  models = [...(await loadModels(TREES)).values()];
});

const paths = [
  ...SMALL.nodes.keys(),
  "Device.No",
  "Device.PPP.Interface.2.",
  "Device.Table.Rule02",
  "",
  ".",
  "..",
  "Device",
];
const path = fc.oneof(fc.constantFrom(...paths), fc.string());
const value = fc.oneof(fc.string(), fc.constantFrom("1", "true", "2505000,10000", "", "-5", "x"));
const values = fc.array(fc.record({ path, value }), { maxLength: 5 });
const op: fc.Arbitrary<CpeOp> = fc.oneof(
  fc.record({ kind: fc.constant("get" as const), names: fc.array(path, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("set" as const), values }),
  fc.record({ kind: fc.constant("tamper" as const), values }),
  fc.record({ kind: fc.constant("addObject" as const), table: path }),
  fc.record({ kind: fc.constant("deleteObject" as const), row: path }),
  fc.record({ kind: fc.constantFrom("reboot" as const, "factoryReset" as const) }),
);

const dump = (state: CpeState): string =>
  JSON.stringify(nodesBelow(state, "").map((node) => [node.path, shownValue(state, node, 0)]));

const replayed = (ops: readonly CpeOp[]): CpeState =>
  ops.reduce((state, each, index) => step(state, each, index * 1_000).state, cpeOf());

describe("whatever is asked of a CPE", () => {
  it("it never throws, and the same operations give the same CPE", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 25 }), (ops) => {
        expect(dump(replayed(ops))).toBe(dump(replayed(ops)));
      }),
    );
  });

  it("it never changes the tree that it shares, nor the state it came from", () => {
    const tree = JSON.stringify([...SMALL.nodes]);
    fc.assert(
      fc.property(fc.array(op, { maxLength: 15 }), op, (ops, last) => {
        const before = replayed(ops);
        const seen = dump(before);
        step(before, last, 0);
        expect(dump(before)).toBe(seen);
        expect(JSON.stringify([...SMALL.nodes])).toBe(tree);
      }),
    );
  });

  it("a refused write changes nothing", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 10 }), values, (ops, written) => {
        const before = replayed(ops);
        const { state, reply } = step(before, { kind: "set", values: written }, 0);
        if (reply.kind === "fault") expect(state).toBe(before);
      }),
    );
  });

  it("every write of valid values to a visible writable parameter of any shipped model reads back", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), (pickModel, pickNode, text) => {
        const model = models[pickModel % models.length] ?? SMALL;
        const own = `${model.root}.DeviceInfo.`;
        const candidates = [...model.nodes.values()].filter(
          (node) =>
            node.writable &&
            !isObject(node) &&
            !isHidden(node, node.value) &&
            !isCommand(node) &&
            !node.path.startsWith(own) &&
            roleOf(model.trigger, node.path) === undefined,
        );
        const node = candidates[pickNode % candidates.length];
        if (node === undefined) return;
        const wanted = [text, "1", "12", "true"].find(
          (each) => canonical(node.type, each) !== undefined,
        );
        if (wanted === undefined) return;
        const before = cpeOf(model);
        const done = step(before, { kind: "set", values: [{ path: node.path, value: wanted }] }, 0);
        expect(done.reply).toEqual({ kind: "done" });
        const after = findNode(done.state, node.path);
        expect(after && shownValue(done.state, after, 0)).toBe(canonical(node.type, wanted));
      }),
      { numRuns: 400 },
    );
  });
});
