/** The keys that seal stored secrets, for admins: ids, ages and counts. A key itself leaves the ring's file nowhere. */
import type { ApiKeys } from "../model/api-access.ts";
import { demand } from "../service/access.ts";
import type { Keys, KeysView } from "../service/keys.ts";
import { readOptionalJson } from "./body.ts";
import type { Router } from "./router.ts";
import { noQuery } from "./query.ts";

function keysView({ keys, rotation }: KeysView): ApiKeys {
  const items = keys.map(({ id, createdAt, newest, retiredAt, secrets }) => ({
    ...{ id, createdAt, newest, secrets },
    retiredAt: retiredAt?.toISOString() ?? null,
  }));
  const { state, rewrapped, retired, message } = rotation;
  return { keys: items, rotation: { state, rewrapped, retired, message } };
}

export function keyRoutes(app: Router, { keys }: { readonly keys: Keys }): void {
  app.get("/v1/keys", async (c) => {
    noQuery(c);
    return c.json(keysView(await keys.status(c.get("caller"))));
  });

  app.post("/v1/keys/rotate", async (c) => {
    demand(c.get("caller"), "admin");
    await readOptionalJson(c);
    noQuery(c);
    const answer = keysView(await keys.rotate(c.get("caller")));
    return c.json(answer, 202, { Location: "/v1/keys" });
  });
}
