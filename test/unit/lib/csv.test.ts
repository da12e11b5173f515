import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRecords } from "../../../src/lib/csv.ts";

function read(text: string, strict = true) {
  const problems: number[] = [];
  const fail = (offset: number): void => {
    problems.push(offset);
  };
  const records = [...csvRecords(text, { separator: ",", strict, fail })];
  return { cells: records.map(({ cells }) => cells), records, problems };
}

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
const awkward = fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", " ", "a", "é", "\t") });
const tables = fc
  .array(fc.array(fc.oneof(awkward, fc.string()), { minLength: 1, maxLength: 4 }))
  .map((rows) => rows.filter((row) => row.length > 1 || row[0] !== ""));

describe("a table of RFC 4180", () => {
  it("is read back as it was written, with either line end, and with the last one left out", () => {
    fc.assert(
      fc.property(tables, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, end, last) => {
        const text = rows.map((row) => row.map(quoted).join(",")).join(end) + (last ? end : "");
        const { cells, records, problems } = read(text);
        expect([cells, problems]).toEqual([rows, []]);
        const begins = rows.map(([first = ""]) => quoted(first));
        records.forEach(({ offset }, at) => {
          expect(text.startsWith(begins[at] ?? "", offset)).toBe(true);
        });
      }),
    );
  });

  it("is never half believed: any text is read to its end, or to one mistake inside it", () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const { problems } = read(text);
        expect(problems.length).toBeLessThanOrEqual(1);
        for (const offset of problems) expect(text[offset] ?? "").not.toBe("\n");
      }),
    );
  });

  it.for<[string, string, number]>([
    ["a quote that is not closed", 'a\n"b', 2],
    ["a quote inside a bare cell", 'a,b"c', 3],
    ["a blank before a quote", 'a, "b"', 3],
    ["text behind a quote", '"a"b', 3],
  ])("has a mistake: %s", ([, text, offset]) => {
    expect(read(text).problems).toEqual([offset]);
  });

  it("may hold bare quotes where exports write them", () => {
    expect(read('a,b"c', false)).toMatchObject({ cells: [["a", 'b"c']], problems: [] });
  });
});
