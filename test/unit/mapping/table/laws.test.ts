/** The laws of the mapping language over every kind of table, from any rows that may be found. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import type { Operation, Reading } from "../../../../src/model/parameter.ts";
import type { Tree } from "../fixtures.ts";
import { whole } from "../device.ts";
import { TABLES } from "./cases.ts";
import { afterAll, type Numbering } from "./cpe.ts";
import { treesOf, type TableCase } from "./table-case.ts";
import { saidIn, strangersIn, wantedIn } from "./words.ts";

const runs = { numRuns: 100 };
const numbering = fc.constantFrom<Numbering>("after-last", "lowest-free");

const put = ({ mapper, logical }: TableCase, value: LogicalValue, tree: Tree) =>
  mapper.put(logical, value, whole(tree));

function callsOf(one: TableCase, value: LogicalValue, tree: Tree): readonly Operation[] {
  const result = put(one, value, tree);
  if (result.kind === "refused") throw new Error(`${result.code} at ${result.path}`);
  return result.calls;
}

describe.for(TABLES)("$name", (one) => {
  const trees = treesOf(one);

  it("PutGet, Quiet: after a put the rows say exactly what was wanted, and nothing is left to do", () => {
    fc.assert(
      fc.property(trees, one.values, numbering, (tree, value, numbers) => {
        const want = wantedIn(one, value);
        const result = put(one, value, tree);
        if (result.kind === "refused") {
          expect(result.code).toBe(want);
          return;
        }
        const now = afterAll(one.cpe, tree, result.calls, numbers);
        const again = put(one, value, now);
        // A list by position may need a second plan where the CPE numbers new rows from the front.
        const last =
          again.kind === "edits" && one.order === "index" && numbers === "lowest-free"
            ? afterAll(one.cpe, now, again.calls, numbers)
            : now;
        expect(saidIn(one, last)).toEqual(want);
        expect(put(one, value, last)).toEqual({ kind: "edits", calls: [] });
        expect(one.mapper.get(one.logical, whole(last)).kind).toBe("value");
      }),
      runs,
    );
  });

  it("GetPut: what is shown as a value makes no edits", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const got = one.mapper.get(one.logical, whole(tree));
        expect(["value", "nonconforming"]).toContain(got.kind);
        if (got.kind === "value")
          expect(put(one, got.value, tree)).toEqual({ kind: "edits", calls: [] });
      }),
      runs,
    );
  });

  it("PutPut: one list after another reads back as the other alone", () => {
    fc.assert(
      fc.property(trees, one.values, one.values, (tree, first, second) => {
        fc.pre(Array.isArray(wantedIn(one, first)) && Array.isArray(wantedIn(one, second)));
        const both = [first, second].reduce(
          (now, value) => afterAll(one.cpe, now, callsOf(one, value, now), "after-last"),
          tree,
        );
        const alone = afterAll(one.cpe, tree, callsOf(one, second, tree), "after-last");
        expect(saidIn(one, both)).toEqual(saidIn(one, alone));
      }),
      runs,
    );
  });

  it("Frame: nothing outside our rows is touched, and no row of a stranger", () => {
    fc.assert(
      fc.property(trees, one.values, numbering, (tree, value, numbers) => {
        fc.pre(Array.isArray(wantedIn(one, value)));
        const now = afterAll(one.cpe, tree, callsOf(one, value, tree), numbers);
        for (const { path, value: before } of tree.nodes.values())
          if (!path.startsWith(one.cpe.prefix))
            expect([path, now.nodes.get(path)?.value]).toEqual([path, before]);
        expect(strangersIn(one, now)).toEqual(strangersIn(one, tree));
      }),
      runs,
    );
  });

  it("Renumber: other row numbers change only the numbers in a plan", () => {
    const moved = (path: string): string =>
      path.startsWith(one.cpe.prefix)
        ? one.cpe.prefix +
          path
            .slice(one.cpe.prefix.length)
            .replace(/^\d+/, (digits) => String(Number(digits) * 3 + 40))
        : path;
    const movedText = (text: string): string =>
      text.replace(/^Rule(\d+)$/, (_, n: string) => `Rule${Number(n) * 3 + 40}`);
    const movedCall = (call: Operation): Operation => {
      switch (call.kind) {
        case "set":
          return {
            kind: "set",
            edits: call.edits.map(({ path, value }) => ({
              path: moved(path),
              value: value.kind === "text" ? { kind: "text", text: movedText(value.text) } : value,
            })),
          };
        case "delete":
          return { kind: "delete", row: moved(call.row) };
        case "add":
        case "reboot":
        case "download":
        case "factoryReset":
          return call;
      }
    };
    fc.assert(
      fc.property(trees, one.values, (tree, value) => {
        fc.pre(Array.isArray(wantedIn(one, value)));
        const nodes = [...tree.nodes.values()].map((node) => ({ ...node, path: moved(node.path) }));
        const there = { ...tree, nodes: new Map(nodes.map((node) => [node.path, node])) };
        expect(callsOf(one, value, there)).toEqual(callsOf(one, value, tree).map(movedCall));
        const [here, other] = [tree, there].map((at) => one.mapper.get(one.logical, whole(at)));
        if (here?.kind === "value")
          expect(other).toMatchObject({ kind: "value", value: here.value });
        else expect(other?.kind).toBe(here?.kind);
      }),
      runs,
    );
  });

  it("any answer of a device gives a list or a reason, and nothing is written on what was not read", () => {
    const reading = fc.oneof(
      fc.constantFrom<Reading>(
        { kind: "null" },
        { kind: "failed", code: 9005, text: "" },
        { kind: "failed", code: 9002, text: "" },
      ),
      fc.oneof(fc.string(), fc.constantFrom("0", "5000", "tcp")).map((said): Reading => {
        return { kind: "value", text: said };
      }),
    );
    const changes = fc.array(fc.tuple(fc.nat(), reading), { maxLength: 4 });
    const covered = fc.constantFrom(["Device."], [one.cpe.prefix], []);
    fc.assert(
      fc.property(trees, one.values, changes, covered, (tree, value, odd, subtrees) => {
        const values = new Map(whole(tree).values);
        const paths = [...values.keys()];
        for (const [at, said] of odd) values.set(paths[at % paths.length] ?? "", said);
        const snapshot = { values, covered: subtrees };
        const got = one.mapper.get(one.logical, snapshot);
        const result = one.mapper.put(one.logical, value, snapshot);
        if (got.kind !== "value" && got.kind !== "nonconforming")
          expect(result.kind).toBe("refused");
      }),
      runs,
    );
  });

  it("Domain: any value is planned whole or refused with a code, and nothing is thrown", () => {
    fc.assert(
      fc.property(trees, fc.anything(), (tree, value) => {
        const result = put(one, value as LogicalValue, tree);
        if (result.kind === "edits") afterAll(one.cpe, tree, result.calls, "after-last");
        else expect(["domain", "inexact", "table_full", "duplicate_key"]).toContain(result.code);
      }),
      runs,
    );
  });
});
