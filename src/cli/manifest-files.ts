/** Manifests from files, folders and stdin: parsed here, so that a mistake is shown with its place and nothing is sent. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError, messageOf, type Problem } from "../lib/errors.ts";
import { changeSet } from "../manifest/change-set.ts";
import { parseManifests, type SourcedManifest } from "../manifest/parse.ts";
import type { Io } from "./io.ts";

interface Text {
  readonly file: string;
  readonly text: string;
}

function usage(message: string): AppError {
  return new AppError("usage", message, { details: { next: "plumb apply --help" } });
}

/** A folder means its own `.yaml`, `.yml` and `.json` files, in order of name. */
async function textsOf(path: string, io: Io): Promise<readonly Text[]> {
  if (path === "-") {
    if (io.readStdin === undefined) throw usage("there is no stdin to read");
    return [{ file: "stdin", text: await io.readStdin() }];
  }
  const absolute = resolve(io.cwd ?? process.cwd(), path);
  if (!existsSync(absolute)) throw usage(`there is no file or folder ${path}`);
  try {
    if (!statSync(absolute).isDirectory()) {
      return [{ file: path, text: readFileSync(absolute, "utf8") }];
    }
    const names = readdirSync(absolute)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort();
    if (names.length === 0) throw usage(`there is no .yaml, .yml or .json file in ${path}`);
    return names.map((name) => {
      return { file: join(path, name), text: readFileSync(join(absolute, name), "utf8") };
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("usage", `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws `invalid` with every problem of every file */
export async function readManifestFiles(
  paths: readonly string[],
  io: Io,
): Promise<readonly SourcedManifest[]> {
  const documents: SourcedManifest[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    for (const { file, text } of await textsOf(path, io)) {
      const parsed = parseManifests(text, file);
      documents.push(...parsed.documents);
      problems.push(...parsed.problems);
    }
  }
  // Two files may name the same record; nobody can say which of them is meant.
  const all = problems.length > 0 ? problems : changeSet(documents, () => undefined).problems;
  if (all.length > 0) {
    const next = "correct the places above, then apply again";
    throw new AppError("invalid", "the manifests are not valid; nothing sent", {
      problems: all,
      details: { next },
    });
  }
  if (documents.length === 0) throw usage("there is no document in what was given");
  return documents;
}
