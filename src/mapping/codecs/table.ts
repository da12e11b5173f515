/**
 * `table`: a list in the rows of a table. Rows stand in several parameters (`fields`) or are one parameter (`value`,
 * with `$row` as its path). `order` is the device's: `set` is shown sorted by `key`, `index` in the order of row numbers.
 *
 * `slots`: the rows are fixed, an unused one holds the `free` values. All edits go in one call. More items than rows:
 *   `table_full`.
 * `insert`: writing the text of a row to `trigger` makes the device add one; a name cannot stand twice in one
 *   SetParameterValues, so each added row is a call of its own. A row is removed by writing `removed` (empty unless the
 *   map says otherwise) to it, and a row that reads so is free. **Assumption**: no public source says how the talk's
 *   devices remove a rule, nor which number a new one gets; we expect the next one after the last.
 *
 * Additions go first and the call that overwrites and removes goes last: a CPE must never be without both its old and
 * its new frequencies. The list is known only when the whole table was read; otherwise it is unread.
 */
import { z } from "zod";
import { canonicalJson } from "../../lib/hash.ts";
import { pointerOf } from "../../lib/schema.ts";
import type { Operation } from "../../model/parameter.ts";
import type { PutResult } from "../mapper.ts";
import { instanceNames, prefixOf, printTemplate, type Template } from "../path.ts";
import type { View } from "../view.ts";
import {
  isList,
  isRecord,
  NO_EDITS,
  putChanged,
  refused,
  said,
  setText,
  together,
  unsayable,
  type BuildContext,
  type Lens,
  type Plain,
  type Step,
} from "./codec.ts";
import { assignRows, type Assignment, type TableRow } from "./rows.ts";
import { recordLens } from "./split.ts";

const word = z.string().min(1);
const optionsSchema = (pipeline: z.ZodType<unknown[]>) =>
  z
    .strictObject({
      row: word,
      value: pipeline.optional(),
      fields: z.record(word, pipeline).optional(),
      key: z.array(word).optional(),
      order: z.enum(["set", "index"]),
      slots: z.strictObject({ free: z.record(word, z.union([z.string(), z.number()])) }).optional(),
      insert: z.strictObject({ trigger: word, removed: z.string().optional() }).optional(),
    })
    .refine((given) => (given.value === undefined) !== (given.fields === undefined), {
      message: "wants either value or fields",
    })
    .refine((given) => (given.slots === undefined) !== (given.insert === undefined), {
      message: "wants either slots or insert",
    })
    .refine((given) => given.insert === undefined || given.value !== undefined, {
      message: "insert needs rows that are one parameter (value)",
    });
type Options = z.infer<ReturnType<typeof optionsSchema>>;

/** How rows come to be free, and what happens to items that find no row. */
interface RowKind {
  readonly fixed: boolean;
  isFree(row: string, view: View): boolean;
  free(row: string, view: View): PutResult;
  add(value: Plain, view: View): PutResult;
}

/** Numbers as numbers, texts as texts, records by the members of `key` in turn. */
function compare(a: Plain, b: Plain, key: readonly string[]): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isRecord(a) && isRecord(b)) {
    for (const name of key) {
      const difference = compare(a[name] ?? "", b[name] ?? "", []);
      if (difference !== 0) return difference;
    }
  }
  const [left, right] = [canonicalJson(a), canonicalJson(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function arrange(items: readonly Plain[], { order, key = [] }: Options): readonly Plain[] {
  if (order === "index") return items;
  const unique = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...unique.values()].sort((a, b) => compare(a, b, key));
}

function writeText(path: string, text: string, view: View): PutResult {
  const state = view.state(path);
  if (state.kind === "text") return state.text === text ? NO_EDITS : setText(path, text);
  return refused(state.kind === "absent" ? "absent" : "unread", path, "a row is not whole");
}

function slotKind(free: Readonly<Record<string, string | number>>, place: string): RowKind {
  const members = Object.entries(free).map(([name, value]) => [name, String(value)] as const);
  return {
    fixed: true,
    isFree: (row, view) =>
      members.every(([name, text]) => {
        const state = view.state(`${row}.${name}`);
        return state.kind === "text" && state.text === text;
      }),
    free: (row, view) =>
      together(members.map(([name, text]) => writeText(`${row}.${name}`, text, view))),
    add: () => refused("table_full", place, "has fewer rows than there are entries"),
  };
}

function insertKind(trigger: string, removed: string, rowLens: Lens): RowKind {
  return {
    fixed: false,
    isFree(row, view) {
      const state = view.state(row);
      return state.kind === "text" && state.text === removed;
    },
    free: (row, view) => writeText(row, removed, view),
    // The trigger takes the text of a row: the row's own steps, with the trigger in its place.
    add: (value, view) => rowLens.put(value, view.within(trigger)),
  };
}

function build(options: Options, context: BuildContext, pointer: string): Lens {
  const row = context.path(options.row, `${pointer}/row`);
  if (instanceNames(row).length === 0)
    context.problem(`${pointer}/row`, "has no {instance} to tell rows apart");
  const rowLens = buildRow(options, context, pointer);
  const trigger: Template | null =
    options.insert === undefined
      ? null
      : context.path(options.insert.trigger, `${pointer}/insert/trigger`);
  const prefix = prefixOf(row);
  const place = printTemplate(row);
  const kind =
    trigger === null
      ? slotKind(options.slots?.free ?? {}, place)
      : insertKind(printTemplate(trigger), options.insert?.removed ?? "", rowLens);

  const write = (assignment: Assignment, view: View): PutResult => {
    const added = assignment.extra.map(({ value }) => kind.add(value, view));
    const changed = together([
      ...assignment.fills.map(({ path, item }) =>
        putChanged(rowLens, item.value, view.within(path)),
      ),
      ...assignment.frees.map((path) => kind.free(path, view)),
    ]);
    const calls: Operation[] = [];
    for (const result of [...added, changed]) {
      if (result.kind === "refused") return result;
      calls.push(...result.calls);
    }
    return { kind: "edits", calls };
  };

  return {
    needs: [
      { kind: "table", row },
      ...(trigger === null ? [] : [{ kind: "path", path: trigger } as const]),
    ],
    place,
    normal(value, view) {
      if (!isList(value)) return unsayable("is not a list");
      const items: Plain[] = [];
      for (const item of value) {
        const result = rowLens.normal(item, view);
        if (!result.ok) return { ...result, message: `an entry ${result.message}` };
        items.push(result.value);
      }
      return said(arrange(items, options));
    },
    get(view) {
      if (!view.covers(prefix)) return { kind: "unread", path: prefix };
      if (!view.holds(prefix))
        return { kind: "absent", path: prefix, detail: "the device has no such table" };
      const items: Plain[] = [];
      const paths: string[] = [];
      for (const { path } of view.rows(row)) {
        if (kind.isFree(path, view)) continue;
        const got = rowLens.get(view.within(path));
        if (got.kind !== "value") return got;
        items.push(got.value);
        paths.push(...got.paths);
      }
      return {
        kind: "value",
        value: arrange(items, options),
        paths: paths.length === 0 ? [prefix] : paths,
      };
    },
    put(value, view) {
      if (!isList(value)) return refused("domain", place, "is not a list");
      if (!view.covers(prefix)) return refused("unread", prefix, "the table was not read whole");
      const rows = view.rows(row).map(({ path }): TableRow => {
        if (kind.isFree(path, view)) return { path, content: null };
        const got = rowLens.get(view.within(path));
        return { path, content: got.kind === "value" ? canonicalJson(got.value) : undefined };
      });
      const items = arrange(value, options).map((item) => ({
        content: canonicalJson(item),
        value: item,
      }));
      return write(assignRows(rows, items, options.order, kind.fixed), view);
    },
  };
}

function buildRow(options: Options, context: BuildContext, pointer: string): Lens {
  if (options.value !== undefined) return context.lens(options.value, `${pointer}/value`, true);
  const fields = Object.entries(options.fields ?? {});
  return recordLens(
    fields.map(([name, steps]): readonly [string, Lens] => [
      name,
      context.lens(steps, `${pointer}/fields${pointerOf([name])}`, true),
    ]),
  );
}

export const table: Step<Options> = {
  name: "table",
  meaning: "a list in the rows of a table",
  shape: "end",
  options: optionsSchema,
  build,
};
