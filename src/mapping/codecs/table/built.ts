/** A table of a map, ready to meet devices: its row, its kind, its keys. */
import { parseCondition, type Condition } from "../../conditions.ts";
import type { Literal } from "../../literal.ts";
import { prefixOf, printTemplate, unnumbered, type Template } from "../../path.ts";
import type { View } from "../../view.ts";
import { refused, type BuildContext, type Lens, type Need, type Plain } from "../codec.ts";
import { checkTable } from "./check.ts";
import { keyOf, type KeyOf } from "./key.ts";
import type { RowKind } from "./kind.ts";
import type { Options } from "./options.ts";
import type { Owner } from "./owner.ts";
import { realRows } from "./real.ts";
import { buildRow, paramsOf, type BuiltRow } from "./row.ts";
import { withNewRow } from "./new-row.ts";
import { slotRows } from "./slots.ts";
import { triggerRows, type Removal, type Told } from "./trigger.ts";

export interface BuiltTable {
  readonly row: Template;
  readonly place: string;
  readonly lens: Lens;
  readonly kind: RowKind;
  readonly owner: Owner;
  readonly order: "set" | "index";
  readonly key: KeyOf;
  /** Fields by which a set is sorted. */
  readonly sortBy: readonly string[];
  readonly onCreate: readonly (readonly [string, Literal])[];
  readonly needs: readonly Need[];
}

export function buildTable(options: Options, context: BuildContext, pointer: string): BuiltTable {
  const row = context.path(options.row, `${pointer}/row`);
  const built = buildRow(options, context, pointer);
  const conditions = (given: typeof options.ignore, at: string): Condition[] =>
    (given ?? []).flatMap((one, index) => {
      const condition = parseCondition(one);
      if (!("fault" in condition)) return [condition];
      context.problem(`${pointer}${at}/${index}`, condition.fault);
      return [];
    });
  const owns = typeof options.owns === "object" ? options.owns.where : undefined;
  const owner = {
    where: conditions(owns, "/owns/where"),
    ignore: conditions(options.ignore, "/ignore"),
  };
  checkTable(options, row, built, owner, context, pointer);
  const isShared = owner.where.length > 0 || owner.ignore.length > 0;
  const { kind, needs } = kindOf(options, row, built, isShared, context, pointer);
  const { key, scalar, order } = options;
  const members = scalar === undefined ? key : undefined;
  return {
    row,
    place: printTemplate(row),
    lens: built.lens,
    kind,
    owner,
    order,
    key: order === "index" && key === undefined ? null : keyOf(members),
    sortBy: members ?? [],
    onCreate: Object.entries(options.onCreate ?? {}),
    needs,
  };
}

function kindOf(
  options: Options,
  row: Template,
  built: BuiltRow,
  isShared: boolean,
  context: BuildContext,
  pointer: string,
): { readonly kind: RowKind; readonly needs: readonly Need[] } {
  const { slots, insert, max = Infinity } = options;
  if (slots !== undefined) {
    const free = typeof slots.free === "object" ? slots.free : { "": slots.free };
    return { kind: slotRows(new Map(Object.entries(free))), needs: [{ kind: "table", row }] };
  }
  if (insert === undefined) {
    const all = Object.keys(options.fields);
    const telling = paramsOf(built, isShared ? all : (options.key ?? all));
    const kind = realRows(telling, new Map(Object.entries(options.created ?? {})), max);
    return { kind, needs: [{ kind: "table", row, mayBeEmpty: true }] };
  }
  const trigger = context.path(insert.trigger, `${pointer}/insert/trigger`);
  const removal = removalOf(options.remove, context, `${pointer}/remove`);
  const codec = insert.value && context.codec(insert.value, `${pointer}/insert/value`);
  const textOf = (value: Plain, view: View): Told => {
    if (codec === undefined) return ownText(built.lens, value, unnumbered(row, "new"), view);
    const told = codec.encode(value);
    if (!told.ok) return refused(told.code, printTemplate(trigger), told.message);
    if (typeof told.value === "string") return told.value;
    return refused("domain", printTemplate(trigger), "the steps of the map do not end in text");
  };
  const textIn = (path: string, view: View): Told => {
    const got = built.lens.get(view.within(path));
    if (codec !== undefined && got.kind === "value") return textOf(got.value, view);
    const state = view.state(path);
    return state.kind === "text" ? state.text : refused("foreign", path, "cannot be told");
  };
  const triggers = removal.by === "text" ? [trigger] : [trigger, removal.trigger];
  // A trigger that stands beside the rows is read with them, so that an answer without rows is not empty.
  const isBeside = printTemplate(trigger).startsWith(prefixOf(row));
  const table: Need = { kind: "table", row, ...(isBeside ? {} : { mayBeEmpty: true }) };
  return {
    kind: triggerRows(trigger, removal, max, textOf, textIn),
    needs: [table, ...triggers.map((path): Need => ({ kind: "path", path }))],
  };
}

function removalOf(given: Options["remove"], context: BuildContext, pointer: string): Removal {
  const { text = "", trigger, value } = given ?? {};
  return trigger === undefined || value === undefined
    ? { by: "text", text }
    : { by: "trigger", trigger: context.path(trigger, `${pointer}/trigger`), value };
}

/** What the row's own steps would write, where a row is one parameter. */
function ownText(lens: Lens, value: Plain, path: string, view: View): Told {
  const put = lens.put(value, withNewRow(view, path).within(path));
  if (put.kind === "refused") return put;
  const [call] = put.calls;
  const edit = call?.kind === "set" ? call.edits[0] : undefined;
  return edit?.value.kind === "text" ? edit.value.text : refused("domain", path, "says nothing");
}
