/**
 * Many desired documents in one request, as NDJSON or CSV. Answered when every line has its outcome; whoever lost the
 * connection asks for it, as the import goes on and is kept for a month.
 */
import type { ApiImport, ApiImportDetail, ApiImported } from "../model/api-imports.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { KeptLine } from "../ports/import-store.ts";
import { demandDesired } from "../service/access.ts";
import { desiredOf } from "../service/desired.ts";
import { IMPORT_TABLE } from "../service/import-columns.ts";
import { importsOf, type Imported } from "../service/imports.ts";
import { keptImportsOf, type ImportedLine, type ImportState } from "../service/kept-imports.ts";
import type { MapsOf } from "../service/maps.ts";
import { readLines } from "./body.ts";
import type { Router } from "./router.ts";
import { importLines } from "./import-lines.ts";
import { QUERIES } from "./queries.ts";
import { readQuery } from "./query.ts";

/** Nobody reads more at once. */
const MAX_REFUSALS = 100;
const PAGE = 500;

/** `POST /v1/imports`, and what became of those that were posted. */
export function importRoutes(
  app: Router,
  deps: { readonly store: FleetStore; readonly mapsOf: MapsOf },
): void {
  const imports = importsOf({ store: deps.store, desired: desiredOf(deps) });
  const kept = keptImportsOf(deps);

  app.post("/v1/imports", async (c) => {
    demandDesired(c.get("caller"));
    const { kind, text } = await readLines(c);
    const query = readQuery(c, QUERIES.many);
    const { dryRun = false, expect = null } = query;
    const lines = importLines(kind, text, IMPORT_TABLE);
    const done = await imports.run(lines, c.get("caller"), { dryRun, expect });
    if (done.id !== null) c.header("Location", `/v1/imports/${done.id}`);
    return c.json(importedOf(done, dryRun));
  });

  app.get("/v1/imports", async (c) => {
    const { limit = 50 } = readQuery(c, QUERIES.imports);
    const items = await kept.list(c.get("caller"), limit);
    return c.json({ items: items.map(importOf), next: null });
  });

  app.get("/v1/imports/:id", async (c) => {
    const query = readQuery(c, QUERIES.importLines);
    const { cursor: after = 0, limit = PAGE, outcome = null } = query;
    const state = await kept.get(c.req.param("id"), c.get("caller"));
    const lines = await kept.lines(state, { after, limit, outcome });
    if (state.status === "checking" || state.status === "writing") c.header("Retry-After", "2");
    const last = lines.length === limit ? lines.at(-1) : undefined;
    const detail: ApiImportDetail = {
      ...importOf(state),
      results: lines.map(lineOf),
      next: last === undefined ? null : String(last.line),
    };
    return c.json(detail);
  });
}

function importOf({ id, status, at, endedAt, lines, wanted, counts, end }: ImportState): ApiImport {
  return {
    ...{ id, status, at: at.toISOString(), endedAt: endedAt?.toISOString() ?? null },
    ...{ lines, wanted, ...counts },
    problem: end === null || end.kind === "done" ? null : { code: end.code, message: end.message },
  };
}

function lineOf(kept: KeptLine): ApiImportDetail["results"][number] {
  const { line, device, outcome, operation, problem } = kept;
  return {
    ...{ line, device, outcome },
    ...(operation === null ? {} : { operation }),
    ...(problem === null
      ? {}
      : { problem: { code: problem.code, message: problem.message, errors: problem.problems } }),
  };
}

function importedOf({ id, lines: results }: Imported, dryRun: boolean): ApiImported {
  const countOf = (outcome: ImportedLine["outcome"]): number =>
    results.filter((each) => each.outcome === outcome).length;
  return {
    id,
    dryRun,
    lines: results.length,
    created: countOf("created"),
    changed: countOf("changed"),
    unchanged: countOf("unchanged"),
    refused: countOf("refused"),
    refusals: results.flatMap(refusalsOf).slice(0, MAX_REFUSALS),
    results: results.map(({ line, device, outcome, operation }) => {
      const followed = operation === null ? {} : { operation };
      return { line, device, outcome, ...followed };
    }),
  };
}

function refusalsOf({ line, error }: ImportedLine): ApiImported["refusals"] {
  if (error === null) return [];
  const { code, message, problems } = error;
  if (problems.length === 0) return [{ line, code, message }];
  return problems.map(({ column, pointer, message: what }) => ({
    line,
    ...(column === undefined ? {} : { column }),
    ...(pointer === undefined ? {} : { pointer }),
    code,
    message: what,
  }));
}
