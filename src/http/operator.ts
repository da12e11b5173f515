/** Operators: manifests, single devices, stop and resume. */
import { parseWith } from "../lib/schema.ts";
import type { ApiActed, ApiApplied, ApiModelReleased } from "../model/api.ts";
import type { DeviceDetail, FleetStore } from "../ports/fleet-store.ts";
import { demand, demandWriter, type Scope } from "../service/access.ts";
import { devicesOf } from "../service/devices.ts";
import { manifestsOf, type ManifestInput } from "../service/manifests.ts";
import type { MapsOf } from "../service/maps.ts";
import { stopsOf } from "../service/stops.ts";
import { bundle, nothing } from "./bodies.ts";
import { readJson, readManifests, readOptionalJson } from "./body.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import { detailOf } from "./shapes.ts";

interface Deps {
  readonly store: FleetStore;
  readonly mapsOf: MapsOf;
  readonly now: () => Date;
}

export function operatorRoutes(app: Router, deps: Deps): void {
  const manifests = manifestsOf(deps);
  const stops = stopsOf(deps);

  app.post("/v1/manifests", async (c) => {
    demandWriter(c.get("caller"));
    const body = await readManifests(c);
    const query = readQuery(c, QUERIES.many);
    const input: ManifestInput =
      body.kind === "yaml"
        ? { kind: "yaml", text: body.text }
        : { kind: "values", documents: parseWith(bundle, body.value, "manifests").documents };
    const { dryRun = false, expect = null } = query;
    const applied = await manifests.apply(input, c.get("caller"), { dryRun, expect });
    const { created, changed, unchanged, touched, warnings } = applied;
    const answer: ApiApplied = { created, changed, unchanged, touched, dryRun, warnings };
    return c.json(answer);
  });

  app.post("/v1/stop", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readJson(c);
    noQuery(c);
    const { id, outstanding } = await stops.stop(body, c.get("caller"));
    return c.json({ id, outstanding });
  });

  app.post("/v1/resume", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readOptionalJson(c);
    const { expect = null } = readQuery(c, QUERIES.counted);
    const { ended, devices } = await stops.resume(body, c.get("caller"), expect);
    return c.json({ ended, devices });
  });

  deviceActions(app, deps);
}

function deviceActions(app: Router, deps: Deps): void {
  const devices = devicesOf(deps);
  const id = (c: Ctx): string => c.req.param("id") ?? "";

  /** With a reason in the body. */
  for (const name of ["hold", "release"] as const) {
    app.post(`/v1/devices/:id/${name}`, async (c) => {
      demand(c.get("caller"), "admin");
      const body = await readJson(c);
      noQuery(c);
      return c.json(detailOf(await devices[name](id(c), body, c.get("caller"))));
    });
  }

  app.post("/v1/release", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readJson(c);
    noQuery(c);
    const { operations, devices: due } = await devices.releaseModel(body, c.get("caller"));
    const answer: ApiModelReleased = { operations, devices: due };
    return c.json(answer);
  });

  for (const action of ["hold", "release", "reconcile"] as const) {
    app.post(`/v1/devices/${action}`, async (c) => {
      // Before the body is looked at, as everywhere: 403 comes before 415.
      if (action === "reconcile") demandWriter(c.get("caller"));
      else demand(c.get("caller"), "admin");
      const body = await readJson(c);
      const { expect = null } = readQuery(c, QUERIES.counted);
      const { selected, changed, held } = await devices.actOn(
        action,
        body,
        c.get("caller"),
        expect,
      );
      const answer: ApiActed = { selected, changed, held };
      return c.json(answer);
    });
  }

  /** Actions that take nothing; a body, if there is one, is an empty object. */
  const action = (
    name: "reconcile" | "prove",
    scope: Scope | null,
    act: (c: Ctx) => Promise<DeviceDetail>,
  ): void => {
    app.post(`/v1/devices/:id/${name}`, async (c) => {
      if (scope === null) demandWriter(c.get("caller"));
      else demand(c.get("caller"), scope);
      parseWith(nothing, await readOptionalJson(c), name);
      noQuery(c);
      return c.json(detailOf(await act(c)), 202);
    });
  };
  action("reconcile", null, (c) => devices.reconcile(id(c), c.get("caller")));
  action("prove", "maps:write", (c) => devices.prove(id(c), c.get("caller")));
}
