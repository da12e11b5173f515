/**
 * Writes what is generated from the source: `npm run gen`. A test compares `generatedFiles` with what is on disk, so a
 * change of a schema or a setting without its generated file is a red build.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { settingsTable } from "../../src/app/config.ts";
import { manifestJsonSchemas } from "../../src/manifest/json-schema.ts";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const README = "README.md";
const SETTINGS = /(<!-- settings:begin[^>]*-->\n)[\s\S]*?(\n<!-- settings:end -->)/;

/** Content by path from the root, formatted as `npm run format` would. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [name, schema] of manifestJsonSchemas()) {
    const text = JSON.stringify(schema, null, 2);
    files.set(`manifests/schemas/${name}`, await format(text, { parser: "json", printWidth: 100 }));
  }
  const readme = await readFile(join(ROOT, README), "utf8").catch(() => "");
  if (SETTINGS.test(readme)) {
    const text = readme.replace(
      SETTINGS,
      (_, begin: string, end: string) => `${begin}\n${settingsTable()}\n${end}`,
    );
    files.set(README, await format(text, { parser: "markdown", printWidth: 100 }));
  }
  return files;
}

async function main(): Promise<void> {
  for (const [path, content] of await generatedFiles()) {
    const file = join(ROOT, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    process.stdout.write(`${path}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
