/** Tables of a lens, as the map writes them: what a device has to do so that they work on it. */
import { isRecord } from "../../model/logical.ts";
import { parseTemplate, type Template } from "../path.ts";

export interface TableText {
  readonly row: Template;
  readonly slots: boolean;
  readonly max: number | undefined;
  readonly insert: string | undefined;
  readonly remove: Readonly<Record<string, unknown>>;
}

const member = (value: unknown, name: string): unknown =>
  isRecord(value) ? value[name] : undefined;

/** Every table of a lens, wherever it stands. */
export function tablesIn(steps: unknown): TableText[] {
  if (Array.isArray(steps)) return steps.flatMap(tablesIn);
  if (!isRecord(steps)) return [];
  return Object.entries(steps).flatMap(([name, options]) => {
    const inner = tablesIn(options);
    const text = name === "table" ? member(options, "row") : undefined;
    const row = typeof text === "string" ? parseTemplate(text) : undefined;
    if (row === undefined || "fault" in row) return inner;
    const max = member(options, "max");
    const trigger = member(member(options, "insert"), "trigger");
    const remove = member(options, "remove");
    const table = {
      row,
      slots: member(options, "slots") !== undefined,
      max: typeof max === "number" ? max : undefined,
      insert: typeof trigger === "string" ? trigger : undefined,
      remove: isRecord(remove) ? remove : {},
    };
    return [table, ...inner];
  });
}
