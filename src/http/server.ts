/** The server itself: whether it lives, whether it takes requests, how it stands, and where everything is. */
import type { ApiAlive, ApiReady, ApiServerStatus } from "../model/api-server.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, type Caller } from "../service/access.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";

export interface ServerRouteDeps {
  readonly store: FleetStore;
  readonly version: string;
  readonly shuttingDown: () => boolean;
  readonly status: () => Promise<Readonly<Record<string, unknown>>>;
  readonly callerOf: (c: Ctx) => Promise<Caller>;
  /** Every route that there is, in the order of the index. */
  readonly addresses: () => readonly { readonly method: string; readonly path: string }[];
}

export function serverRoutes(router: Router, deps: ServerRouteDeps): void {
  router.get("/livez", (c) => {
    const answer: ApiAlive = { alive: true };
    return c.json(answer);
  });

  /** The database and its migrations. The ACS being down never fails it: a PUT is taken all the same. */
  router.get("/readyz", async (c) => {
    if (deps.shuttingDown()) {
      const answer: ApiReady = { ready: false, reason: "shutting down" };
      return c.json(answer, 503, { "Retry-After": "5" });
    }
    await deps.store.ready();
    const answer: ApiReady = { ready: true };
    return c.json(answer);
  });

  router.get("/statusz", async (c) => {
    demand(await deps.callerOf(c), "devices:read");
    const { total, states, queue, acs, stops } = await deps.store.fleet();
    const more = await deps.status();
    const fleet = { total, states, queue, acs, stops };
    const { version } = deps;
    const answer: ApiServerStatus = { version, shuttingDown: deps.shuttingDown(), fleet, ...more };
    return c.json(answer);
  });

  router.get("/", (c) => {
    const paths = deps.addresses().map(({ method, path }) => `${method.padEnd(6)} ${path}`);
    const lines = [
      `Plumbline ${deps.version}: keeps a CPE fleet true to its record.`,
      "",
      ...new Set(paths),
      "",
      "What each takes and answers: /docs as a page, /v1/openapi.json for programs. Neither needs a token.",
      "Everything else below /v1 and /statusz needs the header: Authorization: Bearer plumb_...",
      `The command line says it in words: plumb get devices, plumb describe device NAME`,
      "",
    ];
    return c.text(lines.join("\n"));
  });
}
