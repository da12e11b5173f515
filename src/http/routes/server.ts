/** Routes of the server itself, and of RADIUS records, which have a way of their own. */
import type { Entries, RouteEntry } from "./route.ts";

const radius = (what: string) =>
  ({
    tag: "radius",
    summary: `Take ${what} of FreeRADIUS`,
    notes:
      "As rlm_rest posts them, in any form and under any content type: whatever is no record is kept aside. Repeats are " +
      "stored once.",
    scopes: ["radius:ingest"],
    body: {
      required: false,
      forms: {
        "application/json": {
          schema: {},
          example: { "User-Name": { type: "string", value: ["sub0417@isp.example"] } },
        },
      },
    },
    answers: { 204: { says: "It is committed." } },
    problems: ["busy"],
  }) as const satisfies RouteEntry;

export const serverRoutes = {
  "POST /v1/radius/accounting": radius("an accounting record"),
  "POST /v1/radius/post-auth": radius("the outcome of a login"),
  "GET /livez": {
    tag: "server",
    summary: "See whether the process lives",
    answers: { 200: { says: "It does.", body: "Alive" } },
  },
  "GET /readyz": {
    tag: "server",
    summary: "See whether it takes requests",
    notes: "The database and its migrations. The ACS being down never fails it.",
    answers: {
      200: { says: "It does.", body: "Ready" },
      503: { says: "It is told to end.", body: "Ready", headers: ["Retry-After"] },
    },
  },
  "GET /statusz": {
    tag: "server",
    summary: "See how the server stands",
    scopes: ["devices:read"],
    answers: { 200: { says: "Its version, the fleet, the calls.", body: "ServerStatus" } },
  },
  "GET /v1/openapi.json": {
    tag: "server",
    summary: "Read this document",
    answers: { 200: { says: "OpenAPI 3.1.", type: "application/json" } },
  },
  "GET /docs": {
    tag: "server",
    summary: "Read this document as a page",
    answers: { 200: { says: "HTML without scripts.", type: "text/html" } },
  },
  "GET /": {
    tag: "server",
    summary: "List the addresses",
    answers: { 200: { says: "A line for each.", type: "text/plain" } },
  },
} as const satisfies Entries;
