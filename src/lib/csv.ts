/**
 * Tables as text by RFC 4180: a cell in quotes may hold separators, line ends and doubled quotes. Linear, never throws.
 */

export interface CsvRecord {
  readonly cells: readonly string[];
  /** Of its first cell. */
  readonly offset: number;
}

interface Dialect {
  readonly separator: string;
  /** A quote inside a cell that does not begin with one is a mistake, as the standard says; else it is a character. */
  readonly strict: boolean;
  /** The message never quotes the text: a cell may hold a password. */
  readonly fail: (offset: number, message: string) => void;
}

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
export function* csvRecords(
  text: string,
  { separator, strict, fail }: Dialect,
): Generator<CsvRecord> {
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
        const cell = text.slice(at, end);
        if (strict && cell.includes('"')) {
          fail(at + cell.indexOf('"'), "a quote stands inside a cell that does not begin with one");
          return;
        }
        cells.push(cell);
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
