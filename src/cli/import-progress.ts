/** `plumb import --show` and `--list`: how far an import is, also one whose answer was lost. */
import { importCalls } from "../client/imports.ts";
import type { ApiImport, ApiImportDetail } from "../model/api-imports.ts";
import { advised, problemLines } from "./failure.ts";
import { printJson, type Session } from "./io.ts";
import { ago, clean, count, table } from "./text.ts";

/** Exit codes: lines were refused or nothing was written; it goes on; it was cut off. */
const [REFUSED, BROKEN, GOES_ON] = [6, 3, 4];
/** Of the lines that were refused so many are told; `-o json` has all of them. */
const TOLD = "100";

/** @returns the exit code */
export async function showImport(to: Session, id: string): Promise<number> {
  const calls = importCalls(to.client);
  const asked =
    to.format === "json" ? calls.whole(id) : calls.show(id, { outcome: "refused", limit: TOLD });
  const detail = await asked.catch((error: unknown) => {
    throw advised(error, "not_found", "plumb import --list");
  });
  if (to.format === "json") printJson(to, detail);
  else {
    to.print(summary(detail, to.now()));
    for (const line of refusals(detail)) to.say(line);
    const left = detail.refused - detail.results.length;
    if (left > 0) to.say(`… and ${left} more lines: -o json lists them`);
  }
  if (detail.status === "checking" || detail.status === "writing") return GOES_ON;
  if (detail.status === "broken") return BROKEN;
  return detail.status === "refused" || detail.refused > 0 ? REFUSED : 0;
}

/** The caller's own, newest first. */
export async function listImports(to: Session): Promise<void> {
  const { items } = await importCalls(to.client).list();
  if (to.format === "json") printJson(to, items);
  else if (to.format === "name") for (const { id } of items) to.print(id);
  else if (items.length === 0) to.say("You have made none: plumb import FILE");
  else {
    const rows = items.map((one) => [
      ...[one.id, one.status, ago(one.at, to.now()), String(one.lines), String(doneOf(one))],
      String(one.refused),
    ]);
    to.print(table(["ID", "STATUS", "MADE", "LINES", "DONE", "REFUSED"], rows));
  }
}

function doneOf({ created, changed, unchanged, refused }: ApiImport): number {
  return created + changed + unchanged + refused;
}

function summary(one: ApiImportDetail, now: Date): string {
  const { id, status, at, lines, created, changed, unchanged, refused, problem } = one;
  const done = doneOf(one);
  const share = lines === 0 ? 100 : Math.floor((done * 100) / lines);
  const why = problem === null ? "" : `\n${clean(problem.message)}`;
  const again = status === "broken" ? "\nSend it again as it was, and it goes on." : "";
  return (
    `${id}: ${status}, made ${ago(at, now)}, ${done} of ${count(lines, "line")} (${share} %)\n` +
    `${created} new · ${changed} changed · ${unchanged} unchanged · ${refused} refused${why}${again}`
  );
}

/** The file is not known here, so a place is its line alone. */
function refusals({ results }: ApiImportDetail): readonly string[] {
  return problemLines(
    results.flatMap(({ line, problem }) => {
      if (problem === undefined) return [];
      const { code, message, errors } = problem;
      return errors.length === 0
        ? [{ line, code, message }]
        : errors.map((each) => ({ ...each, line }));
    }),
  );
}
