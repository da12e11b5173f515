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
import { packageVersion } from "../../src/package/files.ts";
import { logicalTables } from "./logical-tables.ts";
import { mapTable } from "./map-table.ts";
import { answerSchemas } from "./openapi/answer-schemas.ts";
import { clientCalls } from "./openapi/client-calls.ts";
import { openApiDocument } from "./openapi/document.ts";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Parts of pages that are written between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. */
const SECTIONS = [
  { page: "README.md", name: "settings", text: settingsTable },
  { page: "manifests/README.md", name: "logical-parameters", text: logicalTables },
  { page: "manifests/maps/README.md", name: "maps", text: mapTable },
] as const;

/** Content by path from the root, formatted as `npm run format` would. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [name, schema] of manifestJsonSchemas()) {
    const text = JSON.stringify(schema, null, 2);
    files.set(`manifests/schemas/${name}`, await format(text, { parser: "json", printWidth: 100 }));
  }
  const document = openApiDocument(packageVersion(), answerSchemas(ROOT));
  files.set(
    "manifests/openapi.json",
    await format(JSON.stringify(document), { parser: "json", printWidth: 100 }),
  );
  files.set(
    "src/client/calls.ts",
    await format(clientCalls(document), { parser: "typescript", printWidth: 100 }),
  );
  for (const { page, name, text } of SECTIONS) {
    const before = files.get(page) ?? (await readFile(join(ROOT, page), "utf8"));
    const part = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*?(\n<!-- ${name}:end -->)`);
    if (!part.test(before)) throw new Error(`${page} has no part "${name}"`);
    const after = before.replace(
      part,
      (_, begin: string, end: string) => `${begin}\n${text()}\n${end}`,
    );
    files.set(page, await format(after, { parser: "markdown", printWidth: 100 }));
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
