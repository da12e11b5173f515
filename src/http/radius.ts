/**
 * FreeRADIUS's records, as rlm_rest posts them. The answer is 204 without a body once the record is committed, also for one
 * that is none: any 4xx makes the NAS send it for ever, and a body would be read as instructions (rlm_rest expands it).
 * So neither the content type nor the size refuses anything; only a missing token or scope does.
 */
import { demand, type Access } from "../service/access.ts";
import type { RadiusIngest } from "../service/radius.ts";
import { readWithin } from "./body.ts";
import type { Router } from "./router.ts";
import { peerOf } from "./peer.ts";

export interface RadiusRouteDeps {
  readonly radius: RadiusIngest;
  readonly authenticate: Access["authenticate"];
}

/** Before the routes that look up each caller: these have a way of their own. */
export function radiusRoutes(app: Router, { radius, authenticate }: RadiusRouteDeps): void {
  for (const endpoint of ["accounting", "post-auth"] as const) {
    app.post(`/v1/radius/${endpoint}`, async (c) => {
      const header = c.req.header("Authorization");
      const caller = await authenticate(header, c.get("requestId"), peerOf(c));
      c.set("caller", caller);
      demand(caller, "radius:ingest");
      await radius.take(endpoint, await readWithin(c));
      return c.body(null, 204);
    });
  }
}
