/** Routes of the inventory. */
import { INVENTORY_KIND_NAMES } from "../../model/inventory.ts";
import { INVENTORY_READERS } from "../../service/inventory.ts";
import { QUERIES } from "../queries.ts";
import type { Entries } from "./route.ts";

const LINE = { nas: "bng-jhb-1", line: "olt1/1/3:1001", site: "jhb-north" };

export const inventoryRoutes = {
  "GET /v1/inventory": {
    tag: "inventory",
    summary: "See which kinds are told, and how much of each",
    scopes: INVENTORY_READERS,
    answers: { 200: { says: "Every kind, with its count.", body: "InventoryKindPage" } },
  },
  "GET /v1/inventory/:kind": {
    tag: "inventory",
    summary: "List the items of a kind by pages",
    scopes: INVENTORY_READERS,
    query: QUERIES.page,
    answers: { 200: { says: "A page, in the order of keys.", body: "InventoryItemPage" } },
    problems: ["not_found"],
  },
  "PUT /v1/inventory/:kind": {
    tag: "inventory",
    summary: "Tell items of a kind: all lines or none",
    notes:
      "A line is an item. What is told again takes the place of what has the same key; with `replace` these lines are all " +
      "there is of the kind. Where one line is wrong nothing is changed. At most 100,000 lines and 16 MiB. Kinds: " +
      `${INVENTORY_KIND_NAMES.join(", ")}.`,
    scopes: ["inventory:write"],
    query: QUERIES.inventory,
    body: {
      required: true,
      forms: {
        "application/x-ndjson": {
          schema: { type: "string" },
          example: `${JSON.stringify(LINE)}\n`,
        },
        "text/csv": {
          schema: { type: "string" },
          example: "nas,line,site\nbng-jhb-1,olt1/1/3:1001,jhb-north\n",
        },
      },
    },
    answers: { 200: { says: "How many items are new, changed, gone.", body: "InventoryLoaded" } },
    problems: ["not_found", "count_unconfirmed"],
  },
  "DELETE /v1/inventory/:kind/:key": {
    tag: "inventory",
    summary: "Delete an item",
    scopes: ["inventory:write"],
    answers: { 204: { says: "It is gone." } },
    problems: ["not_found"],
  },
} as const satisfies Entries;
