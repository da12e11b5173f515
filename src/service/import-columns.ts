/**
 * Desired documents as rows of a table: `device` and a column for each member, by its dotted name (`credentials.username`).
 *
 * The columns derive from the registry of fields. A cell is a text; where the member is a number or a list of numbers,
 * digits are read as that (a list is written with blanks between), and anything else is left for the schema to refuse. An
 * empty cell says nothing, as a member that is left out.
 */
import { z } from "zod";
import { FIELD_NAMES, FIELDS } from "../model/fields/index.ts";

type Kind = "text" | "number" | "numbers";

/** A table of one sort: which columns it may have, and what a row of it means. */
export interface TableShape {
  readonly columns: readonly string[];
  readonly needed: readonly string[];
  /** @param columns of `columns`, one for each cell */
  row(columns: readonly string[], cells: readonly string[]): Readonly<Record<string, unknown>>;
}

export const DEVICE_COLUMN = "device";

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
}

function kindOf({ type }: Shape): Kind {
  if (type === "array") return "numbers";
  return type === "integer" || type === "number" ? "number" : "text";
}

/** Every column but that of the device. */
const IMPORT_COLUMNS: ReadonlyMap<string, Kind> = new Map(
  FIELD_NAMES.flatMap((field) => {
    const schema = z.toJSONSchema(FIELDS[field].schema, { io: "input", unrepresentable: "any" });
    const members = Object.entries((schema as Shape).properties ?? {});
    return members.map(([member, shape]) => [`${field}.${member}`, kindOf(shape)] as const);
  }),
);

const NUMBER = /^-?\d{1,15}$/;

function valueOf(cell: string, kind: Kind): unknown {
  const number = (text: string): number | string => (NUMBER.test(text) ? Number(text) : text);
  if (kind === "text") return cell;
  return kind === "number" ? number(cell.trim()) : cell.trim().split(/\s+/).map(number);
}

/** The body that a row means. @param columns known names, one for each cell */
function importedRow(
  columns: readonly string[],
  cells: readonly string[],
): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? "";
    if (cell === "") continue;
    const kind = IMPORT_COLUMNS.get(column);
    if (kind === undefined) row[column] = cell;
    else {
      const [field = "", member = ""] = column.split(".");
      const members = (row[field] ??= {}) as Record<string, unknown>;
      members[member] = valueOf(cell, kind);
    }
  }
  return row;
}

export const IMPORT_TABLE: TableShape = {
  columns: [DEVICE_COLUMN, ...IMPORT_COLUMNS.keys()],
  needed: [DEVICE_COLUMN],
  row: importedRow,
};
