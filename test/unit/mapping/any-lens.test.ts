/**
 * The laws of lenses that nobody wrote: steps put together at random, each with parameters of its own, on devices with
 * random texts. Values come from what such a lens reads on another device, so that they are of its type.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../src/model/logical.ts";
import type { Reading } from "../../../src/model/parameter.ts";
import type { Lens } from "../../../src/mapping/codecs/codec.ts";
import { orderedLens } from "../../../src/mapping/order.ts";
import { parseTemplate, printTemplate } from "../../../src/mapping/path.ts";
import { buildLens } from "../../../src/mapping/pipeline.ts";
import { viewOf } from "../../../src/mapping/snapshot-view.ts";
import type { View } from "../../../src/mapping/view.ts";
import { applied, type Held } from "./small-device.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1500);
const LIMIT_MS = process.env["FUZZ_RUNS"] === undefined ? 60_000 : 3_600_000;

/** Steps of values, each list from the logical value to a text. */
const CODECS: readonly (readonly unknown[])[] = [
  [],
  [{ text: { max: 3 } }],
  [{ lower: {} }],
  [{ upper: {} }, { trim: {} }],
  [{ affix: { suffix: "x" } }],
  [{ int: { min: 0, max: 50 } }],
  [{ int: {} }, { enum: { map: { "5": "a", "1": "b" }, read: { "0": "5" } } }],
  [{ scale: { wire: "0.5" } }],
  [{ scale: { wire: 5, decimals: 1 } }],
  [{ bool: { true: "1", false: "0", readTrue: ["true"], readFalse: ["false"] } }],
  [{ not: {} }, { bool: { true: "a", false: "b" } }],
  [{ netmask: {} }],
  [{ enum: { map: { on: 1, off: 0 }, read: { true: "on", false: "off" } } }],
  [{ tokens: { sep: "_", readSep: ",", map: { one: "A", two: "B" }, wireOrder: ["B"] } }],
  [{ csv: { sep: ",", readSep: "_", order: "set" } }],
  [{ each: [{ lower: {} }] }, { csv: { sep: ",", order: "keep" } }],
  [{ join: { of: ["user", "realm"], sep: "@", splitAt: "last", omitEmpty: true } }],
];
const TEXTS = [
  ...["", "0", "1", "5", "10", "5.5", "true", "false", "a", "A", "b", " a", "ax", "x"],
  ...["a,b", "b,a", "A,a", "A_B", "B_A,A", "u@r", "u", "255.255.255.0", "0.0.0.0"],
];

interface Made {
  readonly steps: readonly unknown[];
  readonly paths: readonly string[];
}

/** Parameters are named when all is put together, so that none stands twice. */
type Shape =
  | { readonly end: "at"; readonly codec: number }
  | { readonly end: "firstOf"; readonly codec: number }
  | { readonly end: "all" | "split" | "cases"; readonly parts: readonly Shape[] }
  | { readonly end: "also" | "switch" | "blank"; readonly rest: Shape };

const codec = fc.nat({ max: CODECS.length - 1 });
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ end: fc.constant("at" as const), codec }),
    fc.record({ end: fc.constant("firstOf" as const), codec }),
    fc.record({
      end: fc.constantFrom("all" as const, "split" as const, "cases" as const),
      // Two homes of one value are mostly of one form.
      parts: fc.oneof(
        tie("shape").map((one) => [one, one]),
        fc.tuple(tie("shape"), tie("shape")),
      ),
    }),
    fc.record({
      end: fc.constantFrom("also" as const, "switch" as const, "blank" as const),
      rest: tie("shape"),
    }),
  ),
}));

function make(given: Shape, next: () => string): Made {
  switch (given.end) {
    case "at": {
      const path = next();
      return { steps: [...(CODECS[given.codec] ?? []), { at: path }], paths: [path] };
    }
    case "firstOf": {
      const paths = [next(), next()];
      return { steps: [...(CODECS[given.codec] ?? []), { firstOf: paths }], paths };
    }
    case "all":
    case "split":
    case "cases": {
      const parts = given.parts.map((part) => make(part, next));
      const paths = parts.flatMap((part) => part.paths);
      const [a, b] = parts.map(({ steps }) => steps);
      if (given.end === "all") return { steps: [{ all: [a, b] }], paths };
      if (given.end === "split") return { steps: [{ split: { a, b } }], paths };
      const probe = next();
      const cases = [{ when: { has: probe }, lens: a }, { lens: b }];
      return { steps: [{ cases }], paths: [...paths, probe] };
    }
    case "also":
    case "switch":
    case "blank": {
      const rest = make(given.rest, next);
      const own = rest.paths[0] ?? "";
      const other = next();
      const step =
        given.end === "also"
          ? { also: { [other]: true } }
          : given.end === "switch"
            ? { optional: { none: { set: { [other]: 0 } }, some: { set: { [other]: 1 } } } }
            : { optional: { none: { write: { [own]: "" }, values: [0] } } };
      return { steps: [step, ...rest.steps], paths: [...rest.paths, other] };
    }
  }
}

const lenses = fc.record({ shape, ordered: fc.boolean() }).map(({ shape: given, ordered }) => {
  let count = 0;
  const made = make(given, () => `Device.P${(count += 1)}`);
  const built = buildLens("voice.line1.number", made.steps, "", new Set());
  if (!ordered) return { ...made, lens: built.lens, problems: built.problems };
  const path = (text: string) => {
    const template = parseTemplate(text);
    if ("fault" in template) throw new Error(template.fault);
    return template;
  };
  const order = { disable: { "Device.On": false }, enable: { "Device.On": true } };
  const lens = orderedLens(built.lens, order, { path, problem: () => undefined }, "");
  return { ...made, paths: [...made.paths, "Device.On"], lens, problems: built.problems };
});

/** A text for each parameter, or none where the device has no such parameter. */
const device = (paths: readonly string[]): fc.Arbitrary<Held> =>
  fc.record(Object.fromEntries(paths.map((path) => [path, fc.constantFrom(...TEXTS)])), {
    requiredKeys: paths.filter((_, index) => index % 4 !== 3),
  });

const cases = lenses
  .filter(({ problems }) => problems.length === 0)
  .chain((one) => fc.tuple(fc.constant(one), device(one.paths), device(one.paths)));

const viewFor = (held: Held): View =>
  viewOf(
    {
      values: new Map(
        Object.entries(held).map(([path, text]): [string, Reading] => [
          path,
          text === null ? { kind: "null" } : { kind: "value", text },
        ]),
      ),
      covered: ["Device."],
    },
    new Map(),
  );

/** The value and, where the lens says so, that a companion beside it is wrong. */
function read(lens: Lens, held: Held): LogicalValue | undefined {
  const got = lens.get(viewFor(held));
  return got.kind === "value" ? got.value : undefined;
}

describe("any lens", { timeout: LIMIT_MS }, () => {
  it("GetPut: what it reads is its own normal form", () => {
    let values = 0;
    fc.assert(
      fc.property(cases, ([{ lens }, held]) => {
        const value = read(lens, held);
        if (value === undefined) return;
        values += 1;
        const shown = lens.normal(value, viewFor(held));
        if (shown.ok) expect(shown.value).toEqual(value);
      }),
      { numRuns: RUNS },
    );
    expect(values).toBeGreaterThan(RUNS / 50);
  });

  it("PutGet, Frame: a value of another device is written to its own parameters and reads back", () => {
    let written = 0;
    fc.assert(
      fc.property(cases, ([{ lens }, there, here]) => {
        const value = read(lens, there);
        const view = viewFor(here);
        const shown = value === undefined ? undefined : lens.normal(value, view);
        if (value === undefined || shown?.ok !== true) return;
        const put = lens.put(shown.value, view);
        if (put.kind === "refused") return;
        if (put.calls.length > 0) written += 1;
        const own = lens.needs.flatMap((need) =>
          need.kind === "path" && need.probe !== true ? [printTemplate(need.path)] : [],
        );
        for (const call of put.calls) {
          const paths = call.kind === "set" ? call.edits.map(({ path }) => path) : ["?"];
          expect(new Set(paths).size).toBe(paths.length);
          for (const path of paths) {
            expect(own).toContain(path);
            expect(Object.hasOwn(here, path)).toBe(true);
          }
        }
        expect(read(lens, applied(here, put.calls))).toEqual(shown.value);
      }),
      { numRuns: RUNS * 2 },
    );
    expect(written).toBeGreaterThan(RUNS / 50);
  });

  it("takes or refuses any value at all, and never throws", () => {
    fc.assert(
      fc.property(cases, fc.anything(), ([{ lens }, held], value) => {
        const view = viewFor(held);
        lens.normal(value as LogicalValue, view);
        expect(["edits", "refused"]).toContain(lens.put(value as LogicalValue, view).kind);
      }),
      { numRuns: RUNS },
    );
  });
});
