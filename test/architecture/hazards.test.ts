/** Section 4 of the design, its hazards: each guard and each scenario that the page names is there. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const PAGE = "test/scenario/README.md";
const text = readFileSync(PAGE, "utf8");
const named = [
  ...new Set([...text.matchAll(/`([\w./-]+\.ts)`/g)].flatMap(([, file]) => file ?? [])),
];
const rows = text
  .split("## The hazards of the field")[1]
  ?.split("## Statements")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2);

const where = (file: string): string => (file.includes("/") ? file : `test/scenario/${file}`);

describe("the page of hazards", () => {
  it.for(named)("names %s, which is there", (file) => {
    expect(existsSync(where(file))).toBe(true);
  });

  it.for(rows ?? [])("has a scenario, or what it waits for, in the row %s", (row) => {
    const cells = row.split(" | ");
    expect(cells).toHaveLength(3);
    const shown = /`[\w./-]+\.test\.ts`/.test(cells[2] ?? "");
    expect(shown || (cells[1] ?? "").includes("_Later_")).toBe(true);
  });

  it("has a row for each hazard of the design", () => {
    expect(rows?.length).toBeGreaterThanOrEqual(15);
  });
});
