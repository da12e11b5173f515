/** What of a device a binding may write: parameters, and rows of its tables with all that is in them. */
import type { Operation, ParameterPath } from "../../model/parameter.ts";
import { prefixOf, printTemplate, rowOf, type Template } from "../path.ts";
import type { View } from "../view.ts";
import type { Bound } from "./subject.ts";

export type Area =
  | { readonly kind: "parameter"; readonly path: ParameterPath }
  /** From the root; the instances are those of the rows. */
  | { readonly kind: "rows"; readonly row: Template };

/** On the device that a view shows. What has no place on it is left out: it cannot be written either. */
export function footprintOf({ lens }: Bound, view: View): Area[] {
  return lens.needs.flatMap((need): Area[] => {
    if (need.kind === "table") {
      const row = rooted(need.row, view);
      return row === undefined ? [] : [{ kind: "rows", row }];
    }
    if (need.probe === true) return [];
    const where = view.place(need.path);
    return where.kind === "path" ? [{ kind: "parameter", path: where.path }] : [];
  });
}

/** A template below an anchor, with the row that the anchor chose in front. */
function rooted(template: Template, view: View): Template | undefined {
  if (template.anchor === null) return template;
  const chosen = view.anchor(template.anchor);
  if (chosen.kind !== "row") return undefined;
  const head = chosen.path.split(".").map((text) => ({ kind: "name", text }) as const);
  return { anchor: null, segments: [...head, ...template.segments] };
}

const holds = (area: Area, path: string): boolean =>
  area.kind === "parameter" ? area.path === path : rowOf(area.row, path) !== undefined;

/** Every path that an operation writes, and that no area holds. A row that is added or deleted needs its whole table. */
export function outsideOf(areas: readonly Area[], operation: Operation): ParameterPath[] {
  const tables = areas.flatMap((area) => (area.kind === "rows" ? [area.row] : []));
  switch (operation.kind) {
    case "set":
      return operation.edits
        .map(({ path }) => path)
        .filter((path) => !areas.some((area) => holds(area, path)));
    case "add":
      return tables.some((row) => prefixOf(row) === operation.table) ? [] : [operation.table];
    case "delete":
      return tables.some((row) => rowOf(row, operation.row.slice(0, -1)) !== undefined)
        ? []
        : [operation.row];
    case "reboot":
      return ["a reboot"];
    case "download":
      return ["a download"];
    case "factoryReset":
      return ["a factory reset"];
  }
}

/** Where two areas meet, or undefined. */
export function meeting(a: Area, b: Area): string | undefined {
  if (a.kind === "parameter") return holds(b, a.path) ? a.path : undefined;
  if (b.kind === "parameter") return holds(a, b.path) ? b.path : undefined;
  const both = a.row.segments.slice(0, b.row.segments.length);
  const same = both.every((segment, index) => {
    const other = b.row.segments[index];
    if (other === undefined || segment.kind === "instance" || other.kind === "instance")
      return true;
    return segment.text === other.text;
  });
  return same ? printTemplate(a.row) : undefined;
}
