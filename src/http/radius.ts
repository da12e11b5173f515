/**
 * FreeRADIUS's records, as rlm_rest posts them. The answer is 204 without a body once the record is committed, also for one
 * that is none: any 4xx makes the NAS send it for ever, and a body would be read as instructions (rlm_rest expands it).
 * So neither the content type nor the size refuses anything; only a missing token or scope does.
 */
import { demand } from "../service/access.ts";
import type { RadiusIngest } from "../service/radius.ts";
import { readWithin } from "./body.ts";
import type { App } from "./context.ts";

export function radiusRoutes(app: App, { radius }: { readonly radius: RadiusIngest }): void {
  for (const endpoint of ["accounting", "post-auth"] as const) {
    app.post(`/v1/radius/${endpoint}`, async (c) => {
      demand(c.get("caller"), "radius:ingest");
      await radius.take(endpoint, await readWithin(c));
      return c.body(null, 204);
    });
  }
}
