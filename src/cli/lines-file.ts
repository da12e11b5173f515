/** Lines out of a file or stdin, as JSON lines or CSV. The server reads and judges them. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Io } from "./io.ts";

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv" } as const;
type LinesFormat = keyof typeof TYPES;

export interface Lines {
  readonly type: (typeof TYPES)[LinesFormat];
  readonly text: string;
}

/**
 * @param given the format as the caller said it; undefined: by the end of the name
 * @param help what to look at next
 * @throws `usage`
 */
export async function readLinesFile(
  file: string,
  given: string | undefined,
  io: Io,
  help: string,
): Promise<Lines> {
  const usage = (message: string, cause?: unknown): AppError =>
    new AppError("usage", message, { details: { next: help }, cause });
  const format = formatOf(file, given);
  if (format === null) throw usage("say what it is: --format csv or --format ndjson");
  const type = TYPES[format];
  if (file === "-") {
    if (io.readStdin === undefined) throw usage("there is no stdin to read");
    return { type, text: await io.readStdin() };
  }
  try {
    return { type, text: readFileSync(resolve(io.cwd ?? process.cwd(), file), "utf8") };
  } catch (error) {
    throw usage(`${file} cannot be read: ${messageOf(error)}`, error);
  }
}

function formatOf(file: string, given: string | undefined): LinesFormat | null {
  const name = given ?? /\.(csv|ndjson|jsonl)$/i.exec(file)?.[1]?.toLowerCase();
  if (name === "csv") return "csv";
  return name === "ndjson" || (name === "jsonl" && given === undefined) ? "ndjson" : null;
}
