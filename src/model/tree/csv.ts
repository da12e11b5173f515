/**
 * A table with a header line, as GenieACS exports it (`Parameter,Object,Object timestamp,Writable,...,Value,Value type`)
 * or shorter (`Parameter,Object,Writable,Value,Type`). Columns go by name, in any order; others are passed over.
 *
 * RFC 4180: a cell in quotes may hold separators, line ends and doubled quotes. The separator (comma, semicolon, tab) is
 * that of the header. An empty type together with an empty value means that nobody ever read the parameter; without a
 * column for the type every empty value does.
 */
import { placesOf, type TextPlace } from "../../lib/text-place.ts";
import type { TreeBuilder } from "./builder.ts";
import type { TreeFormat } from "./format.ts";

interface Row {
  readonly cells: readonly string[];
  /** Of its first cell. */
  readonly offset: number;
}

const SEPARATORS = [",", ";", "\t"] as const;

/** The end of the cell in quotes that begins at `from`: the offset behind its last quote. Undefined: it has none. */
function endOfQuoted(text: string, from: number): number | undefined {
  for (let at = from + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return undefined;
    if (text[at + 1] !== '"') return at + 1;
  }
}

const endsRecord = (char: string | undefined): boolean =>
  char === undefined || char === "\n" || char === "\r";

/** Every record that is not empty. A mistake ends the reading: what comes after it is guesswork. */
function* rowsOf(
  text: string,
  separator: string,
  fail: (offset: number, message: string) => void,
): Generator<Row> {
  let at = 0;
  while (at < text.length) {
    const offset = at;
    const cells: string[] = [];
    for (;;) {
      let end: number | undefined = at;
      if (text[at] === '"') {
        end = endOfQuoted(text, at);
        if (end === undefined) {
          fail(at, "a cell in quotes is not closed");
          return;
        }
        cells.push(text.slice(at + 1, end - 1).replaceAll('""', '"'));
      } else {
        while (!endsRecord(text[end]) && text[end] !== separator) end += 1;
        cells.push(text.slice(at, end));
      }
      at = end;
      if (text[at] === separator) at += 1;
      else if (endsRecord(text[at])) break;
      else {
        fail(at, "something stands behind the last quote of a cell");
        return;
      }
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    if (cells.length > 1 || cells[0] !== "") yield { cells, offset };
  }
}

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
  header: Row,
  builder: TreeBuilder,
  places: (offset: number) => TextPlace,
): (row: Row) => void {
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
    let read: ((row: Row) => void) | undefined;
    for (const row of rowsOf(text, separatorOf(text) ?? ",", fail)) {
      if (read === undefined) read = rowReader(row, builder, places);
      else read(row);
    }
  },
};
