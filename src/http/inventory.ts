/** The inventory that the rules of misuse look at, for the systems that know it. */
import type {
  ApiInventoryItem,
  ApiInventoryKind,
  ApiInventoryLoaded,
} from "../model/api-inventory.ts";
import type { InventoryStore } from "../ports/inventory-store.ts";
import { demand } from "../service/access.ts";
import { INVENTORY_READERS, inventoryOf } from "../service/inventory.ts";
import { readLines } from "./body.ts";
import { importLines } from "./import-lines.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import type { Router } from "./router.ts";

export function inventoryRoutes(app: Router, deps: { readonly store: InventoryStore }): void {
  const inventory = inventoryOf(deps);

  app.get("/v1/inventory", async (c) => {
    demand(c.get("caller"), ...INVENTORY_READERS);
    noQuery(c);
    const kinds = await inventory.list(c.get("caller"));
    const items = kinds.map((one): ApiInventoryKind => ({
      ...one,
      toldAt: one.toldAt?.toISOString() ?? null,
    }));
    return c.json({ items, next: null });
  });

  app.get("/v1/inventory/:kind", async (c) => {
    demand(c.get("caller"), ...INVENTORY_READERS);
    const query = readQuery(c, QUERIES.page);
    const page = await inventory.items(c.req.param("kind"), query, c.get("caller"));
    const items = page.items.map(({ key, says, toldAt, toldBy }): ApiInventoryItem => ({
      ...{ key, item: says, toldBy },
      toldAt: toldAt.toISOString(),
    }));
    return c.json({ items, next: page.next });
  });

  app.put("/v1/inventory/:kind", async (c) => {
    const caller = c.get("caller");
    demand(caller, "inventory:write");
    const { kind: form, text } = await readLines(c);
    const { replace = false, dryRun = false, expect = null } = readQuery(c, QUERIES.inventory);
    const kind = c.req.param("kind");
    const lines = importLines(form, text, inventory.table(kind));
    const told = await inventory.tell(kind, lines, caller, { replace, dryRun, expect });
    const answer: ApiInventoryLoaded = { ...told, dryRun, lines: lines.length };
    return c.json(answer);
  });

  app.delete("/v1/inventory/:kind/:key", async (c) => {
    demand(c.get("caller"), "inventory:write");
    noQuery(c);
    await inventory.forget(c.req.param("kind"), c.req.param("key"), c.get("caller"));
    return c.body(null, 204);
  });
}
