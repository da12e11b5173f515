/**
 * Lines of text as values: each stands for itself, so one that is no JSON hides no other. Of a table the header
 * and the quotes must be right as a whole, since every row depends on them.
 *
 * Nothing of the text is ever quoted: where a header is missing, its place is taken by somebody's password.
 */
import { csvRecords } from "../lib/csv.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { placesOf } from "../lib/text-place.ts";
import type { TableShape } from "../service/import-columns.ts";
import type { ImportLine } from "../service/imports.ts";
import { parseJson } from "./body.ts";

export function importLines(
  kind: "ndjson" | "csv",
  text: string,
  table: TableShape,
): readonly ImportLine[] {
  return kind === "csv" ? linesOfCsv(text, table) : linesOfNdjson(text);
}

function linesOfNdjson(text: string): ImportLine[] {
  return text.split(/\r?\n/).flatMap((each, at): ImportLine[] => {
    if (each.trim() === "") return [];
    const line = at + 1;
    try {
      return [{ line, value: parseJson(each) }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problems = error.problems.map((problem) => ({ ...problem, line }));
      const message = problems[0]?.message ?? error.message;
      return [{ line, error: new AppError(error.code, message, { problems }) }];
    }
  });
}

function refuse(problems: readonly Problem[]): never {
  const [first] = problems;
  const place = `line ${first?.line ?? 1}, column ${first?.column ?? 1}`;
  const message = `${place}: ${first?.message ?? "is no table"}; nothing was changed`;
  throw new AppError("invalid", message, { problems });
}

function linesOfCsv(text: string, table: TableShape): ImportLine[] {
  const places = placesOf(text);
  const fail = (offset: number, message: string): never =>
    refuse([{ ...places(offset), code: "malformed_csv", message }]);
  const [header, ...rows] = [...csvRecords(text, { separator: ",", strict: true, fail })];
  const columns = (header?.cells ?? []).map((cell) => cell.trim());
  checkHeader(columns, table);
  return rows.map(({ cells, offset }) => {
    const { line } = places(offset);
    if (cells.length === columns.length) return { line, value: table.row(columns, cells) };
    const message =
      `has ${cells.length} cells, and the header ${columns.length}; ` +
      "put a value with a comma in quotes, and write an empty cell for what is left out";
    const problems = [{ line, column: 1, code: "malformed_csv", message }];
    return { line, error: new AppError("invalid", message, { problems }) };
  });
}

function checkHeader(columns: readonly string[], { columns: known, needed }: TableShape): void {
  const problems = columns.flatMap((name, at): Problem[] => {
    const wrong = (code: string, message: string): Problem[] => [
      { line: 1, column: 1, code, message: `cell ${at + 1} of the header ${message}` },
    ];
    if (!known.includes(name)) {
      return wrong("unknown_column", `names no column.${didYouMean(name, known)}`);
    }
    return columns.indexOf(name) === at ? [] : wrong("repeated", `names ${name} again`);
  });
  if (problems.length > 0) {
    refuse(problems.map((each) => ({ ...each, message: `${each.message} ${listOf(known)}` })));
  }
  const missing = needed.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    const message = `the header has no column ${missing}. ${listOf(known)}`;
    refuse([{ line: 1, column: 1, code: "missing_column", message }]);
  }
}

function listOf(known: readonly string[]): string {
  return `The first line names columns, with commas between: ${known.join(", ")}`;
}
