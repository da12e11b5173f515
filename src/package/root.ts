/** Finds the folder of our own package: from `src` under tsx and vitest, from `dist/src` when built. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder upwards whose `package.json` is ours. Throws when the program was torn out of its package. */
export function packageRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown };
      if (name === "plumbline") return folder;
    }
    if (folder === dirname(folder)) throw new Error(`no package.json of plumbline above ${from}`);
  }
}
