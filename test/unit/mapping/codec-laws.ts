/** What every value step is tested by: what is written, what is read, and the laws between the two. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/mapping/codecs/codec.ts";
import { buildLens } from "../../../src/mapping/pipeline.ts";
import { viewOf } from "../../../src/mapping/snapshot-view.ts";

const PATH = "Device.X";
export type Steps = readonly unknown[];

export function lensOf(steps: Steps) {
  const built = buildLens("radio.bandwidth", [...steps, { at: PATH }], "", new Set());
  expect(built.problems).toEqual([]);
  return built.lens;
}

/** What is wrong with the steps: `pointer: message`. */
export function problemsOf(steps: Steps): string[] {
  const built = buildLens("radio.bandwidth", [...steps, { at: PATH }], "", new Set());
  return built.problems.map(({ pointer, message }) => `${pointer}: ${message}`);
}

export const viewWith = (text: string) =>
  viewOf({ values: new Map([[PATH, { kind: "value", text }]]), covered: [] }, new Map());

/** What is written, behind `=`, or the code of the refusal. */
export function encode(steps: Steps, value: Plain): string {
  const result = lensOf(steps).put(value, viewWith("?"));
  if (result.kind === "refused") return result.code;
  const [call] = result.calls;
  const edit = call?.kind === "set" ? call.edits[0] : undefined;
  return edit?.value.kind === "text" ? `=${edit.value.text}` : "secret";
}

/** What is read, or `foreign`. */
export function decode(steps: Steps, text: string): unknown {
  const got = lensOf(steps).get(viewWith(text));
  return got.kind === "value" ? got.value : got.kind;
}

export interface Law {
  readonly steps: Steps;
  readonly values: fc.Arbitrary<Plain>;
  readonly normal?: (value: Plain) => Plain;
  /** What the texts that a device might show are made of. */
  readonly pieces?: readonly string[];
}

/** Texts of any characters, and texts that come near to what the steps read. */
export const texts = (pieces: readonly string[] = []): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .array(fc.constantFrom("1", "0", ".", ",", "@", " ", "a", "-", ...pieces))
      .map((list) => list.join("")),
  );

export function testLaws(laws: readonly Law[]): void {
  const same = (value: Plain): Plain => value;
  describe("the law of value steps", () => {
    it.for(laws)(
      "decode(encode(x)) is the normal form of x: $steps",
      ({ steps, values, normal = same }) => {
        const lens = lensOf(steps);
        let written = 0;
        fc.assert(
          fc.property(values, (value) => {
            if (lens.put(value, viewWith("?")).kind === "refused") return;
            written += 1;
            expect(lens.normal(value, viewWith("?"))).toEqual({ ok: true, value: normal(value) });
          }),
          { numRuns: 300 },
        );
        // A step that refuses everything keeps every law.
        expect(written).toBeGreaterThan(0);
      },
    );

    it.for(laws)(
      "two values that are shown differently are written differently: $steps",
      ({ steps, values }) => {
        const lens = lensOf(steps);
        const write = (value: Plain) => JSON.stringify(lens.put(value, viewWith("?")));
        fc.assert(
          fc.property(values, values, (one, other) => {
            const [a, b] = [one, other].map((value) => lens.normal(value, viewWith("?")));
            if (a?.ok !== true || b?.ok !== true) return;
            const differ = JSON.stringify(a.value) !== JSON.stringify(b.value);
            if (differ) expect(write(one)).not.toBe(write(other));
          }),
          { numRuns: 300 },
        );
      },
    );

    it.for(laws)(
      "any wire text is a value or foreign, and a value is written as what reads the same: $steps",
      ({ steps, pieces }) => {
        const lens = lensOf(steps);
        fc.assert(
          fc.property(texts(pieces), (text) => {
            const got = lens.get(viewWith(text));
            expect(["value", "foreign"]).toContain(got.kind);
            if (got.kind !== "value") return;
            const again = lens.normal(got.value, viewWith(text));
            if (again.ok) expect(again.value).toEqual(got.value);
          }),
          { numRuns: 300 },
        );
      },
    );

    it.for(laws)("any value at all is written or refused, never thrown at: $steps", ({ steps }) => {
      const lens = lensOf(steps);
      fc.assert(
        fc.property(fc.anything(), (value) => {
          const result = lens.put(value as Plain, viewWith("?"));
          if (result.kind === "refused") expect(["domain", "inexact"]).toContain(result.code);
        }),
        { numRuns: 100 },
      );
    });
  });
}
