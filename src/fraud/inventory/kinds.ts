/** The registry of kinds. Those that others rest on come first: services before what is told of them. */
import type { InventoryKindName } from "../../model/inventory.ts";
import type { InventoryKind } from "./kind.ts";
import { baseStations, disturbances, lines, nases, sites } from "./network.ts";
import { orders, services, stock, tickets } from "./service.ts";
import { calls, registrations } from "./voice.ts";

export const INVENTORY: { readonly [Name in InventoryKindName]: InventoryKind } = {
  nases,
  lines,
  sites,
  basestations: baseStations,
  disturbances,
  services,
  orders,
  tickets,
  stock,
  registrations,
  calls,
};
