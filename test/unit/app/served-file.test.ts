import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { servedFile } from "../../../src/app/served-file.ts";

const AT = new Date("2026-03-01T12:00:00Z");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumb-served-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("tells the next process when an ACS was last served", () => {
  expect(servedFile(folder).servedAt("main")).toBeNull();
  servedFile(folder).served("main", AT);
  servedFile(folder).served("other", new Date(0));
  expect(servedFile(folder).servedAt("main")).toEqual(AT);
  expect(readdirSync(folder)).toEqual(["served.json"]);
});

it.for(["", "{", "[]", '{"main":7}', '{"main":"yesterday"}', "null"])(
  "knows nothing from a file that holds %s",
  (text) => {
    writeFileSync(join(folder, "served.json"), text);
    expect(servedFile(folder).servedAt("main")).toBeNull();
  },
);

it("goes on where it cannot be written", () => {
  const file = servedFile(join(folder, "gone"));
  file.served("main", AT);
  expect(file.servedAt("main")).toEqual(AT);
});
