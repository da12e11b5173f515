import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generatedFiles, ROOT } from "../../support/generate.ts";

/** The formatter takes seconds for the larger ones where other tests run beside it. */
const FORMATTING_MS = 60_000;

it(
  "what is generated is fresh: otherwise run npm run gen",
  async () => {
    const files = await generatedFiles();
    expect(files.size).toBeGreaterThan(3);
    for (const [path, content] of files) {
      const onDisk = await readFile(join(ROOT, path), "utf8").catch(() => "");
      expect(onDisk, path).toBe(content);
    }
  },
  FORMATTING_MS,
);
