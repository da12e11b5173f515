/** What a table of a map is refused for once its row is built: everything that could not be decided on a device. */
import { didYouMean } from "../../../lib/nearest.ts";
import { pointerOf } from "../../../lib/schema.ts";
import { DICTIONARY } from "../../dictionary/index.ts";
import { literalText } from "../../literal.ts";
import { instanceNames, parseTemplate, type Template } from "../../path.ts";
import type { BuildContext } from "../codec.ts";
import type { Options } from "./options.ts";
import type { Owner } from "./owner.ts";
import { paramsOf, type BuiltRow } from "./row.ts";

type Report = BuildContext["problem"];

export function checkTable(
  options: Options,
  row: Template,
  built: BuiltRow,
  owner: Owner,
  context: BuildContext,
  pointer: string,
): void {
  const problem: Report = (at, message) => {
    context.problem(pointer + at, message);
  };
  checkTemplate(options, row, context, `${pointer}/row`);
  checkFields(options, built, problem);
  checkKind(options, built, problem);
  checkTexts(options, built, problem);
  checkOwner(options, built, owner, problem);
  if (options.owns === undefined && DICTIONARY.get(context.logical)?.strangers === "keep")
    context.oneWay(pointer, "has rows of others too and no owns that tells ours");
}

function checkTemplate(options: Options, row: Template, context: BuildContext, at: string): void {
  const instances = instanceNames(row).length;
  if (context.inRow) context.problem(at, "stands in a row of another table: below which one?");
  if (instances === 0) context.problem(at, "has no {instance} to tell rows apart");
  if (options.slots !== undefined) return;
  if (options.insert !== undefined) {
    if (instances > 1)
      context.problem(at, "has several {instances}: nobody knows where a trigger makes a row");
    return;
  }
  const last = row.segments.at(-1);
  if (last?.kind !== "instance" || last.before !== "" || last.after !== "")
    context.problem(at, "has to end in an {instance}, since AddObject makes Table.5.");
  if (instances > 1) context.oneWay(at, "does not say below which object a new row belongs");
}

function checkFields({ fields, key, scalar }: Options, row: BuiltRow, problem: Report): void {
  const homes = new Map<string, string>();
  for (const name of Object.keys(fields)) {
    const at = `/fields${pointerOf([name])}`;
    const params = row.params.get(name) ?? [];
    const stray = row.strays.get(name)?.[0];
    if (stray !== undefined) problem(at, `"${stray}" is not below $row: all rows would share it`);
    else if (params.length === 0) problem(at, "has no parameter below $row");
    for (const param of params) {
      const other = homes.get(param);
      if (other !== undefined) problem(at, `stands in the same parameter as ${other}`);
      homes.set(param, name);
    }
  }
  if (homes.has("") && scalar === undefined)
    problem("/fields", "$row is one parameter, so the field in it has to be the scalar");
  for (const [index, name] of (key ?? []).entries()) {
    if (Object.hasOwn(fields, name)) continue;
    const near = didYouMean(name, Object.keys(fields));
    problem(`/key/${index}`, `no field "${name}".${near}`);
  }
}

function checkKind(options: Options, row: BuiltRow, problem: Report): void {
  const { slots, insert, remove, order } = options;
  const isParameter = paramsOf(row, row.params.keys()).includes("");
  if (slots !== undefined) {
    if (isParameter === (typeof slots.free === "object"))
      problem("/slots/free", isParameter ? "wants one text" : "wants a text for each parameter");
  } else if (insert === undefined) {
    if (isParameter) problem("/row", "a row of AddObject is an object and no parameter");
  } else {
    if (!isParameter && insert.value === undefined)
      problem("/insert", "needs value, as the row is no single parameter");
    if (!isParameter && remove?.trigger === undefined)
      problem("/remove", "needs a trigger, as the row is no single parameter");
    if (remove?.value === "rowText" && order === "index")
      problem("/remove/value", "a list may hold one text twice: say rowName");
  }
}

/** Parameters that are named beside the fields. */
function checkTexts(options: Options, row: BuiltRow, problem: Report): void {
  const { slots, onCreate = {}, created = {} } = options;
  const free = typeof slots?.free === "object" ? slots.free : {};
  const taken = new Set(paramsOf(row, row.params.keys()));
  const groups = [
    ["/slots/free", free],
    ["/onCreate", onCreate],
    ["/created", created],
  ] as const;
  for (const [at, texts] of groups) {
    for (const param of Object.keys(texts)) {
      const path = parseTemplate(param);
      const inner = at + pointerOf([param]);
      if ("fault" in path || path.anchor !== null || instanceNames(path).length > 0)
        problem(inner, "is not a path below the row");
      else if (at === "/onCreate" && taken.has(param)) problem(inner, "is a field already");
      else if (at === "/created" && !taken.has(param)) problem(inner, "is no field");
    }
  }
}

function checkOwner(
  { onCreate = {} }: Options,
  row: BuiltRow,
  { where, ignore }: Owner,
  problem: Report,
): void {
  const made = new Map(Object.entries(onCreate));
  const fields = new Set(paramsOf(row, row.params.keys()));
  const isParameter = fields.has("");
  for (const { param, print, test } of where) {
    const text = made.get(param);
    if (text === undefined ? !fields.has(param) : !test(literalText(text)))
      problem("/owns", `a new row would not be ours: neither onCreate nor a field says ${print}`);
  }
  for (const { param, print, test } of ignore) {
    const text = made.get(param);
    if (isParameter) problem("/ignore", "a row that is one parameter has nothing to test");
    else if (text !== undefined && test(literalText(text)))
      problem("/ignore", `a new row would be ignored: onCreate says ${print}`);
  }
}
