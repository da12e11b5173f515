/**
 * A table with a header line, as GenieACS exports it (`Parameter,Object,Object timestamp,Writable,...,Value,Value type`)
 * or shorter (`Parameter,Object,Writable,Value,Type`). Columns go by name, in any order; others are passed over.
 *
 * The separator (comma, semicolon, tab) is that of the header. An empty type together with an empty value means that nobody ever read the parameter; without a
 * column for the type every empty value does.
 */
import { csvRecords, type CsvRecord } from "../../lib/csv.ts";
import { placesOf, type TextPlace } from "../../lib/text-place.ts";
import type { TreeBuilder } from "./builder.ts";
import type { TreeFormat } from "./format.ts";

const SEPARATORS = [",", ";", "\t"] as const;

const columnName = (cell: string): string => cell.trim().toLowerCase();

/** The first line alone, so that a long text is not read for it. */
function separatorOf(text: string): string | undefined {
  const line = text.trimStart().split(/\r?\n/, 1)[0] ?? "";
  return SEPARATORS.find((separator) => {
    const names = line.split(separator).map((cell) => columnName(cell.replaceAll('"', "")));
    return names.length > 1 && names.includes("parameter");
  });
}

const FLAGS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
  ["", null],
]);

/** What reads one record below this header. */
function rowReader(
  header: CsvRecord,
  builder: TreeBuilder,
  places: (offset: number) => TextPlace,
): (row: CsvRecord) => void {
  const columns = header.cells.map(columnName);
  return ({ cells, offset }) => {
    const place = places(offset);
    const fail = (message: string): void => {
      builder.problem(place, "malformed_csv", message);
    };
    const cell = (...names: readonly string[]): string =>
      cells[columns.findIndex((name) => names.includes(name))] ?? "";
    const flag = (name: string): boolean | null => {
      const said = FLAGS.get(cell(name).trim().toLowerCase());
      if (said === undefined) fail(`the column ${name} is neither true nor false`);
      return said ?? null;
    };
    if (cells.slice(columns.length).some((each) => each !== "")) {
      fail(`has more cells than the header; is a value with a separator not in quotes?`);
      return;
    }
    const type = cell("type", "value type");
    const value = cell("value");
    const read = type !== "" || value !== "";
    builder.add(
      {
        path: cell("parameter"),
        object: flag("object"),
        writable: flag("writable"),
        type,
        value: read ? value : null,
      },
      place,
    );
  };
}

export const csv: TreeFormat = {
  meaning: "a CSV export with a header that names the column Parameter",
  recognises: (text) => separatorOf(text) !== undefined,
  read(text, builder) {
    const places = placesOf(text);
    const fail = (offset: number, message: string): void => {
      builder.problem(places(offset), "malformed_csv", message);
    };
    let read: ((row: CsvRecord) => void) | undefined;
    const separator = separatorOf(text) ?? ",";
    for (const row of csvRecords(text, { separator, strict: false, fail })) {
      if (read === undefined) read = rowReader(row, builder, places);
      else read(row);
    }
  },
};
