/** Webhooks for admins: made, listed, tested, rotated, ended; what was delivered, and delivering it again. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { Secret } from "../lib/secret.ts";
import type { DeliveryView, WebhookStore, WebhookView } from "../ports/webhook-store.ts";
import { demand, type Caller } from "./access.ts";
import { newSigningSecret } from "./webhook-signature.ts";

const DAY_MS = 86_400_000;
const LONGEST_OVERLAP_MS = 30 * DAY_MS;
const TYPE = /^(\*|[a-z]+(\.(\*|[a-z_]+))?)$/;
const TEST_TYPE = "webhook.test";

const createSchema = z
  .strictObject({
    url: z
      .string()
      .max(2_000)
      .refine((text) => {
        if (!URL.canParse(text)) return false;
        const { protocol, username, password } = new URL(text);
        return /^https?:$/.test(protocol) && username === "" && password === "";
      }, "must be https://…, without a user or a password in it"),
    types: z
      .array(z.string().max(64).regex(TYPE, "must be a type such as desired.changed, or desired.*"))
      .max(50)
      .default([]),
    allowPrivate: z.boolean().default(false),
  })
  .refine(({ url, allowPrivate }) => allowPrivate || url.startsWith("https:"), {
    path: ["url"],
    error: "must be https; http only with allowPrivate, for a receiver in your own network",
  });

const overlapSchema = z.strictObject({
  overlap: z
    .string()
    .transform((text, context): number => {
      const ms = parseDurationMs(text);
      if (ms !== undefined && ms <= LONGEST_OVERLAP_MS) return ms;
      context.addIssue({ code: "custom", message: "must be a duration such as 1d, at most 30d" });
      return z.NEVER;
    })
    .default(DAY_MS),
});

const redeliverSchema = z.union([
  z.strictObject({ delivery: z.string().regex(/^\d{1,15}$/, "must be the id of a delivery") }),
  z.strictObject({ failed: z.literal(true) }),
]);

/** What the API takes; the document of the API is made of the same. */
export const WEBHOOK_BODIES = {
  create: createSchema,
  rotateSecret: overlapSchema,
  redeliver: redeliverSchema,
};

/** With the secret, which is shown by this call and never again. */
interface WithSecret {
  readonly webhook: WebhookView;
  readonly secret: Secret;
}

export interface Webhooks {
  list(caller: Caller): Promise<readonly WebhookView[]>;
  /** @throws `not_found` */
  get(id: string, caller: Caller): Promise<WebhookView>;
  create(body: unknown, caller: Caller): Promise<WithSecret>;
  remove(id: string, caller: Caller): Promise<void>;
  rotateSecret(id: string, body: unknown, caller: Caller): Promise<WithSecret>;
  enable(id: string, caller: Caller): Promise<WebhookView>;
  test(id: string, caller: Caller, now: Date): Promise<DeliveryView>;
  deliveries(
    id: string,
    query: { readonly before: number | null; readonly limit: number },
    caller: Caller,
  ): Promise<readonly DeliveryView[]>;
  redeliver(id: string, body: unknown, caller: Caller): Promise<number>;
}

export function webhooksOf({ store }: { readonly store: WebhookStore }): Webhooks {
  return {
    async list(caller) {
      demand(caller, "admin");
      return await store.webhooks();
    },
    async get(id, caller) {
      demand(caller, "admin");
      const found = (await store.webhooks()).find((one) => one.id === id);
      if (found !== undefined) return found;
      throw new AppError("not_found", "there is no such webhook: GET /v1/webhooks lists them");
    },
    async create(body, caller) {
      demand(caller, "admin");
      const { url, types, allowPrivate } = parseWith(createSchema, body, "webhook");
      const secret = newSigningSecret();
      const id = `wh_${randomBytes(6).toString("hex")}`;
      const wanted = { id, url, types: [...new Set(types)], allowPrivate, secret };
      return { webhook: await store.createWebhook(wanted, caller.actor), secret };
    },
    async remove(id, caller) {
      demand(caller, "admin");
      await store.deleteWebhook(id, caller.actor);
    },
    async rotateSecret(id, body, caller) {
      demand(caller, "admin");
      const { overlap } = parseWith(overlapSchema, body, "rotate");
      const secret = newSigningSecret();
      return {
        webhook: await store.rotateSigningSecret(id, secret, overlap, caller.actor),
        secret,
      };
    },
    async enable(id, caller) {
      demand(caller, "admin");
      return await store.enableWebhook(id, caller.actor);
    },
    async test(id, caller, now) {
      demand(caller, "admin");
      const body = { type: TEST_TYPE, timestamp: now.toISOString(), data: { webhook: id } };
      return await store.testWebhook(id, TEST_TYPE, JSON.stringify(body));
    },
    async deliveries(id, query, caller) {
      demand(caller, "admin");
      return await store.deliveries(id, query);
    },
    async redeliver(id, body, caller) {
      demand(caller, "admin");
      const which = parseWith(redeliverSchema, body, "redeliver");
      const chosen = "failed" in which ? which : { delivery: Number(which.delivery) };
      return await store.redeliver(id, chosen, caller.actor);
    },
  };
}
