/** Routes of the whole fleet: its counts, its records, imports, stop and resume. */
import { FIELD_SCOPES, WRITER_SCOPES } from "../../service/access.ts";
import { STOP_BODIES } from "../../service/stops.ts";
import { bundle } from "../bodies.ts";
import { QUERIES } from "../queries.ts";
import { json, optional, type Entries } from "./route.ts";

const MANIFEST = {
  apiVersion: "plumbline/v1",
  kind: "Device",
  metadata: { name: "CPE-0417", labels: { site: "cpt" } },
  spec: { acs: "main", oui: "0019E0", productClass: "WIXB", serial: "A0417" },
};
const YAML = `apiVersion: plumbline/v1
kind: Device
metadata: {name: CPE-0417, labels: {site: cpt}}
spec: {acs: main, oui: 0019E0, productClass: WIXB, serial: A0417}
`;
const LINE = { device: "CPE-0417", credentials: { username: "sub0417", realm: "isp.example" } };

const RECORDS = {
  "/v1/aaa": "the AAA: where sessions are ended and logins tried",
  "/v1/acs": "ACSes",
  "/v1/firmwareimages": "firmware images",
  "/v1/fraudpolicies": "policies of misuse",
  "/v1/frequencyplans": "frequency plans",
  "/v1/parametermaps": "parameter maps of operators",
  "/v1/profiles": "profiles",
} as const;
/** Kinds that are kept as records, by their paths. */
export type RecordPath = keyof typeof RECORDS;

const list = (what: string) =>
  ({
    tag: "fleet",
    summary: `List the records of ${what}`,
    scopes: ["devices:read"],
    answers: { 200: { says: "All of them; there are no more pages.", body: "RecordPage" } },
  }) as const;
const one = (what: string) =>
  ({
    tag: "fleet",
    summary: `Read one record of ${what}`,
    scopes: ["devices:read"],
    answers: { 200: { says: "The record.", body: "Record" } },
    problems: ["not_found"],
  }) as const;

const recordRoutes = Object.fromEntries(
  Object.entries(RECORDS).flatMap(([path, what]) => [
    [`GET ${path}`, list(what)],
    [`GET ${path}/:name`, one(what)],
  ]),
) as { readonly [Path in RecordPath as `GET ${Path}`]: ReturnType<typeof list> } & {
  readonly [Path in RecordPath as `GET ${Path}/:name`]: ReturnType<typeof one>;
};

export const fleetRoutes = {
  "GET /v1/fleet": {
    tag: "fleet",
    summary: "Count the fleet by state",
    scopes: ["devices:read"],
    answers: { 200: { says: "Counts, queues, ACSes, stops and blocks.", body: "Fleet" } },
  },
  "POST /v1/manifests": {
    tag: "fleet",
    summary: "Apply records: all or none",
    notes:
      "Each kind of record asks for its own scope. The schemas of the documents are in `manifests/schemas`. A change of " +
      "many devices wants their number in `expect`.",
    scopes: WRITER_SCOPES,
    query: QUERIES.many,
    body: {
      required: true,
      forms: {
        "application/json": { schema: bundle, example: { documents: [MANIFEST] } },
        "application/yaml": { schema: { type: "string" }, example: YAML },
      },
    },
    answers: { 200: { says: "What was made, changed and left.", body: "Applied" } },
    problems: [
      ...(["malformed_yaml", "count_unconfirmed", "profile_conflict", "field_conflict"] as const),
      ...(["in_use", "ambiguous_id", "not_found", "secret_unavailable"] as const),
      ...(["invalid_map", "ambiguous_map", "no_map"] as const),
    ],
  },
  ...recordRoutes,
  "POST /v1/imports": {
    tag: "fleet",
    summary: "Put many desired documents",
    notes:
      "Each line is a PUT, and stands for itself. All are rehearsed first, and `expect` bounds how many may change. An " +
      "import that broke off is sent again as it was.",
    scopes: Object.values(FIELD_SCOPES),
    query: QUERIES.many,
    body: {
      required: true,
      forms: {
        "application/x-ndjson": {
          schema: { type: "string" },
          example: `${JSON.stringify(LINE)}\n`,
        },
        "text/csv": {
          schema: { type: "string" },
          example: "device,credentials.username,credentials.realm\nCPE-0417,sub0417,isp.example\n",
        },
      },
    },
    answers: {
      200: { says: "The outcome of each line.", body: "Imported", headers: ["Location"] },
    },
    problems: ["count_unconfirmed"],
  },
  "GET /v1/imports": {
    tag: "fleet",
    summary: "List imports of the last month",
    scopes: Object.values(FIELD_SCOPES),
    query: QUERIES.imports,
    answers: { 200: { says: "Newest first; there are no more pages.", body: "ImportPage" } },
  },
  "GET /v1/imports/:id": {
    tag: "fleet",
    summary: "See how far an import is, and what became of its lines",
    notes: "Also after its connection was lost: the import goes on without it.",
    scopes: Object.values(FIELD_SCOPES),
    query: QUERIES.importLines,
    answers: {
      200: { says: "A page of its lines.", body: "ImportDetail", headers: ["Retry-After"] },
    },
    problems: ["not_found"],
  },
  "POST /v1/stop": {
    tag: "fleet",
    summary: "Start no new call, everywhere or in a scope",
    scopes: ["admin"],
    body: json(STOP_BODIES.stop, { reason: "the mast is being worked on", acs: "main" }),
    answers: { 200: { says: "In force; with what the ACS may still execute.", body: "Stopped" } },
    problems: ["not_found"],
  },
  "POST /v1/resume": {
    tag: "fleet",
    summary: "End stops",
    scopes: ["admin"],
    query: QUERIES.counted,
    body: optional(STOP_BODIES.resume, { acs: "main" }),
    answers: { 200: { says: "How many stops ended, and for how many devices.", body: "Resumed" } },
    problems: ["count_unconfirmed", "not_found"],
  },
} as const satisfies Entries;
