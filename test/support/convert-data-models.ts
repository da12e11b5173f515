/**
 * Makes `manifests/data-models/*.tsv` from the tables of the Broadband Forum's data models. Run once for each change of
 * the sources, then commit:
 *
 *   npx tsx test/support/convert-data-models.ts REFERENCE_FOLDER manifests/data-models
 *
 * REFERENCE_FOLDER holds one JSON file for each model: `model`, `source`, `objects`, `parameters`, with paths that say
 * `{i}` for an instance. The format of the result: `manifests/data-models/README.md`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

interface SourceObject {
  readonly p: string;
  readonly multi: number;
  readonly w: number;
  readonly count?: string;
  readonly enable?: string;
  readonly keys?: readonly (readonly string[])[];
  readonly status?: string;
  readonly since: string;
}

type Bounds = readonly (readonly (string | null)[])[];

interface SourceParameter {
  readonly p: string;
  readonly t: string;
  readonly w: number;
  readonly list?: number;
  readonly hidden?: number;
  readonly secured?: number;
  readonly command?: number;
  readonly dt?: string;
  readonly enum?: readonly string[];
  readonly range?: Bounds;
  readonly size?: Bounds;
  readonly units?: string;
  readonly ref?: string;
  readonly status?: string;
  readonly since: string;
}

export interface SourceModel {
  readonly model: string;
  readonly source: string;
  readonly objects: readonly SourceObject[];
  readonly parameters: readonly SourceParameter[];
}

/** A few names of the source end in a blank, which no path can hold. */
const pathOf = (given: { readonly p: string }): string => given.p.replaceAll(" ", "");
const access = (given: { readonly w: number }): string => (given.w === 1 ? "w" : "r");

/** The object around a path: `Device.PPP.` for `Device.PPP.Interface.{i}.` and for `Device.PPP.X`. */
function aroundOf(path: string): string {
  const names = path.replace(/(\.\{i\})?\.?$/, "").split(".");
  return names.length === 1 ? "" : `${names.slice(0, -1).join(".")}.`;
}

/** `1:4094`, `:256`, `0:240:16` for minimum, maximum, step; several with `|`. */
const bounds = (given: Bounds | undefined): string | undefined =>
  given?.map((one) => one.map((part) => part ?? "").join(":")).join("|");

/** Cells behind the fixed columns: `name=value`, or the bare word of what is so. What is not so has no cell. */
function cells(given: Readonly<Record<string, string | boolean | undefined>>): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name}=${value}`];
  });
}

function objectCells(object: SourceObject): string[] {
  return cells({
    count: object.count,
    enable: object.enable,
    keys: object.keys?.map((names) => names.join(",")).join("|"),
    status: object.status,
  });
}

function parameterCells(parameter: SourceParameter): string[] {
  return cells({
    list: parameter.list === 1,
    hidden: parameter.hidden === 1,
    secured: parameter.secured === 1,
    command: parameter.command === 1,
    named: parameter.dt,
    enum: parameter.enum?.join("|"),
    range: bounds(parameter.range),
    size: bounds(parameter.size),
    units: parameter.units,
    ref: parameter.ref?.replace(/\s+/g, " "),
    status: parameter.status,
  });
}

/** The text of a table: one line a node, one blank of indent for each object around it, as in the trees of CPEs. */
export function printModel(model: SourceModel): string {
  const nodes = [
    ...model.objects.map((object) => ({ path: pathOf(object), object, parameter: null })),
    ...model.parameters.map((one) => ({ path: pathOf(one), object: null, parameter: one })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const around = new Map<string, { readonly depth: number; readonly since: string }>();
  const lines = [
    `# model\t${model.model}`,
    `# source\t${model.source}`,
    `# objects\t${model.objects.length}`,
    `# parameters\t${model.parameters.length}`,
  ];
  for (const { path, object, parameter } of nodes) {
    const outer = aroundOf(path);
    const parent = around.get(outer);
    if (parent === undefined && outer !== "") throw new Error(`${path}: no object ${outer}`);
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const given = object ?? parameter;
    if (object !== null) around.set(path, { depth, since: object.since });
    const head = [" ".repeat(depth) + path.slice(outer.length), access(given)];
    const facets =
      object === null ? [parameter.t, ...parameterCells(parameter)] : objectCells(object);
    // The version is that of the object around it, unless it says another.
    const since = cells({ since: given.since === parent?.since ? undefined : given.since });
    lines.push([...head, ...facets, ...since].join("\t"));
  }
  return `${lines.join("\n")}\n`;
}

function main(): void {
  const [reference, out] = process.argv.slice(2);
  if (reference === undefined || out === undefined) {
    throw new Error("usage: convert-data-models.ts REFERENCE_FOLDER OUT_FOLDER");
  }
  mkdirSync(out, { recursive: true });
  for (const file of readdirSync(reference).filter((name) => name.endsWith(".json"))) {
    const model = JSON.parse(readFileSync(join(reference, file), "utf8")) as SourceModel;
    writeFileSync(join(out, `${basename(file, ".json")}.tsv`), printModel(model));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
