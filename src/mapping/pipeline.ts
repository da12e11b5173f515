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
export const stepSchema: z.ZodType = z
  .lazy(() =>
    z.union(
      [...STEPS.values()].map((step) => {
        const options = step.options(z.array(stepSchema));
        return z.strictObject({ [step.name]: options.describe(step.meaning) });
      }),
    ),
  )
  .meta({ id: "step" });

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

export type Report = (pointer: string, message: string, code?: string) => void;

export interface Built {
  /** Good only without problems. */
  readonly lens: Lens;
  readonly problems: readonly LensProblem[];
  /** Each pipeline that meets the device, nested ones too; `secret`: it stands behind the step secret. */
  readonly ends: readonly { readonly pointer: string; readonly secret: boolean }[];
  /** Where steps stand that can only be read. */
  readonly oneWay: readonly { readonly pointer: string; readonly why: string }[];
  /** Each path that the steps name, with its place; below `$row` inside a table. */
  readonly paths: readonly { readonly path: Template; readonly pointer: string }[];
}

/** A path of a map. One that cannot be used is reported, and an empty one stands for it. */
export function readPath(
  text: string,
  pointer: string,
  anchors: ReadonlySet<string>,
  problem: Report,
): Template {
  const path = parseTemplate(text);
  if ("fault" in path) {
    problem(pointer, `"${text}" ${path.fault}`, "invalid_path");
    return { anchor: null, segments: [] };
  }
  if (path.anchor !== null && !anchors.has(path.anchor)) {
    const near = didYouMean(path.anchor, [...anchors]);
    problem(pointer, `"${text}": no anchor "${path.anchor}".${near}`, "unknown_anchor");
  }
  return path;
}

/** Making a schema costs more than using it, and a set of maps has thousands of steps of thirty kinds. */
const schemas = new Map<string, z.ZodType>();
function optionsOf(step: Step<never>): z.ZodType {
  const schema: z.ZodType = schemas.get(step.name) ?? step.options(z.array(z.unknown()));
  schemas.set(step.name, schema);
  return schema;
}

const ENDS = [...STEPS.values()].filter(({ shape }) => shape === "end").map(({ name }) => name);

/** @param anchors names that `$name` may use */
export function buildLens(
  logical: string,
  steps: readonly unknown[],
  pointer: string,
  anchors: ReadonlySet<string>,
): Built {
  const problems: LensProblem[] = [];
  const ends: { pointer: string; secret: boolean }[] = [];
  const oneWay: { pointer: string; why: string }[] = [];
  const paths: { path: Template; pointer: string }[] = [];
  const problem: Report = (at, message, code = "invalid_step") => {
    problems.push({ pointer: at, code, message });
  };
  const withRow = new Set([...anchors, "row"]);

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
    const schema = optionsOf(step);
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      if (step.shape === "value" && step.oneWay === true)
        oneWay.push({ pointer: inner, why: "can only be read" });
      return { step, options: parsed.data as never, pointer: inner };
    }
    for (const one of problemsOf(parsed.error, schema)) {
      problem(inner + (one.pointer ?? ""), one.message, one.code);
    }
    return undefined;
  };

  const readAll = (list: readonly unknown[], at: string): Read[] | undefined => {
    const reads = list.map((given, index) => read(given, `${at}/${index}`));
    return reads.some((one) => one === undefined) ? undefined : (reads as Read[]);
  };

  const contextAt = (depth: number, rows: boolean, hidden: boolean): BuildContext => ({
    logical,
    inRow: rows,
    problem,
    oneWay: (at, why) => oneWay.push({ pointer: at, why }),
    path(text, at) {
      const path = readPath(text, at, rows ? withRow : anchors, problem);
      paths.push({ path, pointer: at });
      return path;
    },
    lens: (list, at, inRow = false) => lensOf(list, at, depth + 1, rows || inRow, hidden),
    codec: (list, at) => codecOf(list, at, depth + 1, rows),
  });

  const tooDeep = (depth: number, at: string): boolean => {
    if (depth > MAX_DEPTH) problem(at, `is nested deeper than ${MAX_DEPTH} levels`);
    return depth > MAX_DEPTH;
  };

  const lensOf = (
    list: readonly unknown[],
    at: string,
    depth: number,
    rows: boolean,
    outer: boolean,
  ): Lens => {
    const reads = tooDeep(depth, at) ? undefined : readAll(list, at);
    if (reads === undefined) return NO_LENS;
    const end = reads.at(-1);
    const early = reads.slice(0, -1).find(({ step }) => step.shape === "end");
    if (end?.step.shape !== "end") problem(at, `has to end in one of ${ENDS.join(", ")}`);
    else if (early !== undefined) problem(early.pointer, "has to stand last");
    else {
      const hidden = outer || reads.some(({ step }) => step.name === "secret");
      const context = contextAt(depth, rows, hidden);
      if (hidden && (rows || end.step.name === "table"))
        problem(at, "a secret cannot stand in the rows of a table", "secret");
      const before = ends.length;
      const start: Lens = end.step.build(end.options, context, end.pointer);
      if (ends.length === before) ends.push({ pointer: at, secret: hidden });
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
      if (step.shape === "value")
        codecs.push(step.build(options, contextAt(depth, rows, false), inner));
      else problem(inner, "touches the device; only value steps may stand here");
    }
    return reads === undefined ? NO_CODEC : chain(codecs);
  };

  const lens = lensOf(steps, pointer, 0, false, false);
  if (problems.length === 0) checkPaths(lens, pointer, problem);
  return { lens, problems, ends, oneWay, paths };
}

/** A parameter has to be one: an `{instance}` in `at` would name many. Tables look for rows, so theirs may stand. */
export function checkPaths(lens: Lens, pointer: string, problem: Report): void {
  for (const need of lens.needs) {
    if (need.kind === "table") continue;
    const path = printTemplate(need.path);
    if (path.includes("{"))
      problem(pointer, `"${path}" names many parameters; an anchor chooses one row`);
  }
}
