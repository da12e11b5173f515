/**
 * The registry of routes: what a route does, takes and answers. The router takes no address that is not here
 * (`routerOf`), and the document of the API is made of it, so that neither can say what the other does not.
 */
import { adminRoutes } from "./admin.ts";
import { desiredRoutes } from "./desired.ts";
import { deviceRoutes } from "./devices.ts";
import { fleetRoutes } from "./fleet.ts";
import { inventoryRoutes } from "./inventory.ts";
import { serverRoutes } from "./server.ts";
import { serviceRoutes } from "./service.ts";
import { watchedRoutes } from "./watched.ts";

export const ROUTES = {
  ...desiredRoutes,
  ...serviceRoutes,
  ...deviceRoutes,
  ...fleetRoutes,
  ...watchedRoutes,
  ...inventoryRoutes,
  ...adminRoutes,
  ...serverRoutes,
} as const;

/** `GET /v1/devices/:id`: the method and the pattern of the router. */
export type RouteKey = keyof typeof ROUTES;
