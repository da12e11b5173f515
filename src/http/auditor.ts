/** Reading: the fleet, its devices, its records. Nothing here changes anything. */
import { hashValue } from "../lib/hash.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, type Caller } from "../service/access.ts";
import { devicesOf } from "../service/devices.ts";
import { RECORD_PATHS } from "../service/manifests.ts";
import { notModified } from "./conditional.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import type { RecordPath } from "./routes/fleet.ts";
import { detailOf, deviceOf, recordOf } from "./shapes.ts";

export function auditorRoutes(
  app: Router,
  deps: { readonly store: FleetStore; readonly now: () => Date },
): void {
  const devices = devicesOf(deps);
  const reader = (c: Ctx): Caller => {
    demand(c.get("caller"), "devices:read");
    return c.get("caller");
  };

  app.get("/v1/devices", async (c) => {
    const caller = reader(c);
    const given = readQuery(c, QUERIES.devices);
    const query = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    const { items, next } = await devices.list(query, caller);
    if (next !== null) {
      const address = new URLSearchParams(c.req.query());
      address.set("cursor", next);
      c.header("Link", `</v1/devices?${address.toString()}>; rel="next"`);
    }
    return c.json({ items: items.map(deviceOf), next });
  });

  app.get("/v1/devices/:id", async (c) => {
    const caller = reader(c);
    noQuery(c);
    const answer = detailOf(await devices.get(c.req.param("id"), caller));
    // An observation is known by its moment: the ages in it grow by themselves.
    const content = { ...answer, observed: answer.observed?.readAt };
    const headers = { ETag: `W/"${hashValue(content).slice(0, 16)}"` };
    if (notModified(c, headers.ETag)) return c.body(null, 304, headers);
    return c.json(answer, 200, headers);
  });

  app.get("/v1/fleet", async (c) => {
    const caller = reader(c);
    noQuery(c);
    const { total, states, queue, acs, stops, blocks } = await devices.fleet(caller);
    return c.json({ total, states, queue, acs, stops, blocks });
  });

  for (const [path, kind] of RECORD_PATHS) {
    // A kind without its entry would be an address that no document knows; a test compares the two.
    const at = `/v1/${path}` as RecordPath;
    app.get(at, async (c) => {
      const caller = reader(c);
      noQuery(c);
      const records = await devices.records(kind, caller);
      return c.json({ items: records.map(recordOf), next: null });
    });
    app.get(`${at}/:name`, async (c) => {
      const caller = reader(c);
      noQuery(c);
      return c.json(recordOf(await devices.record(kind, c.req.param("name"), caller)));
    });
  }
}
