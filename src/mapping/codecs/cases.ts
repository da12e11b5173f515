/**
 * `cases`: another pipeline for another device, by what it has or by its firmware. The first case that holds is taken; only
 * the last one may go without `when`. By presence where the old parameter disappears, by version where both exist.
 *
 * A name that was not read, or a version that its scheme cannot read, decides nothing: no later case is taken for it. A
 * name below an anchor that finds no row is passed over in reading, and then nothing is written: the row may come back.
 */
import { z } from "zod";
import { SOFTWARE } from "../facts.ts";
import { parseRange, rangeSchema } from "../version.ts";
import type { NotFound, View } from "../view.ts";
import { chosenLens, presence } from "./choice.ts";
import type { BuildContext, Need, Step } from "./codec.ts";

const name = z.string().min(1);
const whenSchema = z
  .strictObject({
    version: rangeSchema.optional().describe("Range of software versions."),
    has: name.optional().describe("A parameter, or a subtree that ends in a dot, which is there."),
    lacks: name
      .optional()
      .describe("A parameter, or a subtree that ends in a dot, which is not there."),
  })
  .refine((given) => Object.values(given).some((one) => one !== undefined), {
    message: "wants version, has or lacks",
  });
type When = z.infer<typeof whenSchema>;
interface Case {
  when?: When | undefined;
  lens: unknown[];
}

interface Test {
  readonly needs: readonly Need[];
  readonly test: (view: View) => boolean | NotFound;
}

function presenceTest(text: string, wanted: boolean, context: BuildContext, pointer: string): Test {
  const subtree = text.endsWith(".");
  const path = context.path(subtree ? text.slice(0, -1) : text, pointer);
  return {
    needs: [{ kind: subtree ? "subtree" : "path", path, probe: true }],
    test(view) {
      const found = presence(path, subtree, view);
      if (found.kind === "present") return wanted;
      return found.kind === "absent" ? !wanted : found;
    },
  };
}

function testsOf(when: When, context: BuildContext, pointer: string): Test[] {
  const tests: Test[] = [];
  if (when.version !== undefined) {
    const range = parseRange(when.version);
    if ("fault" in range) context.problem(`${pointer}/version`, range.fault);
    // Nothing to read for it: the facts of a device are among the names of every read.
    else tests.push({ needs: [], test: (view) => view.runs(range) });
    if (context.logical === SOFTWARE)
      context.problem(`${pointer}/version`, "is what this binding is there to tell");
  }
  if (when.has !== undefined) tests.push(presenceTest(when.has, true, context, `${pointer}/has`));
  if (when.lacks !== undefined)
    tests.push(presenceTest(when.lacks, false, context, `${pointer}/lacks`));
  return tests;
}

/** What is known to be otherwise decides, whatever else was not read. */
function holds(tests: readonly Test[], view: View): boolean | NotFound {
  const results = tests.map(({ test }) => test(view));
  if (results.includes(false)) return false;
  return results.find((result) => result !== true) ?? true;
}

export const cases: Step<Case[]> = {
  name: "cases",
  meaning: "another pipeline for another device, by what it has or by its firmware",
  shape: "end",
  options: (pipeline) =>
    z
      .array(
        z.strictObject({
          when: whenSchema
            .optional()
            .describe("All of it has to hold; only the last case may go without."),
          lens: pipeline.describe("Steps from the logical value to the device."),
        }),
      )
      .min(1)
      .refine((given) => given.slice(0, -1).every(({ when }) => when !== undefined), {
        message: "only the last case may go without when",
      }),
  build(given, context, pointer) {
    const built = given.map(({ when, lens }, index) => ({
      tests: when === undefined ? [] : testsOf(when, context, `${pointer}/${index}/when`),
      lens: context.lens(lens, `${pointer}/${index}/lens`),
    }));
    const lenses = built.map(({ lens }) => lens);
    const place = lenses.map((lens) => lens.place).join(" or ");
    const probes = built.flatMap(({ tests }) => tests.flatMap(({ needs }) => needs));
    return chosenLens(lenses, probes, (view) => {
      let passedOver: NotFound | null = null;
      for (const { tests, lens } of built) {
        const result = holds(tests, view);
        if (result === true) return { kind: "lens", lens, passedOver };
        if (result === false) continue;
        if (result.kind !== "no_instance") return result;
        passedOver ??= result;
      }
      return (
        passedOver ?? { kind: "absent", path: place, detail: "no case of the map fits this device" }
      );
    });
  },
};
