/** What billing does with a service beside its desired document: suspend and resume it, rotate its password, swap its CPE. */
import type { ApiRotation, ApiService, ApiSwapped } from "../model/api.ts";
import type { AaaStore } from "../ports/aaa-store.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { LoginTester } from "../ports/outbound.ts";
import { demand, demandDesired, FIELD_SCOPES } from "../service/access.ts";
import type { MapsOf } from "../service/maps.ts";
import type { Operations } from "../service/operations.ts";
import { rotationsOf } from "../service/rotations.ts";
import { demandSuspend, suspensionsOf } from "../service/suspensions.ts";
import { swapsOf } from "../service/swaps.ts";
import { readJson, readOptionalJson } from "./body.ts";
import { written } from "./billing.ts";
import { etagOf, preconditionOf } from "./conditional.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { operationPath, waited } from "./operations.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import { documentOf, serviceOf } from "./shapes.ts";

export function serviceRoutes(
  app: Router,
  deps: {
    readonly store: FleetStore;
    readonly mapsOf: MapsOf;
    readonly operations: Operations;
    readonly aaa?: AaaStore | undefined;
    readonly logins?: LoginTester | undefined;
    /** From then on nobody is waited for. */
    readonly ending: AbortSignal;
  },
): void {
  const id = (c: Ctx): string => c.req.param("id") ?? "";
  const swap = swapsOf(deps);

  const services = suspensionsOf(deps);
  for (const action of ["suspend", "resume"] as const) {
    app.post(`/v1/devices/:id/${action}`, async (c) => {
      demandSuspend(c.get("caller"));
      const body = action === "suspend" ? await readJson(c) : await readOptionalJson(c);
      noQuery(c);
      const { device, changed, standing } = await services[action](id(c), body, c.get("caller"));
      const answer: ApiService = { device, changed, service: serviceOf(standing) };
      return c.json(answer);
    });
  }

  const rotate = rotationsOf(deps);
  app.post("/v1/devices/:id/rotate-credential", async (c) => {
    demand(c.get("caller"), FIELD_SCOPES.credentials);
    const body = await readOptionalJson(c);
    noQuery(c);
    const done = await rotate(id(c), body, c.get("caller"), deps.ending);
    if (done.kind === "confirmed") return await written(c, deps.operations, false, done);
    const { device, version, password } = done;
    // The one place where a secret leaves: to whoever has to tell the AAA, once.
    const answer: ApiRotation = {
      device,
      version,
      awaits: "aaaUpdated",
      password: password.open(),
    };
    return c.json(answer);
  });

  app.post("/v1/devices/:id/swap", async (c) => {
    demandDesired(c.get("caller"));
    const body = await readJson(c);
    const { dryRun = false } = readQuery(c, QUERIES.swap);
    const { ifMatch } = preconditionOf(c);
    const done = await swap(id(c), body, c.get("caller"), { ifMatch, dryRun });
    const { device, view, change, plan, operation, from, to } = done;
    const document = documentOf(device, view, { change, dryRun, plan });
    const answer: ApiSwapped = { ...document, swap: { from, to } };
    if (dryRun) return c.json(answer);
    c.header("ETag", etagOf(view.generation));
    if (change === "unchanged") return c.json(answer);
    c.header("Location", operationPath(operation));
    const seen = await waited(c, deps.operations, operation);
    return c.json(answer, seen?.status === "done" ? 200 : 202);
  });
}
