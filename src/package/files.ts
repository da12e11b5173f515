/** Files that ship with the package, for the server and for the tools of the command line. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./root.ts";

export interface TextFile {
  /** As it shall stand in messages. */
  readonly file: string;
  readonly text: string;
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

export const manifestPath = (...below: readonly string[]): string =>
  join(packageRoot(), "manifests", ...below);

/** The document of the API, as `npm run gen` wrote it. */
export function shippedOpenApi(): string {
  return readFileSync(manifestPath("openapi.json"), "utf8");
}

/** Files with one of these endings in a folder and in those below it, in order of their paths. */
export function filesBelow(folder: string, ...endings: readonly string[]): readonly TextFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
}

/** The same for a folder of `manifests`: `maps/base/tr-098.yaml`. */
export function shippedFiles(folder: string, ...endings: readonly string[]): readonly TextFile[] {
  return filesBelow(manifestPath(folder), ...endings).map(({ file, text }) => ({
    file: `${folder}/${file}`,
    text,
  }));
}
