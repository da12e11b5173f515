/** Why a device is as it is, and what comes next: beside its details what holds it, its place, and when it is its turn. */
import type { ApiNext, ApiWhy } from "../model/api-why.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { whyOf, type Why } from "../service/why.ts";
import type { Router } from "./router.ts";
import { noQuery } from "./query.ts";
import { detailOf } from "./shapes.ts";

function nextOf(next: Why["next"]): ApiNext {
  switch (next.kind) {
    case "nothing":
    case "now":
      return { kind: next.kind };
    case "blocked":
      return { kind: next.kind, at: next.at?.toISOString() ?? null };
    case "offline":
      return { kind: next.kind, everyMs: next.everyMs };
    case "notBefore":
      return { kind: next.kind, at: next.at.toISOString() };
    case "range":
      return { kind: next.kind, from: next.from.toISOString(), to: next.to.toISOString() };
  }
}

function shown({ view, keeps, next, evidenceBudgetMs }: Why): ApiWhy {
  const { perMinute = null, callP50Ms = null, callP90Ms = null } = view.acs.stats;
  const readAt = view.device.observation?.readAt;
  return {
    device: detailOf(view.device),
    freshUntil:
      readAt === undefined ? null : new Date(readAt.getTime() + evidenceBudgetMs).toISOString(),
    keeps,
    next: nextOf(next),
    rate: { perMinute, callP50Ms, callP90Ms },
    readWaitsSince: view.readWaitsSince?.toISOString() ?? null,
    changes: view.changes.map(({ intendedAt, ...change }) => ({
      ...change,
      sentAt: intendedAt.toISOString(),
    })),
  };
}

export function whyRoutes(app: Router, deps: { readonly store: FleetStore }): void {
  const why = whyOf(deps);
  app.get("/v1/devices/:id/why", async (c) => {
    const answer = await why(c.req.param("id"), c.get("caller"));
    noQuery(c);
    return c.json(shown(answer));
  });
}
