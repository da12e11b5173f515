/** Routes of a service beside its desired document. */
import { FIELD_SCOPES } from "../../service/access.ts";
import { ROTATION_BODY } from "../../service/rotations.ts";
import { SUSPENSION_BODIES } from "../../service/suspensions.ts";
import { SWAP_BODY } from "../../service/swaps.ts";
import { QUERIES } from "../queries.ts";
import { json, optional, type Entries } from "./route.ts";

const suspenders = [FIELD_SCOPES.credentials, "findings:decide"] as const;

export const serviceRoutes = {
  "POST /v1/devices/:id/suspend": {
    tag: "service",
    summary: "Suspend the service",
    notes:
      "A state for the AAA; nothing is written to the CPE. Reasons add up: the service is active again when each owner " +
      "has lifted its own.",
    scopes: suspenders,
    body: json(SUSPENSION_BODIES.suspend, { reason: "nonPayment" }),
    answers: { 200: { says: "It is suspended, now or already.", body: "Service" } },
  },
  "POST /v1/devices/:id/resume": {
    tag: "service",
    summary: "Lift your reasons for a suspension",
    notes: "An admin may lift the reason of another `owner`.",
    scopes: suspenders,
    body: optional(SUSPENSION_BODIES.resume, { reason: "nonPayment" }),
    answers: { 200: { says: "What is left of reasons.", body: "Service" } },
    problems: ["suspended_by_other"],
  },
  "POST /v1/devices/:id/swap": {
    tag: "service",
    summary: "Move your document to another CPE",
    notes:
      "The document ends on the old CPE and begins on the new one in one transaction, so there is no moment with two or " +
      "none. The same call again changes nothing.",
    scopes: Object.values(FIELD_SCOPES),
    query: QUERIES.swap,
    headers: ["If-Match", "Prefer"],
    body: json(SWAP_BODY, { to: "CPE-0533", expectSerial: "B0871", oldDevice: "lost" }),
    answers: {
      200: {
        says: "It was moved before; or a dry run; or, with `Prefer: wait`, the new CPE shows it.",
        body: "Swapped",
        headers: ["ETag", "Location", "Preference-Applied", "Retry-After"],
      },
      202: {
        says: "It is moved, and the new CPE is due.",
        body: "Swapped",
        headers: ["ETag", "Location", "Preference-Applied", "Retry-After"],
      },
    },
    problems: ["swap_conflict", "field_conflict", "generation_changed"],
  },
  "POST /v1/devices/:id/rotate-credential": {
    tag: "service",
    summary: "Make a new password, then prove that the AAA takes it",
    notes:
      "Two calls. An empty body makes a password and shows it once. The second names its `version` and proves that the AAA " +
      "takes it, and only then is it wanted of the CPE: `aaaUpdated: true` is your word, `testLogin: true` lets us log in " +
      "with it at the `Aaa` record that has a `login` for this realm. A login that is not accepted changes nothing.",
    scopes: [FIELD_SCOPES.credentials],
    headers: ["Prefer"],
    body: optional(ROTATION_BODY, { aaaUpdated: true, version: 4 }),
    answers: {
      200: {
        says: "The new password, in this answer and never again; or, of the second call, what is wanted already.",
        body: "RotationStep",
        headers: ["ETag", "Location", "Preference-Applied", "Retry-After"],
      },
      202: {
        says: "Of the second call: the password is wanted, and the CPE is due.",
        body: "Document",
        headers: ["ETag", "Location", "Preference-Applied", "Retry-After"],
      },
    },
    problems: [
      "aaa_unproven",
      "field_conflict",
      "secret_unavailable",
      "test_login_refused",
      "test_login_unanswered",
      "test_login_unavailable",
    ],
  },
} as const satisfies Entries;
