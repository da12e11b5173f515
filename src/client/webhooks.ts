/** Calls about webhooks; apart from the client's other ones, which are about the fleet. */
import type { ApiPage } from "../model/api.ts";
import type { ApiDelivery, ApiWebhook } from "../model/api-webhooks.ts";
import type { PlumbClient } from "./http.ts";

type Body = Readonly<Record<string, unknown>>;

/** As the call that makes or rotates it answers: with the secret, which no later call gives. */
export type ApiWebhookMade = ApiWebhook & { readonly secret: string };

export interface WebhookCalls {
  list(): Promise<ApiPage<ApiWebhook>>;
  show(id: string): Promise<ApiWebhook>;
  add(body: Body): Promise<ApiWebhookMade>;
  rotateSecret(id: string, body: Body): Promise<ApiWebhookMade>;
  enable(id: string): Promise<ApiWebhook>;
  test(id: string): Promise<ApiDelivery>;
  /** Newest first. */
  deliveries(
    id: string,
    query: { readonly limit?: string; readonly cursor?: string },
  ): Promise<ApiPage<ApiDelivery>>;
  redeliver(id: string, body: Body): Promise<{ readonly deliveries: number }>;
  delete(id: string): Promise<void>;
}

/** @example await webhookCalls(client).redeliver("wh_0a1b2c3d4e5f", { failed: true }) */
export function webhookCalls(client: PlumbClient): WebhookCalls {
  const at = (id: string): string => `/v1/webhooks/${encodeURIComponent(id)}`;
  return {
    list: () => client.ask("GET", "/v1/webhooks"),
    show: (id) => client.ask("GET", at(id)),
    add: (body) => client.ask("POST", "/v1/webhooks", { json: body }),
    rotateSecret: (id, body) => client.ask("POST", `${at(id)}/rotate-secret`, { json: body }),
    enable: (id) => client.ask("POST", `${at(id)}/enable`),
    test: (id) => client.ask("POST", `${at(id)}/test`),
    deliveries: (id, query) => client.ask("GET", `${at(id)}/deliveries`, { query }),
    redeliver: (id, body) => client.ask("POST", `${at(id)}/redeliver`, { json: body }),
    delete: (id) => client.ask("DELETE", at(id)),
  };
}
