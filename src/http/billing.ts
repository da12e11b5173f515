/** Billing: the caller's own desired document of a device. PUT is by content, so a repeat is no change. */
import { desiredOf, type Written } from "../service/desired.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demandDesired } from "../service/access.ts";
import { parsePatch } from "../service/desired-patch.ts";
import type { MapsOf } from "../service/maps.ts";
import type { Operations } from "../service/operations.ts";
import { PATCH_TYPES, readJson, readPatch } from "./body.ts";
import { etagOf, notModified, preconditionOf } from "./conditional.ts";
import type { App, Ctx } from "./context.ts";
import { operationPath, waited } from "./operations.ts";
import { flag, noQuery, readQuery } from "./query.ts";
import { documentOf, statusOf } from "./shapes.ts";

const PATH = "/v1/devices/:id/desired";
const STATUS = { created: 201, changed: 202, unchanged: 200 } as const;

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
  c.header("ETag", etagOf(view.generation));
  if (change !== "unchanged") c.header("Location", operationPath(operation));
  const seen = await waited(c, operations, operation);
  if (seen === null) return c.json(answer, STATUS[change]);
  return c.json(answer, seen.status === "done" ? 200 : 202);
}

export function billingRoutes(
  app: App,
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
    const { dryRun = false } = readQuery(c, { dryRun: flag.optional() });
    const precondition = preconditionOf(c);
    const options = { precondition, dryRun };
    return written(c, operations, dryRun, await desired.put(id(c), body, c.get("caller"), options));
  });

  app.patch(PATH, async (c) => {
    demandDesired(c.get("caller"));
    c.header("Accept-Patch", Object.keys(PATCH_TYPES).join(", "));
    const { kind, value } = await readPatch(c);
    const { dryRun = false } = readQuery(c, { dryRun: flag.optional() });
    const precondition = preconditionOf(c);
    const patch = parsePatch(kind, value);
    return written(
      c,
      operations,
      dryRun,
      await desired.patch(id(c), patch, c.get("caller"), { precondition, dryRun }),
    );
  });

  app.get(PATH, async (c) => {
    noQuery(c);
    const { view, device, suspensions } = await desired.get(id(c), c.get("caller"));
    // The generation is of the document; the status beside it moves by itself, so only the document is conditional.
    const headers = { ETag: etagOf(view.generation) };
    if (notModified(c, headers.ETag)) return c.body(null, 304, headers);
    const status = { ...statusOf(device), conditions: device.conditions };
    return c.json(documentOf(device.id, view, { status, service: suspensions }), 200, headers);
  });

  app.delete(PATH, async (c) => {
    demandDesired(c.get("caller"));
    const { dryRun = false } = readQuery(c, { dryRun: flag.optional() });
    const { ifMatch } = preconditionOf(c);
    const options = { ifMatch, dryRun };
    const { view, device, operation, plan } = await desired.end(id(c), c.get("caller"), options);
    if (dryRun) return c.json(documentOf(device, view, { dryRun, plan }));
    c.header("ETag", etagOf(view.generation));
    c.header("Location", operationPath(operation));
    const seen = await waited(c, operations, operation);
    return c.json(documentOf(device, view), seen?.status === "done" ? 200 : 202);
  });
}
