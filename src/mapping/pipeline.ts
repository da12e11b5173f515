/**
 * From the steps of a document to a lens. Every problem is reported at its JSON Pointer and building goes on, so that an
 * author sees all of them at once; a pipeline with a problem gives a lens that is never used.
 */
import { z } from "zod";
import { didYouMean } from "../lib/nearest.ts";
import { pointerOf, problemsOf } from "../lib/schema.ts";
import { STEPS } from "./codecs/index.ts";
import {
  chain,
  through,
  unsayable,
  type BuildContext,
  type Codec,
  type Lens,
  type Step,
} from "./codecs/codec.ts";
import { parseTemplate, printTemplate, type Template } from "./path.ts";

/** Deeper nesting than this is not a map that a person wrote. */
const MAX_DEPTH = 8;

/** One step as a document says it: an object with exactly one member, named for the step. For the JSON schema. */
export const stepSchema: z.ZodType = z.lazy(() =>
  z.union(
    [...STEPS.values()].map((step) =>
      z.strictObject({ [step.name]: step.options(z.array(stepSchema)) }).describe(step.meaning),
    ),
  ),
);

const NO_LENS: Lens = {
  needs: [],
  place: "",
  normal: () => unsayable("is not mapped"),
  get: () => ({ kind: "absent", path: "", detail: "is not mapped" }),
  put: () => ({ kind: "refused", code: "unbound", path: "", message: "is not mapped" }),
};
const NO_CODEC: Codec = {
  encode: () => unsayable("is not mapped"),
  decode: () => unsayable("is not mapped"),
};

interface Read {
  readonly step: Step<never>;
  readonly options: never;
  readonly pointer: string;
}

export interface LensProblem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/**
 * @param anchors names that `$name` may use
 * @returns the lens, and every problem found; the lens is good only without problems
 */
export function buildLens(
  logical: string,
  steps: readonly unknown[],
  pointer: string,
  anchors: ReadonlySet<string>,
): { readonly lens: Lens; readonly problems: readonly LensProblem[] } {
  const problems: LensProblem[] = [];
  const problem = (at: string, message: string, code = "invalid_step"): void => {
    problems.push({ pointer: at, code, message });
  };

  const read = (given: unknown, at: string): Read | undefined => {
    const entries: [string, unknown][] =
      typeof given === "object" && given !== null ? Object.entries(given) : [];
    const [first] = entries;
    if (first === undefined || entries.length !== 1 || Array.isArray(given)) {
      problem(at, "a step is one name with its options, as {at: Device.X}");
      return undefined;
    }
    const [name, value] = first;
    const step = STEPS.get(name);
    const inner = at + pointerOf([name]);
    if (step === undefined) {
      problem(
        inner,
        `unknown step "${name}".${didYouMean(name, [...STEPS.keys()])}`,
        "unknown_step",
      );
      return undefined;
    }
    const schema: z.ZodType = step.options(z.array(z.unknown()));
    const parsed = schema.safeParse(value);
    if (parsed.success) return { step, options: parsed.data as never, pointer: inner };
    for (const one of problemsOf(parsed.error, schema)) {
      problem(inner + (one.pointer ?? ""), one.message, one.code);
    }
    return undefined;
  };

  const readAll = (list: readonly unknown[], at: string): Read[] | undefined => {
    const reads = list.map((given, index) => read(given, `${at}/${index}`));
    return reads.some((one) => one === undefined) ? undefined : (reads as Read[]);
  };

  const contextAt = (depth: number, rows: boolean): BuildContext => ({
    logical,
    problem,
    path(text, at): Template {
      const path = parseTemplate(text);
      if ("fault" in path) {
        problem(at, `"${text}" ${path.fault}`, "invalid_path");
        return { anchor: null, segments: [] };
      }
      if (path.anchor === null || anchors.has(path.anchor) || (path.anchor === "row" && rows))
        return path;
      problem(
        at,
        `"${text}": no anchor "${path.anchor}".${didYouMean(path.anchor, [...anchors])}`,
        "unknown_anchor",
      );
      return path;
    },
    lens: (list, at, inRow = false) => lensOf(list, at, depth + 1, rows || inRow),
    codec: (list, at) => codecOf(list, at, depth + 1, rows),
  });

  const tooDeep = (depth: number, at: string): boolean => {
    if (depth > MAX_DEPTH) problem(at, `is nested deeper than ${MAX_DEPTH} levels`);
    return depth > MAX_DEPTH;
  };

  const lensOf = (list: readonly unknown[], at: string, depth: number, rows: boolean): Lens => {
    const reads = tooDeep(depth, at) ? undefined : readAll(list, at);
    if (reads === undefined) return NO_LENS;
    const end = reads.at(-1);
    const early = reads.slice(0, -1).find(({ step }) => step.shape === "end");
    if (end?.step.shape !== "end") problem(at, "has to end in at, split or table");
    else if (early !== undefined) problem(early.pointer, "has to stand last");
    else {
      const context = contextAt(depth, rows);
      const start: Lens = end.step.build(end.options, context, end.pointer);
      return reads.slice(0, -1).reduceRight<Lens>((rest, { step, options, pointer: inner }) => {
        if (step.shape === "value") return through(step.build(options, context, inner), rest);
        return step.shape === "wrap" ? step.build(options, rest, context, inner) : rest;
      }, start);
    }
    return NO_LENS;
  };

  const codecOf = (list: readonly unknown[], at: string, depth: number, rows: boolean): Codec => {
    const reads = tooDeep(depth, at) ? undefined : readAll(list, at);
    const codecs: Codec[] = [];
    for (const { step, options, pointer: inner } of reads ?? []) {
      if (step.shape === "value") codecs.push(step.build(options, contextAt(depth, rows), inner));
      else problem(inner, "touches the device; only value steps may stand here");
    }
    return reads === undefined ? NO_CODEC : chain(codecs);
  };

  const lens = lensOf(steps, pointer, 0, false);
  if (problems.length === 0) checkPaths(lens, pointer, problem);
  return { lens, problems };
}

/** A parameter has to be one: an `{instance}` in `at` would name many. Tables look for rows, so theirs may stand. */
function checkPaths(
  lens: Lens,
  pointer: string,
  problem: (at: string, message: string) => void,
): void {
  for (const need of lens.needs) {
    if (need.kind === "table") continue;
    const path = printTemplate(need.path);
    if (path.includes("{"))
      problem(pointer, `"${path}" names many parameters; an anchor chooses one row`);
  }
}
