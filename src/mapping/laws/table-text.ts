/** Tables of a lens, as the map writes them: what a device has to do so that they work on it. */
import { isRecord } from "../../model/logical.ts";
import { member, tableOptions } from "../lint/table-text.ts";
import { parseTemplate, type Template } from "../path.ts";

export interface TableText {
  readonly row: Template;
  readonly slots: boolean;
  readonly max: number | undefined;
  /** The parameter that makes rows. */
  readonly insert: string | undefined;
  readonly remove: Readonly<Record<string, unknown>>;
}

/** Every table of a lens, wherever it stands. */
export function tablesIn(steps: unknown): TableText[] {
  return tableOptions(steps, "").flatMap(({ options }) => {
    const { row: text, max, remove } = options;
    const row = typeof text === "string" ? parseTemplate(text) : undefined;
    if (row === undefined || "fault" in row) return [];
    const insert = member(options, "/insert/trigger");
    return [
      {
        row,
        slots: options["slots"] !== undefined,
        max: typeof max === "number" ? max : undefined,
        insert: typeof insert === "string" ? insert : undefined,
        remove: isRecord(remove) ? remove : {},
      },
    ];
  });
}
