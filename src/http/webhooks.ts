/** Webhooks, for admins. A signing secret is in the answer of the call that makes it, and nowhere else. */
import type { Secret } from "../lib/secret.ts";
import type { ApiDelivery, ApiRedelivered, ApiWebhook } from "../model/api-webhooks.ts";
import type { DeliveryView, WebhookStore, WebhookView } from "../ports/webhook-store.ts";
import { demand } from "../service/access.ts";
import { webhooksOf } from "../service/webhooks.ts";
import { readJson, readOptionalJson } from "./body.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";

const PAGE = 50;

function webhookOf(view: WebhookView, secret?: Secret): ApiWebhook {
  const { id, owner, url, types, allowPrivate, createdAt, secrets, waiting, disabled } = view;
  return {
    ...{ id, owner, url, types, allowPrivate },
    createdAt: createdAt.toISOString(),
    secrets: secrets.map(({ version, expiresAt }) => ({
      version,
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    waiting,
    failingSince: view.failingSince?.toISOString() ?? null,
    disabled: disabled === null ? null : { at: disabled.at.toISOString(), why: disabled.why },
    ...(secret === undefined ? {} : { secret: secret.open() }),
  };
}

function deliveryOf(view: DeliveryView): ApiDelivery {
  const { id, event, type, state, attempts, nextAt, madeAt, lastAt } = view;
  const { lastStatus, lastError, lastMs } = view;
  return {
    ...{ id: String(id), event: event === null ? null : String(event), type, state, attempts },
    nextAt: nextAt?.toISOString() ?? null,
    madeAt: madeAt.toISOString(),
    lastAt: lastAt?.toISOString() ?? null,
    ...{ lastStatus, lastError, lastMs },
  };
}

export function webhookRoutes(
  app: Router,
  deps: { readonly store: WebhookStore; readonly now: () => Date },
): void {
  const webhooks = webhooksOf(deps);
  const id = (c: Ctx): string => c.req.param("id") ?? "";

  app.get("/v1/webhooks", async (c) => {
    noQuery(c);
    const items = await webhooks.list(c.get("caller"));
    return c.json({ items: items.map((view) => webhookOf(view)), next: null });
  });

  app.post("/v1/webhooks", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readJson(c);
    noQuery(c);
    const { webhook, secret } = await webhooks.create(body, c.get("caller"));
    return c.json(webhookOf(webhook, secret), 201);
  });

  app.get("/v1/webhooks/:id", async (c) => {
    noQuery(c);
    return c.json(webhookOf(await webhooks.get(id(c), c.get("caller"))));
  });

  app.delete("/v1/webhooks/:id", async (c) => {
    noQuery(c);
    await webhooks.remove(id(c), c.get("caller"));
    return c.body(null, 204);
  });

  app.post("/v1/webhooks/:id/rotate-secret", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readOptionalJson(c);
    noQuery(c);
    const { webhook, secret } = await webhooks.rotateSecret(id(c), body, c.get("caller"));
    return c.json(webhookOf(webhook, secret), 201);
  });

  app.post("/v1/webhooks/:id/enable", async (c) => {
    noQuery(c);
    return c.json(webhookOf(await webhooks.enable(id(c), c.get("caller"))));
  });

  app.post("/v1/webhooks/:id/test", async (c) => {
    noQuery(c);
    return c.json(deliveryOf(await webhooks.test(id(c), c.get("caller"), deps.now())), 202);
  });

  app.get("/v1/webhooks/:id/deliveries", async (c) => {
    const query = readQuery(c, QUERIES.deliveries);
    const { cursor: before = null, limit = PAGE } = query;
    const items = await webhooks.deliveries(id(c), { before, limit }, c.get("caller"));
    const last = items.length === limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : String(last.id);
    return c.json({ items: items.map(deliveryOf), next });
  });

  app.post("/v1/webhooks/:id/redeliver", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readJson(c);
    noQuery(c);
    const deliveries = await webhooks.redeliver(id(c), body, c.get("caller"));
    const answer: ApiRedelivered = { deliveries };
    return c.json(answer, 202);
  });
}
