/** Routes of desired documents and of what became of a change. */
import { desiredBodyJson } from "../../service/desired-body.ts";
import { PATCH_BODIES } from "../../service/desired-patch.ts";
import { FIELD_SCOPES } from "../../service/access.ts";
import { QUERIES } from "../queries.ts";
import { json, type Entries } from "./route.ts";

const scopes = Object.values(FIELD_SCOPES);
const readers = ["devices:read", ...scopes] as const;
const conflicts = ["field_conflict", "generation_changed"] as const;
const written = ["ETag", "Location", "Preference-Applied", "Retry-After"] as const;
const waiting =
  "Changed, or scheduled; it is stored and the device is due. With `Prefer: wait` also: the CPE did not show it in time.";

export const desiredRoutes = {
  "GET /v1/devices/:id/desired": {
    tag: "desired",
    summary: "Read your own document of a device",
    notes: "Passwords are shown as `{set, version}`. What is read can be changed and sent back.",
    scopes: readers,
    headers: ["If-None-Match"],
    answers: {
      200: {
        says: "The document and the status of its device.",
        body: "Document",
        headers: ["ETag"],
      },
      304: { says: "You have this generation already.", headers: ["ETag"] },
    },
  },
  "PUT /v1/devices/:id/desired": {
    tag: "desired",
    summary: "Replace your own document of a device",
    notes:
      "Idempotent by content: the same document again changes nothing and sends nothing. A field that is left out is " +
      "released; a password that is left out is kept, and null clears it. Stored is not done: follow `Location`.",
    scopes,
    query: QUERIES.write,
    headers: ["If-Match", "If-None-Match", "Prefer"],
    body: json(desiredBodyJson(), {
      credentials: { username: "sub0417", realm: "isp.example", password: "EXAMPLE-ONLY" },
    }),
    answers: {
      200: {
        says: "Nothing changed; or a dry run; or, with `Prefer: wait`, the CPE shows it.",
        body: "Document",
        headers: written,
      },
      201: { says: "It is the first document of this writer.", body: "Document", headers: written },
      202: { says: waiting, body: "Document", headers: written },
    },
    problems: conflicts,
  },
  "PATCH /v1/devices/:id/desired": {
    tag: "desired",
    summary: "Change what is named of your own document",
    notes: "What is not named is kept. Without a document there is nothing to patch: 404.",
    scopes,
    query: QUERIES.write,
    headers: ["If-Match", "If-None-Match", "Prefer"],
    body: {
      required: true,
      forms: {
        "application/merge-patch+json": {
          schema: PATCH_BODIES.merge,
          example: { credentials: { realm: "new.example" } },
        },
        "application/json-patch+json": {
          schema: PATCH_BODIES.operations,
          example: [
            { op: "test", path: "/credentials/username", value: "sub0417" },
            { op: "replace", path: "/credentials/realm", value: "new.example" },
          ],
        },
      },
    },
    answers: {
      200: {
        says: "Nothing changed; or a dry run; or, with `Prefer: wait`, the CPE shows it.",
        body: "Document",
        headers: [...written, "Accept-Patch"],
      },
      201: {
        says: "It is the first document of this writer.",
        body: "Document",
        headers: [...written, "Accept-Patch"],
      },
      202: { says: waiting, body: "Document", headers: [...written, "Accept-Patch"] },
    },
    problems: [...conflicts, "patch_conflict"],
  },
  "DELETE /v1/devices/:id/desired": {
    tag: "desired",
    summary: "End your own document",
    notes:
      "Of a document with credentials it ends the service: the credential is owed to be gone from the CPE until a read " +
      "has proven it, however long the CPE is away. Other fields are released.",
    scopes,
    query: QUERIES.write,
    headers: ["If-Match", "Prefer"],
    answers: {
      200: {
        says: "A dry run; or, with `Prefer: wait`, the CPE shows it.",
        body: "Document",
        headers: written,
      },
      202: { says: "It has ended, or will.", body: "Document", headers: written },
    },
    problems: conflicts,
  },
  "DELETE /v1/devices/:id/desired/scheduled": {
    tag: "desired",
    summary: "Take back what was scheduled",
    scopes,
    answers: { 204: { says: "Nothing is scheduled any more." } },
  },
  "GET /v1/operations/:id": {
    tag: "desired",
    summary: "See what became of a change",
    notes: "`done` means that a later read of the CPE has shown it. Ask again after `Retry-After`.",
    scopes: readers,
    headers: ["Prefer"],
    answers: {
      200: {
        says: "The operation as it is, after the wait.",
        body: "Operation",
        headers: ["Preference-Applied", "Retry-After"],
      },
    },
    problems: ["not_found"],
  },
} as const satisfies Entries;
