import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  lineAndColumn,
  migrationsFolder,
  readMigrations,
  refuseBadNames,
} from "../../../src/store/migration-files.ts";
import { packageRoot } from "../../../src/package/root.ts";
import { parseInt8 } from "../../../src/store/pg-types.ts";

describe("names of migrations", () => {
  const cases = [
    { name: "numbered and told apart", files: ["0001_begin.sql", "0002_more-of-it.sql"] },
    { name: "a gap is no mistake", files: ["0001_begin.sql", "0007_more_of_it.sql"] },
    { name: "no number", files: ["begin.sql"], want: /is not named NNNN_name\.sql/ },
    { name: "too few digits would sort wrongly", files: ["1_begin.sql"], want: /is not named/ },
    { name: "a twin", files: ["0001_a.sql", "0001_b.sql"], want: /0001_a\.sql and 0001_b\.sql/ },
  ];
  it.for(cases)("$name", ({ files, want }) => {
    const reading = () => {
      refuseBadNames(files, "migrations");
    };
    if (want === undefined) expect(reading).not.toThrow();
    else expect(reading).toThrow(want);
  });
});

describe("our own folders", () => {
  it("are found from any folder of the package", async () => {
    expect(packageRoot(join(packageRoot(), "dist", "src", "store"))).toBe(packageRoot());
    expect(existsSync(migrationsFolder())).toBe(true);
    const names = (await readMigrations(migrationsFolder())).map(({ name }) => name);
    expect(names[0]).toMatch(/^0001_/);
  });
  it("are reported when the program was torn out of its package", () => {
    expect(() => packageRoot("/")).toThrow(/no package\.json of plumbline/);
  });
});

describe("where PostgreSQL failed", () => {
  const cases = [
    { name: "the first character", text: "abc", position: 1, want: { line: 1, column: 1 } },
    { name: "behind a line end", text: "a\nbc", position: 4, want: { line: 2, column: 2 } },
    {
      name: "letters of two units count once",
      text: "'𝄞'\nx",
      position: 5,
      want: { line: 2, column: 1 },
    },
  ];
  it.for(cases)("$name", ({ text, position, want }) => {
    expect(lineAndColumn(text, position)).toEqual(want);
  });
});

describe("int8", () => {
  it("is the same number for every integer that a number holds exactly, and an error for any other", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const exact = Number.isSafeInteger(Number(value));
        if (exact) expect(BigInt(parseInt8(String(value)))).toBe(value);
        else expect(() => parseInt8(String(value))).toThrow(/beyond/);
      }),
    );
  });
});
