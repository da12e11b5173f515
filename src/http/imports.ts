/** Many desired documents in one request, as NDJSON or CSV. Answered when every line has its outcome. */
import type { ApiImported } from "../model/api-imports.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demandDesired } from "../service/access.ts";
import { desiredOf } from "../service/desired.ts";
import { importsOf, type ImportedLine } from "../service/imports.ts";
import type { MapsOf } from "../service/maps.ts";
import { readLines } from "./body.ts";
import type { Router } from "./router.ts";
import { importLines } from "./import-lines.ts";
import { QUERIES } from "./queries.ts";
import { readQuery } from "./query.ts";

/** Nobody reads more at once. */
const MAX_REFUSALS = 100;

export function importRoutes(
  app: Router,
  deps: { readonly store: FleetStore; readonly mapsOf: MapsOf },
): void {
  const imports = importsOf({ store: deps.store, desired: desiredOf(deps) });

  app.post("/v1/imports", async (c) => {
    demandDesired(c.get("caller"));
    const { kind, text } = await readLines(c);
    const query = readQuery(c, QUERIES.many);
    const { dryRun = false, expect = null } = query;
    const lines = importLines(kind, text);
    const results = await imports.run(lines, c.get("caller"), { dryRun, expect });
    return c.json(importedOf(results, dryRun));
  });
}

function importedOf(results: readonly ImportedLine[], dryRun: boolean): ApiImported {
  const countOf = (outcome: ImportedLine["outcome"]): number =>
    results.filter((each) => each.outcome === outcome).length;
  return {
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
