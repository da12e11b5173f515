/** The shipped maps under the linter, and the linter's edge values against values at random. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import { lintMaps } from "../../../../src/mapping/lint/index.ts";
import { stacksOf } from "../../../../src/mapping/lint/stacks.ts";
import { subjectOf } from "../../../../src/mapping/lint/subject.ts";
import { devicesFor } from "../../../../src/mapping/lint/synthetic.ts";
import { buildLens } from "../../../../src/mapping/pipeline.ts";
import { checkText } from "../../../../src/mapping/standard/facets.ts";
import { valuesOf } from "../../../../src/mapping/laws/values.ts";
import { MAPS as SHIPPED } from "../fixtures.ts";

const STANDARD = shippedStandard(["InternetGatewayDevice", "Device"]);
const MAPS = stacksOf(SHIPPED);

/** Each written binding once, with the first map that has it: most are inherited. */
const WRITTEN = [
  ...new Map(
    MAPS.flatMap((map) => {
      const subject = subjectOf(map, STANDARD, new Map());
      return subject.bindings
        .filter(({ observeOnly }) => !observeOnly)
        .map((binding) => [binding.file + binding.pointer, { map, subject, binding }] as const);
    }),
  ).values(),
].map((one) => ({ ...one, name: `${one.map.name}: ${one.binding.logical}` }));

describe("the shipped maps", () => {
  it("are all looked at, each as devices meet it", () => {
    const authors = MAPS.flatMap(({ layers, bind, anchors, declares }) => [
      ...layers,
      ...[bind, anchors, declares].flatMap((parts) => [...parts.values()].map(({ by }) => by)),
    ]);
    expect(new Set(authors)).toEqual(new Set(SHIPPED.maps.map(({ name }) => name)));
  });
  it("have no problem, not even one to be warned of", () => {
    expect(lintMaps(MAPS, STANDARD)).toEqual([]);
  });
});

describe("what passes with the edge values passes with any value", () => {
  it.for(WRITTEN)("$name", ({ map, subject, binding }) => {
    const { logical, text, pointer, def } = binding;
    const { lens } = buildLens(logical, text.lens, pointer, new Set(map.anchors.keys()));
    const devices = fc.constantFrom(...devicesFor(lens, subject.anchors));
    fc.assert(
      fc.property(valuesOf(def.type.domain), devices, (value, view) => {
        if (def.type.never(value) !== undefined || !lens.normal(value, view).ok) return;
        const put = lens.put(value, view);
        for (const call of put.kind === "edits" ? put.calls : []) {
          for (const { path, value: edit } of call.kind === "set" ? call.edits : []) {
            const { facets } = subject.known(path);
            if (facets === null || edit.kind === "secret") continue;
            expect(checkText(facets, edit.text), path).toBeUndefined();
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
