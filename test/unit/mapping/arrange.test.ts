/** The order of calls: what goes together, what goes alone, what goes last. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrange, sideBySide, type Unit } from "../../../src/mapping/arrange.ts";
import type { Operation } from "../../../src/model/parameter.ts";
import type { EffectClass } from "../../../src/model/plan.ts";
import { setOf } from "../../support/operations.ts";

const QUIET: EffectClass = { interrupts: [], reboot: "none", applies: "now", settleMs: 0 };
const WIFI: EffectClass = { ...QUIET, interrupts: ["wifi"] };
const CUTS: EffectClass = { ...QUIET, interrupts: ["mgmt", "wan"] };

const set = (...texts: readonly string[]): Operation =>
  setOf(
    ...texts.map((text) => {
      const [path = "", value = ""] = text.split("=");
      return { path, value: { kind: "text", text: value } } as const;
    }),
  );
const add: Operation = { kind: "add", table: "T." };
const drop: Operation = { kind: "delete", row: "T.1." };

const unit = (
  name: string,
  effect: EffectClass = QUIET,
  calls: readonly Operation[] = [set(`${name}=1`)],
  after: readonly string[] = [],
): Unit => ({ names: [name], after, calls, effect });

/** `A=1 B=1`, `+T.`, `-T.1.`, `reboot`. */
function print(operation: Operation): string {
  switch (operation.kind) {
    case "set":
      return operation.edits
        .map(({ path, value }) => `${path}=${value.kind === "text" ? value.text : "secret"}`)
        .join(" ");
    case "add":
      return `+${operation.table}`;
    case "delete":
      return `-${operation.row}`;
    case "reboot":
    case "download":
    case "factoryReset":
      return operation.kind;
  }
}

describe("the calls of a plan", () => {
  it.for<{ name: string; given: Unit[]; want: string[] }>([
    { name: "are none without units", given: [], want: [] },
    {
      name: "hold together what is of one effect class",
      given: [unit("A"), unit("B"), unit("C", WIFI)],
      want: ["A=1 B=1", "C=1"],
    },
    {
      name: "end with what can cut management, one unit in each",
      given: [unit("A", CUTS), unit("B", CUTS), unit("C")],
      want: ["C=1", "A=1", "B=1"],
    },
    {
      name: "keep an order that a map asks for, also against the classes",
      given: [unit("A", QUIET, [set("A=1")], ["B"]), unit("B", CUTS)],
      want: ["B=1", "A=1"],
    },
    {
      name: "do not wait for what is not in the plan",
      given: [unit("A", QUIET, [set("A=1")], ["B"])],
      want: ["A=1"],
    },
    {
      name: "still go, all of them, where two wait for one another",
      given: [unit("A", QUIET, [set("A=1")], ["B"]), unit("B", QUIET, [set("B=1")], ["A"])],
      want: ["A=1 B=1"],
    },
    {
      name: "add rows first and alone, and delete them last and alone",
      given: [unit("A", QUIET, [set("A=1"), drop]), unit("B", QUIET, [add, set("T.{new}.X=2")])],
      want: ["+T.", "A=1 T.{new}.X=2", "-T.1."],
    },
    {
      name: "switch off once, write, and switch on once, where two units share the switch",
      given: ["A", "B"].map((name) =>
        unit(name, QUIET, [set("Enable=0"), set(`${name}=1`), set("Enable=1")]),
      ),
      want: ["Enable=0", "A=1 B=1", "Enable=1"],
    },
    {
      name: "put one name with two texts in two calls, in their order",
      given: [unit("A", QUIET, [set("X=1", "A=1")]), unit("B", QUIET, [set("X=2")])],
      want: ["X=1 A=1", "X=2"],
    },
    {
      name: "reboot once, at the very end, however many want it",
      given: [
        unit("A", { ...QUIET, reboot: "after" }),
        unit("B", { ...WIFI, reboot: "after" }),
        unit("C", CUTS),
      ],
      want: ["A=1", "B=1", "C=1", "reboot"],
    },
    {
      name: "do not reboot for what has nothing to write",
      given: [unit("A", { ...QUIET, reboot: "after" }, [])],
      want: [],
    },
  ])("$name", ({ given, want }) => {
    expect(arrange(given).map(({ operation }) => print(operation))).toEqual(want);
  });

  it("name a path at most once in one call, and lose nothing, whatever the lanes", () => {
    const call = fc
      .uniqueArray(fc.constantFrom("A", "B", "C"), { minLength: 1 })
      .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom(`${name}=1`, `${name}=2`))))
      .map((texts) => set(...texts));
    const lane = fc.array(fc.oneof(call, fc.constantFrom(add, drop)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(lane, { maxLength: 4 }), (lanes) => {
        const merged = sideBySide(lanes);
        for (const { operation } of merged) {
          if (operation.kind !== "set") continue;
          const paths = operation.edits.map(({ path }) => path);
          expect(new Set(paths).size).toBe(paths.length);
        }
        lanes.forEach((calls, index) => {
          const mine = merged.filter((one) => one.lanes.includes(index));
          expect(mine.map(({ operation }) => operation.kind)).toEqual(
            calls.map(({ kind }) => kind),
          );
          calls.forEach((own, at) => {
            for (const text of print(own).split(" "))
              expect(print(mine[at]?.operation ?? own).split(" ")).toContain(text);
          });
        });
      }),
    );
  });
});
