/** The `migrations` folder: `NNNN_name.sql`, forward only, each file run once in the order of its number. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { hashText } from "../lib/hash.ts";
import { packageRoot } from "../package/root.ts";

export interface MigrationFile {
  /** Without `.sql`: `0001_begin`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with line ends as in Unix, so that a checkout on another system changes nothing. */
  readonly hash: string;
}

export function migrationsFolder(): string {
  return join(packageRoot(), "migrations");
}

/** In the order in which they run. Other files in the folder (a README) are no migrations. */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  refuseBadNames(names, folder);
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const sql = text.replaceAll("\r\n", "\n");
      return { name: file.slice(0, -".sql".length), sql, hash: hashText(sql) };
    }),
  );
}

/** @throws AppError `internal`: a mistake of whoever wrote the migration */
export function refuseBadNames(names: readonly string[], folder: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9-]+(?:_[a-z0-9-]+)*\.sql$/.exec(name)?.[1];
    if (number === undefined) {
      throw new AppError("internal", `${join(folder, name)} is not named NNNN_name.sql`);
    }
    const twin = seen.get(number);
    if (twin !== undefined) {
      throw new AppError("internal", `${twin} and ${name} in ${folder} have the same number`);
    }
    seen.set(number, name);
  }
}

/** Line and column, both from 1, of a character position from 1, which is how PostgreSQL reports where it failed. */
export function lineAndColumn(text: string, position: number): { line: number; column: number } {
  // PostgreSQL counts characters, JavaScript's strings count UTF-16 units
  const before = Array.from(text)
    .slice(0, position - 1)
    .join("");
  const lines = before.split("\n");
  return { line: lines.length, column: Array.from(lines.at(-1) ?? "").length + 1 };
}
