/** Routes of tokens, keys and webhooks: for admins. */
import { TOKEN_BODIES } from "../../service/tokens.ts";
import { WEBHOOK_BODIES } from "../../service/webhooks.ts";
import { nothing } from "../bodies.ts";
import { QUERIES } from "../queries.ts";
import { json, optional, type Entries } from "./route.ts";

const scopes = ["admin"] as const;

export const adminRoutes = {
  "GET /v1/webhooks": {
    tag: "webhooks",
    summary: "List webhooks",
    scopes,
    answers: { 200: { says: "All of them; there are no more pages.", body: "WebhookPage" } },
  },
  "POST /v1/webhooks": {
    tag: "webhooks",
    summary: "Send events to an address",
    notes: "Signed as Standard Webhooks say. `secret` is in this answer and never again.",
    scopes,
    body: json(WEBHOOK_BODIES.create, {
      url: "https://billing.isp.example/plumbline",
      types: ["change.*", "service.ended"],
    }),
    answers: { 201: { says: "It is sent to from now on.", body: "Webhook" } },
  },
  "GET /v1/webhooks/:id": {
    tag: "webhooks",
    summary: "Read a webhook",
    notes: "Its signing secrets by their versions, never their text.",
    scopes,
    answers: { 200: { says: "The webhook, and what waits for it.", body: "Webhook" } },
    problems: ["not_found"],
  },
  "DELETE /v1/webhooks/:id": {
    tag: "webhooks",
    summary: "End a webhook",
    scopes,
    answers: { 204: { says: "Nothing is sent any more." } },
    problems: ["not_found"],
  },
  "POST /v1/webhooks/:id/rotate-secret": {
    tag: "webhooks",
    summary: "Make a new signing secret",
    notes: "What is sent carries both signatures for the overlap.",
    scopes,
    body: optional(WEBHOOK_BODIES.rotateSecret, { overlap: "1d" }),
    answers: { 201: { says: "With the new secret.", body: "Webhook" } },
    problems: ["not_found"],
  },
  "POST /v1/webhooks/:id/enable": {
    tag: "webhooks",
    summary: "Send again after it was disabled",
    scopes,
    answers: { 200: { says: "It is enabled.", body: "Webhook" } },
    problems: ["not_found"],
  },
  "POST /v1/webhooks/:id/test": {
    tag: "webhooks",
    summary: "Send a test",
    scopes,
    answers: { 202: { says: "It is under way.", body: "Delivery" } },
    problems: ["not_found"],
  },
  "GET /v1/webhooks/:id/deliveries": {
    tag: "webhooks",
    summary: "Read what was sent, and how it was answered",
    scopes,
    query: QUERIES.deliveries,
    answers: { 200: { says: "A page, newest first.", body: "DeliveryPage" } },
    problems: ["not_found"],
  },
  "POST /v1/webhooks/:id/redeliver": {
    tag: "webhooks",
    summary: "Send one again, or all that failed",
    scopes,
    body: json(WEBHOOK_BODIES.redeliver, { failed: true }),
    answers: { 202: { says: "How many are under way.", body: "Redelivered" } },
    problems: ["not_found"],
  },
  "GET /v1/tokens": {
    tag: "access",
    summary: "List tokens",
    scopes,
    answers: { 200: { says: "Newest first; there are no more pages.", body: "TokenPage" } },
  },
  "POST /v1/tokens": {
    tag: "access",
    summary: "Make a token",
    notes:
      "Its owner is the writer of the documents that it puts. `token` is in this answer and never again.",
    scopes,
    body: json(TOKEN_BODIES.create, {
      owner: "billing",
      scopes: ["devices:read", "desired:write:credentials"],
      expiresIn: "90d",
    }),
    answers: { 201: { says: "With its text.", body: "IssuedToken" } },
  },
  "POST /v1/tokens/:id/rotate": {
    tag: "access",
    summary: "Make the successor of a token",
    notes: "Both are good for the overlap.",
    scopes,
    body: optional(TOKEN_BODIES.rotate, { overlap: "1d" }),
    answers: { 201: { says: "The new one, and the end of the older.", body: "RotatedToken" } },
    problems: ["not_found", "token_not_current"],
  },
  "DELETE /v1/tokens/:id": {
    tag: "access",
    summary: "End a token",
    scopes,
    answers: { 200: { says: "Every server knows it within a second.", body: "Token" } },
    problems: ["not_found", "last_admin_token"],
  },
  "GET /v1/keys": {
    tag: "access",
    summary: "See the keys that seal secrets",
    scopes,
    answers: { 200: { says: "Ids, ages and counts; never a key.", body: "Keys" } },
  },
  "POST /v1/keys/rotate": {
    tag: "access",
    summary: "Seal every secret under a new key",
    scopes,
    body: optional(nothing, {}),
    answers: {
      202: { says: "It runs in the server; ask again.", body: "Keys", headers: ["Location"] },
    },
  },
} as const satisfies Entries;
