/** What the map tools are given: maps, trees and wishes, read from files and from the package. Nothing asks a server. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { AppError, messageOf, type Problem } from "../../lib/errors.ts";
import { readMapFiles } from "../../manifest/map-files.ts";
import { loadMaps, type MapSource } from "../../mapping/load.ts";
import type { MapSet } from "../../mapping/mapper.ts";
import { parseTree } from "../../model/tree/parse.ts";
import type { DeviceTree } from "../../model/tree/tree.ts";
import type { Io } from "../io.ts";
import { filesBelow, shippedFiles, type TextFile } from "../../package/files.ts";

export interface NamedTree {
  readonly name: string;
  readonly tree: DeviceTree;
}

export interface Maps {
  readonly set: MapSet;
  /** Those that ship and those that were given over them. */
  readonly sources: readonly MapSource[];
}

const usage = (message: string): AppError =>
  new AppError("usage", message, { details: { next: "plumb map --help" } });

/** A file, or all files with these endings below a folder. */
export function textsOf(path: string, io: Io, ...endings: readonly string[]): readonly TextFile[] {
  const absolute = resolve(io.cwd ?? process.cwd(), path);
  if (!existsSync(absolute)) throw usage(`there is no file or folder ${path}`);
  try {
    if (!statSync(absolute).isDirectory())
      return [{ file: path, text: readFileSync(absolute, "utf8") }];
    return filesBelow(absolute, ...endings).map(({ file, text }) => ({
      file: join(path, file),
      text,
    }));
  } catch (error) {
    throw usage(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Of a document that was loaded. */
export function metadataName(document: unknown): string {
  const name = (document as { metadata?: { name?: unknown } } | null)?.metadata?.name;
  return typeof name === "string" ? name : "";
}

/**
 * The maps that ship with those of these files over them: a map of the same name takes the place of the shipped one.
 * @throws AppError with every problem at its line
 */
export function loadWith(paths: readonly string[], io: Io): Maps {
  const texts = paths.flatMap((path) => textsOf(path, io, ".yaml", ".yml"));
  const given = readMapFiles(texts, "operator");
  const shipped = readMapFiles(shippedFiles("maps", ".yaml"));
  const broken = [...given.problems, ...shipped.problems];
  if (broken.length > 0) throw invalid("malformed_yaml", broken);
  const named = new Set(given.sources.map(({ document }) => metadataName(document)));
  const sources = [
    ...shipped.sources.filter(({ document }) => !named.has(metadataName(document))),
    ...given.sources,
  ];
  try {
    return { set: loadMaps(sources), sources };
  } catch (error) {
    if (!(error instanceof AppError) || error.problems.length === 0) throw error;
    throw invalid(error.code, error.problems);
  }
}

function invalid(code: AppError["code"], problems: readonly Problem[]): AppError {
  const [first] = problems;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  const next = "correct the places above, then try again";
  return new AppError(code, `${first?.message ?? "not valid"}${more}`, {
    problems,
    details: { next },
  });
}

/** A tree of any ACS. @throws AppError with every problem at its line */
export function readTree(path: string, io: Io): NamedTree {
  const [text] = textsOf(path, io);
  return treeOf(text ?? { file: path, text: "" });
}

function treeOf({ file, text }: TextFile): NamedTree {
  const parsed = parseTree(text, file);
  if (parsed.kind === "problems") throw invalid("invalid", parsed.problems);
  return { name: basename(file).replace(/\.[a-z]+$/, ""), tree: parsed.tree };
}

/** Trees of files and folders, or those that ship when none is named. */
export function readTrees(paths: readonly string[], io: Io): readonly NamedTree[] {
  const texts =
    paths.length === 0
      ? shippedFiles("cpes", ".tsv")
      : paths.flatMap((path) => textsOf(path, io, ".tsv", ".csv", ".json", ".xml", ".txt"));
  return texts.map(treeOf);
}
