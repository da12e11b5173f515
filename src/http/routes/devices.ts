/** Routes of devices: read them, hold and release them, make them due. */
import { DEVICE_BODIES } from "../../service/devices.ts";
import { WRITER_SCOPES } from "../../service/access.ts";
import { nothing } from "../bodies.ts";
import { QUERIES } from "../queries.ts";
import { json, optional, type Entries } from "./route.ts";

const many = "The number of devices has to be said in `expect` where there are any.";
const acted = { 200: { says: "How many, and how many a person holds.", body: "Acted" } } as const;
const detail = { says: "The device as it is now.", body: "DeviceDetail" } as const;

export const deviceRoutes = {
  "GET /v1/devices": {
    tag: "devices",
    summary: "List devices by pages",
    scopes: ["devices:read"],
    query: QUERIES.devices,
    answers: {
      200: {
        says: "A page; `next` is the cursor of the next.",
        body: "DevicePage",
        headers: ["Link"],
      },
    },
  },
  "GET /v1/devices/:id": {
    tag: "devices",
    summary: "Read a device with all that is known of it",
    notes: "What is wanted and by whom, what was read and when, what is due, what happened last.",
    scopes: ["devices:read"],
    headers: ["If-None-Match"],
    answers: {
      200: { ...detail, headers: ["ETag"] },
      304: { says: "Nothing of it changed.", headers: ["ETag"] },
    },
  },
  "GET /v1/devices/:id/why": {
    tag: "devices",
    summary: "See why a device is as it is, and when it is its turn",
    scopes: ["devices:read"],
    answers: { 200: { says: "What keeps it, and what comes next.", body: "Why" } },
  },
  "POST /v1/devices/:id/hold": {
    tag: "devices",
    summary: "Write nothing to a device",
    scopes: ["admin"],
    body: json(DEVICE_BODIES.hold, {
      reason: "field staff on site",
      until: "2026-12-01T16:00:00Z",
    }),
    answers: { 200: detail },
  },
  "POST /v1/devices/:id/release": {
    tag: "devices",
    summary: "End a hold or a quarantine",
    scopes: ["admin"],
    body: json(DEVICE_BODIES.release, { reason: "new antenna" }),
    answers: { 200: detail },
  },
  "POST /v1/devices/:id/reconcile": {
    tag: "devices",
    summary: "Make a device due now",
    scopes: WRITER_SCOPES,
    body: optional(nothing, {}),
    answers: { 202: { says: "It is due.", body: "DeviceDetail" } },
    problems: ["held"],
  },
  "POST /v1/devices/:id/prove": {
    tag: "devices",
    summary: "Let this device be the first of its kind that is written to",
    scopes: ["maps:write"],
    body: optional(nothing, {}),
    answers: { 202: { says: "It proves the map of its model.", body: "DeviceDetail" } },
    problems: ["held", "map_not_proven"],
  },
  "POST /v1/devices/hold": {
    tag: "devices",
    summary: "Hold all devices that a selector chooses",
    notes: many,
    scopes: ["admin"],
    query: QUERIES.counted,
    body: json(DEVICE_BODIES.holdMany, { selector: "site=cpt", reason: "mast works" }),
    answers: acted,
    problems: ["count_unconfirmed"],
  },
  "POST /v1/devices/release": {
    tag: "devices",
    summary: "Release all devices that a selector chooses",
    notes: many,
    scopes: ["admin"],
    query: QUERIES.counted,
    body: json(DEVICE_BODIES.releaseMany, { selector: "site=cpt", reason: "mast works over" }),
    answers: acted,
    problems: ["count_unconfirmed"],
  },
  "POST /v1/devices/reconcile": {
    tag: "devices",
    summary: "Make all devices due that a selector chooses",
    notes: many,
    scopes: WRITER_SCOPES,
    query: QUERIES.counted,
    body: json(DEVICE_BODIES.reconcileMany, { selector: "site=cpt,state=drifted" }),
    answers: acted,
    problems: ["count_unconfirmed"],
  },
  "POST /v1/release": {
    tag: "devices",
    summary: "Let a model be written again",
    notes: "After the same write led three of its devices into quarantine.",
    scopes: ["admin"],
    body: json(DEVICE_BODIES.releaseModel, { model: "BM632w", reason: "map corrected" }),
    answers: { 200: { says: "What is written again, and to how many.", body: "ModelReleased" } },
    problems: ["not_found"],
  },
} as const satisfies Entries;
