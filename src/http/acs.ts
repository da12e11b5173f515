/** One ACS, for operators: status, calls, probes. Its record is served with those of other kinds. */
import type { ApiAcsCall, ApiAcsStatus, ApiProbe, ApiReadLimits } from "../model/api-acs.ts";
import type { AcsView, CallView, RequestView } from "../ports/acs-view.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { acsOf, degraded } from "../service/acs.ts";
import { readOptionalJson } from "./body.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";

function text(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

function statusOf(view: AcsView, reads: ApiReadLimits | null): ApiAcsStatus {
  const { name, spec, holder, stats, closed, lastProbe } = view;
  const { kind, address, mode, scope, concurrency, dutyCycle } = spec;
  return {
    ...{ name, kind, address, mode, scope, concurrency, dutyCycle },
    holder,
    leaseUntil: text(view.leaseUntil),
    statsAt: text(view.statsAt),
    stats,
    limit: stats.limit ?? null,
    closed: closed === null ? null : { at: closed.at.toISOString(), why: closed.why },
    degraded: degraded(view),
    reads,
    probeDueAt: text(view.probeDueAt),
    lastProbe: lastProbe === null ? null : { at: lastProbe.at.toISOString(), ...lastProbe.result },
  } as ApiAcsStatus;
}

function callOf({ at, ...call }: CallView): ApiAcsCall {
  return { at: at.toISOString(), ...call };
}

function probeOf({ askedAt, ...request }: RequestView): ApiProbe {
  return { askedAt: askedAt.toISOString(), ...request };
}

export function acsRoutes(app: Router, deps: { readonly store: FleetStore }): void {
  const service = acsOf(deps);
  const name = (c: Ctx): string => c.req.param("name") ?? "";

  app.get("/v1/acs/:name/status", async (c) => {
    noQuery(c);
    const { view, reads } = await service.status(name(c), c.get("caller"), new Date());
    return c.json(statusOf(view, reads));
  });

  app.get("/v1/acs/:name/calls", async (c) => {
    const query = readQuery(c, QUERIES.calls);
    const { device = null, faults = false, limit = 50 } = query;
    const wanted = { device, faultsOnly: faults, limit };
    const calls = await service.calls(name(c), wanted, c.get("caller"));
    return c.json({ items: calls.map(callOf), next: null });
  });

  app.post("/v1/acs/:name/probe", async (c) => {
    const body = await readOptionalJson(c);
    noQuery(c);
    const request = await service.probe(name(c), body, c.get("caller"));
    const at = `/v1/acs/${encodeURIComponent(name(c))}/requests/${request.id}`;
    return c.json(probeOf(request), 202, { Location: at });
  });

  app.get("/v1/acs/:name/requests/:id{[0-9]{1,15}}", async (c) => {
    noQuery(c);
    const id = Number(c.req.param("id"));
    return c.json(probeOf(await service.request(name(c), id, c.get("caller"))));
  });
}
