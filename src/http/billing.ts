/** Billing: the caller's own desired document of a device. PUT is by content, so a repeat is no change. */
import { desiredOf, type Desired } from "../service/desired.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demandDesired } from "../service/access.ts";
import { parsePatch } from "../service/desired-patch.ts";
import { PATCH_TYPES, readJson, readPatch } from "./body.ts";
import { etagOf, notModified, preconditionOf } from "./conditional.ts";
import type { App, Ctx } from "./context.ts";
import { flag, noQuery, readQuery } from "./query.ts";
import { documentOf, statusOf } from "./shapes.ts";

const PATH = "/v1/devices/:id/desired";
const STATUS = { created: 201, changed: 202, unchanged: 200 } as const;

type Written = Awaited<ReturnType<Desired["put"]>>;

/** A dry run has the same answer and makes nothing, so it is neither "created" nor "queued". */
function written(c: Ctx, dryRun: boolean, { change, view, device }: Written): Response {
  const headers = dryRun ? undefined : { ETag: etagOf(view.generation) };
  const answer = documentOf(device, view, { change, dryRun });
  return c.json(answer, dryRun ? 200 : STATUS[change], headers);
}

export function billingRoutes(app: App, deps: { readonly store: FleetStore }): void {
  const desired = desiredOf(deps);
  const id = (c: Ctx): string => c.req.param("id") ?? "";

  app.put(PATH, async (c) => {
    demandDesired(c.get("caller"));
    const body = await readJson(c);
    const { dryRun = false } = readQuery(c, { dryRun: flag.optional() });
    const precondition = preconditionOf(c);
    const options = { precondition, dryRun };
    return written(c, dryRun, await desired.put(id(c), body, c.get("caller"), options));
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
      dryRun,
      await desired.patch(id(c), patch, c.get("caller"), { precondition, dryRun }),
    );
  });

  app.get(PATH, async (c) => {
    noQuery(c);
    const { view, device } = await desired.get(id(c), c.get("caller"));
    // The generation is of the document; the status beside it moves by itself, so only the document is conditional.
    const headers = { ETag: etagOf(view.generation) };
    if (notModified(c, headers.ETag)) return c.body(null, 304, headers);
    const status = { ...statusOf(device), conditions: device.conditions };
    return c.json(documentOf(device.id, view, { status }), 200, headers);
  });

  app.delete(PATH, async (c) => {
    demandDesired(c.get("caller"));
    noQuery(c);
    const { ifMatch } = preconditionOf(c);
    const { view, device } = await desired.end(id(c), c.get("caller"), ifMatch);
    return c.json(documentOf(device, view), 202, { ETag: etagOf(view.generation) });
  });
}
