/** The row of a table as a lens: what an entry says in it, and which parameters below it that takes. */
import { pointerOf } from "../../../lib/schema.ts";
import { printTemplate } from "../../path.ts";
import type { BuildContext, Lens } from "../codec.ts";
import { recordLens } from "../split.ts";
import type { Options } from "./options.ts";

export interface BuiltRow {
  readonly lens: Lens;
  /** By field: its parameters below the row; "" is the row itself. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** By field: what it needs that does not stand in the row. */
  readonly strays: ReadonlyMap<string, readonly string[]>;
}

export function buildRow(options: Options, context: BuildContext, pointer: string): BuiltRow {
  const fields = Object.entries(options.fields).map(([name, steps]): readonly [string, Lens] => [
    name,
    context.lens(steps, `${pointer}/fields${pointerOf([name])}`, true),
  ]);
  const params = new Map<string, readonly string[]>();
  const strays = new Map<string, readonly string[]>();
  for (const [name, { needs }] of fields) {
    const inside: string[] = [];
    const outside: string[] = [];
    for (const need of needs) {
      if (need.kind !== "table" && need.probe === true) continue;
      if (need.kind === "table") outside.push(printTemplate(need.row));
      else if (need.path.anchor === "row")
        inside.push(printTemplate({ ...need.path, anchor: null }));
      else outside.push(printTemplate(need.path));
    }
    params.set(name, [...new Set(inside)]);
    strays.set(name, outside);
  }
  const only = options.scalar === undefined ? undefined : fields[0]?.[1];
  return { lens: only ?? recordLens(fields), params, strays };
}

/** Parameters of these fields, below the row. */
export const paramsOf = ({ params }: BuiltRow, fields: Iterable<string>): string[] =>
  [...fields].flatMap((field) => params.get(field) ?? []);
