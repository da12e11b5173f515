/**
 * Tables of the standard data models, `manifests/data-models/*.tsv`: objects and parameters with what TR-106 says of
 * each. One line a node, one blank of indent for each object around it, columns split by tabs; names of objects end in a
 * dot, and in `.{i}.` where they are rows.
 *
 *     # model<tab>Device:2.19                        header: model, source, and how many of each there must be
 *     Device.              r   since=2.0              object: access (w = rows can be added and deleted), cells
 *      PPP.                r
 *       Interface.{i}.     w   count=InterfaceNumberOfEntries  enable=Enable  keys=Alias|Name
 *        Username          w   string   size=:64      parameter: access, base type, cells
 *        Password          w   string   secured   size=:64
 *
 * What is not valid: an unknown cell or type, a node below a parameter or two levels below its object, a node twice, other
 * numbers than the header promises (a file that was cut). `since` and `status` hold for all that lies below.
 */
import type { Problem } from "../../lib/errors.ts";
import {
  STATUSES,
  type DataModel,
  type StandardNode,
  type StandardObject,
  type StandardParameter,
  type Status,
} from "./data-model.ts";
import { BASE_TYPES, type BaseType } from "./base-types.ts";
import type { Range, Size } from "./facets.ts";

/** What is wrong with a line. */
interface Fault {
  readonly fault: string;
}

const OBJECT_CELLS = ["count", "enable", "keys", "status", "since"];
const PARAMETER_CELLS = [
  "list",
  "hidden",
  "secured",
  "command",
  "named",
  "enum",
  "range",
  "size",
  "units",
  "ref",
  "status",
  "since",
];
const OBJECT_NAME = /^[A-Za-z_][\w-]*\.(\{i\}\.)?$/;
const PARAMETER_NAME = /^[A-Za-z_][\w-]*$/;
/** A file that is no table at all has a problem in each line; nobody reads more than these. */
const MAX_PROBLEMS = 20;

/** Never throws: any text gives a model, or problems with file and line. */
export function parseDataModel(
  text: string,
  file: string,
): { readonly model?: DataModel; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const header = new Map<string, string>();
  const nodes: StandardNode[] = [];
  const seen = new Set<string>();
  const around: StandardObject[] = [];
  const problem = (line: number, message: string): void => {
    problems.push({ file, line, code: "malformed_table", message });
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (problems.length >= MAX_PROBLEMS) return { problems };
    if (line === "") continue;
    if (line.startsWith("#")) {
      const [key = "", value = ""] = line.slice(1).trimStart().split("\t");
      header.set(key, value);
      continue;
    }
    const node = parseLine(line, around);
    if ("fault" in node) problem(index + 1, node.fault);
    else if (seen.has(node.path)) problem(index + 1, `${node.path} stands here a second time`);
    else {
      seen.add(node.path);
      nodes.push(node);
    }
  }
  if (problems.length > 0) return { problems };
  const model = header.get("model") ?? "";
  if (!/^[A-Za-z]+:\d+\.\d+$/.test(model)) problem(1, "the header names no model, as Device:2.19");
  const objects = nodes.filter((node) => node.kind === "object").length;
  const counts = [String(objects), String(nodes.length - objects)];
  if (header.get("objects") !== counts[0] || header.get("parameters") !== counts[1]) {
    problem(1, `holds ${counts.join(" objects and ")} parameters, and the header says otherwise`);
  }
  if (problems.length > 0) return { problems };
  return { model: { model, source: header.get("source") ?? "", nodes }, problems };
}

/** One node; objects are also put on `around`, which is cut to what lies around this line. */
function parseLine(line: string, around: StandardObject[]): StandardNode | Fault {
  const [indented = "", access, ...rest] = line.split("\t");
  const name = indented.trimStart();
  const depth = indented.length - name.length;
  if (depth > around.length) return { fault: "is indented below a parameter, or too far" };
  if (access !== "r" && access !== "w") return { fault: "access is not r or w" };
  around.length = depth;
  const parent = around.at(-1);
  const path = (parent?.path ?? "") + name;
  const writable = access === "w";
  if (OBJECT_NAME.test(name)) {
    const cells = parseCells(rest, OBJECT_CELLS, parent);
    if ("fault" in cells) return cells;
    const object: StandardObject = {
      kind: "object",
      path,
      row: name.endsWith("{i}."),
      writable,
      count: cells.given.get("count") ?? null,
      enable: cells.given.get("enable") ?? null,
      keys: (cells.given.get("keys") ?? "")
        .split("|")
        .filter((names) => names !== "")
        .map((names) => names.split(",")),
      status: cells.status,
      since: cells.since,
    };
    around.push(object);
    return object;
  }
  if (!PARAMETER_NAME.test(name)) return { fault: "is no name of an object or a parameter" };
  const type = BASE_TYPES.find((known) => known === rest[0]);
  if (type === undefined) return { fault: `"${rest[0] ?? ""}" is no base type` };
  return parseParameter({ path, writable, type }, rest.slice(1), parent);
}

function parseParameter(
  head: { readonly path: string; readonly writable: boolean; readonly type: BaseType },
  rest: readonly string[],
  parent: StandardObject | undefined,
): StandardParameter | Fault {
  const cells = parseCells(rest, PARAMETER_CELLS, parent);
  if ("fault" in cells) return cells;
  const { given, status, since } = cells;
  const ranges = parseBounds(given.get("range"), /^(-?\d{1,20})?$/);
  const sizes = parseBounds(given.get("size"), /^(\d{1,15})?$/);
  if ("fault" in ranges) return ranges;
  if ("fault" in sizes) return sizes;
  return {
    kind: "parameter",
    ...head,
    list: given.has("list"),
    named: given.get("named") ?? null,
    words: given.get("enum")?.split("|") ?? [],
    ranges: ranges.map(toRange),
    sizes: sizes.map(toSize),
    hidden: given.has("hidden") || given.has("secured"),
    command: given.has("command"),
    units: given.get("units") ?? null,
    ref: given.get("ref") ?? null,
    status,
    since,
  };
}

interface Cells {
  readonly given: ReadonlyMap<string, string>;
  readonly status: Status;
  readonly since: string;
}

function parseCells(
  cells: readonly string[],
  known: readonly string[],
  parent: StandardObject | undefined,
): Cells | Fault {
  const given = new Map<string, string>();
  for (const cell of cells) {
    const end = cell.indexOf("=");
    const name = end < 0 ? cell : cell.slice(0, end);
    if (!known.includes(name)) return { fault: `unknown cell "${name}"` };
    if (given.has(name)) return { fault: `"${name}" stands twice` };
    given.set(name, end < 0 ? "" : cell.slice(end + 1));
  }
  const own = STATUSES.indexOf((given.get("status") ?? "current") as Status);
  if (own < 0) return { fault: `unknown status "${given.get("status") ?? ""}"` };
  // What lies in a deleted object is deleted, also where the model forgot to say so of each parameter.
  const inherited = STATUSES.indexOf(parent?.status ?? "current");
  return {
    given,
    status: STATUSES[Math.max(own, inherited)] ?? "current",
    since: given.get("since") ?? parent?.since ?? "",
  };
}

function parseBounds(text: string | undefined, number: RegExp): string[][] | Fault {
  if (text === undefined) return [];
  const bounds = text.split("|").map((part) => part.split(":"));
  const valid = bounds.every(
    (parts) => parts.length >= 2 && parts.length <= 3 && parts.every((part) => number.test(part)),
  );
  return valid ? bounds : { fault: `"${text}" is no list of minimum:maximum` };
}

const bigintOf = (text: string | undefined): bigint | null =>
  text === undefined || text === "" ? null : BigInt(text);

function toRange([min, max, step]: readonly string[]): Range {
  const by = bigintOf(step) ?? 1n;
  return { min: bigintOf(min), max: bigintOf(max), step: by > 0n ? by : 1n };
}

function toSize([min, max]: readonly string[]): Size {
  const number = (text: string | undefined): number | null =>
    text === undefined || text === "" ? null : Number(text);
  return { min: number(min), max: number(max) };
}
