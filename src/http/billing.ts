/** Billing: the caller's own desired document of a device. PUT is by content, so a repeat is no change. */
import { desiredOf, type Written } from "../service/desired.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demandDesired } from "../service/access.ts";
import { parsePatch } from "../service/desired-patch.ts";
import type { MapsOf } from "../service/maps.ts";
import type { Operations } from "../service/operations.ts";
import { PATCH_TYPES, readJson, readPatch } from "./body.ts";
import { etagOf, notModified, preconditionOf } from "./conditional.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { operationPath, waited } from "./operations.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import { documentOf, statusOf } from "./shapes.ts";

const PATH = "/v1/devices/:id/desired";
const STATUS = { created: 201, changed: 202, scheduled: 202, unchanged: 200 } as const;

/** A dry run shows what would be written, as far as is known now, whenever it is to be. */
function whenOf(c: Ctx): { readonly dryRun: boolean; readonly effectiveAt: Date | null } {
  const { dryRun = false, effectiveAt } = readQuery(c, QUERIES.write);
  return {
    dryRun,
    effectiveAt: effectiveAt === undefined || dryRun ? null : new Date(effectiveAt),
  };
}

/**
 * A dry run has the same answer and makes nothing, so it is neither "created" nor "queued". Whoever waits is told whether
 * the CPE shows it: 200 if it does, 202 if not yet.
 */
export async function written(
  c: Ctx,
  operations: Operations,
  dryRun: boolean,
  { change, view, device, operation, plan }: Written,
): Promise<Response> {
  const answer = documentOf(device, view, { change, dryRun, plan });
  if (dryRun) return c.json(answer);
  if (view.generation > 0) c.header("ETag", etagOf(view.generation));
  if (view.scheduled != null) return c.json(answer, STATUS[change]);
  if (change !== "unchanged") c.header("Location", operationPath(operation));
  const seen = await waited(c, operations, operation);
  if (seen === null) return c.json(answer, STATUS[change]);
  return c.json(answer, seen.status === "done" ? 200 : 202);
}

export function billingRoutes(
  app: Router,
  deps: {
    readonly store: FleetStore;
    readonly mapsOf: MapsOf;
    readonly operations: Operations;
  },
): void {
  const { operations } = deps;
  const desired = desiredOf(deps);
  const id = (c: Ctx): string => c.req.param("id") ?? "";

  app.put(PATH, async (c) => {
    demandDesired(c.get("caller"));
    const body = await readJson(c);
    const when = whenOf(c);
    const options = { precondition: preconditionOf(c), ...when };
    return written(
      c,
      operations,
      when.dryRun,
      await desired.put(id(c), body, c.get("caller"), options),
    );
  });

  app.patch(PATH, async (c) => {
    demandDesired(c.get("caller"));
    c.header("Accept-Patch", Object.keys(PATCH_TYPES).join(", "));
    const { kind, value } = await readPatch(c);
    const when = whenOf(c);
    const options = { precondition: preconditionOf(c), ...when };
    const patch = parsePatch(kind, value);
    return written(
      c,
      operations,
      when.dryRun,
      await desired.patch(id(c), patch, c.get("caller"), options),
    );
  });

  app.get(PATH, async (c) => {
    noQuery(c);
    const { view, device, suspensions } = await desired.get(id(c), c.get("caller"));
    // The generation is of the document; the status beside it moves by itself, so only the document is conditional.
    const headers = { ETag: etagOf(view.generation) };
    if (notModified(c, headers.ETag)) return c.body(null, 304, headers);
    const status = { ...statusOf(device), conditions: device.conditions };
    const sides = device.documents.find(({ writer }) => writer === view.writer)?.sides ?? null;
    const more = { status, service: suspensions, sides };
    return c.json(documentOf(device.id, view, more), 200, headers);
  });

  app.delete(`${PATH}/scheduled`, async (c) => {
    demandDesired(c.get("caller"));
    noQuery(c);
    await desired.cancelScheduled(id(c), c.get("caller"));
    return c.body(null, 204);
  });

  app.delete(PATH, async (c) => {
    demandDesired(c.get("caller"));
    const when = whenOf(c);
    const { dryRun } = when;
    const { ifMatch } = preconditionOf(c);
    const options = { ifMatch, ...when };
    const { view, device, operation, plan } = await desired.end(id(c), c.get("caller"), options);
    if (dryRun) return c.json(documentOf(device, view, { dryRun, plan }));
    c.header("ETag", etagOf(view.generation));
    if (view.scheduled != null)
      return c.json(documentOf(device, view, { change: "scheduled" }), 202);
    c.header("Location", operationPath(operation));
    const seen = await waited(c, operations, operation);
    return c.json(documentOf(device, view), seen?.status === "done" ? 200 : 202);
  });
}
