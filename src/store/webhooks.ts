/** Webhooks as people make, change and end them. Each change is an event, without the path of the address: it may be secret. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import type { Actor } from "../ports/actor.ts";
import type { DeliveryView, WebhookStore, WebhookView } from "../ports/webhook-store.ts";
import { numberEvents } from "./feed.ts";
import { addEvents, type FleetEventType } from "./fleet/events.ts";
import type { Keyring } from "./keyring.ts";
import { sealFor } from "./sealing.ts";
import type { Database } from "./tables.ts";
import { transact, type Trx } from "./transaction.ts";
import { webhookDeliveries } from "./webhook-deliveries.ts";
import { signingAad } from "./webhook-secrets.ts";

interface WebhookRow {
  id: string;
  owner: string;
  url: string;
  types: string[];
  allow_private: boolean;
  created_at: Date;
  failing_since: Date | null;
  disabled_at: Date | null;
  disabled_why: string | null;
  waiting: number;
  secrets: { version: number; expires_at: string | null }[];
}

const VIEW = sql`
  w.id, w.owner, w.url, w.types, w.allow_private, w.created_at, w.failing_since, w.disabled_at, w.disabled_why,
  (select count(*) from webhook_deliveries d where d.webhook = w.id and d.state = 'waiting') as waiting,
  (select coalesce(jsonb_agg(jsonb_build_object('version', s.version, 'expires_at', s.expires_at) order by s.version desc), '[]')
   from webhook_secrets s where s.webhook = w.id and (s.expires_at is null or s.expires_at > now())) as secrets`;

function viewOf(row: WebhookRow): WebhookView {
  const { id, owner, url, types, waiting } = row;
  return {
    ...{ id, owner, url, types, waiting },
    allowPrivate: row.allow_private,
    createdAt: row.created_at,
    secrets: row.secrets.map(({ version, expires_at }) => ({
      version,
      expiresAt: expires_at === null ? null : new Date(expires_at),
    })),
    failingSince: row.failing_since,
    disabled:
      row.disabled_at === null ? null : { at: row.disabled_at, why: row.disabled_why ?? "" },
  };
}

function notThere(id: string): AppError {
  return new AppError("not_found", `There is no webhook ${id}: GET /v1/webhooks lists them.`);
}

/** With a lock, in a transaction that changes it. */
async function view(trx: Trx, id: string): Promise<WebhookView> {
  const found = await sql<WebhookRow>`
    select ${VIEW} from webhooks w where w.id = ${id} for update of w`.execute(trx);
  const row = found.rows[0];
  if (row !== undefined) return viewOf(row);
  throw notThere(id);
}

async function addSecret(trx: Trx, keyring: Keyring, id: string, version: number, secret: Secret) {
  const made = await sealFor(trx, keyring, signingAad(id, version), secret);
  const { keyId: key_id, sealedKey: sealed_key, sealed } = made;
  await trx
    .insertInto("webhook_secrets")
    .values({ webhook: id, version, key_id, sealed_key, sealed, expires_at: null })
    .execute();
}

interface DeliveryRow {
  id: number;
  seq: number | null;
  type: string;
  state: DeliveryView["state"];
  attempts: number;
  next_at: Date;
  made_at: Date;
  last_at: Date | null;
  last_status: number | null;
  last_error: string | null;
  last_ms: number | null;
}

const DELIVERY = sql`id, seq, type, state, attempts, next_at, made_at, last_at, last_status, last_error, last_ms`;

function deliveryOf(row: DeliveryRow): DeliveryView {
  const { id, type, state, attempts } = row;
  return {
    ...{ id, event: row.seq, type, state, attempts },
    nextAt: state === "waiting" ? row.next_at : null,
    ...{ madeAt: row.made_at, lastAt: row.last_at, lastStatus: row.last_status },
    ...{ lastError: row.last_error, lastMs: row.last_ms },
  };
}

type Verbs = Omit<WebhookStore, "fanOut" | "dueWebhooks" | "claimDeliveries" | "settleDelivery">;

function webhooks(db: Kysely<Database>, keyring: Keyring): Verbs {
  const changing = async <T>(id: string, work: (trx: Trx, before: WebhookView) => Promise<T>) =>
    await transact(db, async (trx) => await work(trx, await view(trx, id)));
  const told = async (
    trx: Trx,
    actor: Actor,
    type: FleetEventType,
    { id, url, types }: Pick<WebhookView, "id" | "url" | "types">,
  ) => {
    const data = { id, host: new URL(url).host, types };
    await addEvents(trx, actor, [{ device: null, type, data }]);
  };

  return {
    async webhooks() {
      const found = await sql<WebhookRow>`
        select ${VIEW} from webhooks w order by w.created_at desc, w.id`.execute(db);
      return found.rows.map(viewOf);
    },

    async createWebhook({ id, url, types, allowPrivate, secret }, actor) {
      await numberEvents(db);
      return await transact(db, async (trx) => {
        await sql`
          insert into webhooks (id, owner, url, types, allow_private, sees_access, created_by, seen_seq)
          select ${id}, ${actor.owner}, ${url}, ${[...types]}::text[], ${allowPrivate}, true, ${actor.owner}, seq
          from event_head`.execute(trx);
        await addSecret(trx, keyring, id, 1, secret);
        await told(trx, actor, "WebhookCreated", { id, url, types });
        return await view(trx, id);
      });
    },

    async deleteWebhook(id, actor) {
      await changing(id, async (trx, before) => {
        await sql`delete from webhooks where id = ${id}`.execute(trx);
        await told(trx, actor, "WebhookDeleted", before);
      });
    },

    async rotateSigningSecret(id, secret, overlapMs, actor) {
      return await changing(id, async (trx, before) => {
        await sql`
          update webhook_secrets
          set expires_at = least(expires_at, now() + ${overlapMs}::float8 * interval '1 ms') where webhook = ${id}`.execute(
          trx,
        );
        const last = await sql<{ version: number }>`
          select max(version) as version from webhook_secrets where webhook = ${id}`.execute(trx);
        await addSecret(trx, keyring, id, (last.rows[0]?.version ?? 0) + 1, secret);
        await sql`
          delete from webhook_secrets where webhook = ${id} and expires_at <= now()`.execute(trx);
        await told(trx, actor, "WebhookSecretRotated", before);
        return await view(trx, id);
      });
    },

    async enableWebhook(id, actor) {
      return await changing(id, async (trx, before) => {
        if (before.disabled === null) return before;
        await sql`
          update webhooks set disabled_at = null, disabled_why = null, failing_since = null, slow_until = null
          where id = ${id}`.execute(trx);
        await told(trx, actor, "WebhookEnabled", before);
        return await view(trx, id);
      });
    },

    async testWebhook(id, type, body) {
      return await changing(id, async (trx) => {
        const made = await sql<DeliveryRow>`
          insert into webhook_deliveries (webhook, type, body) values (${id}, ${type}, ${body})
          returning ${DELIVERY}`.execute(trx);
        const [row] = made.rows;
        if (row === undefined) throw new AppError("internal", "a test left no row");
        return deliveryOf(row);
      });
    },

    async deliveries(id, { before, limit }) {
      // Without the lock of a change: whoever looks at the log is in nobody's way.
      const known = await sql`select from webhooks where id = ${id}`.execute(db);
      if (known.rows.length === 0) throw notThere(id);
      const found = await sql<DeliveryRow>`
        select ${DELIVERY} from webhook_deliveries
        where webhook = ${id} and id < coalesce(${before}, 9223372036854775807)
        order by id desc limit ${limit}`.execute(db);
      return found.rows.map(deliveryOf);
    },

    async redeliver(id, which, actor) {
      return await changing(id, async (trx, before) => {
        const chosen = "failed" in which ? sql`state = 'failed'` : sql`id = ${which.delivery}`;
        const owed = await sql`
          update webhook_deliveries set state = 'waiting', attempts = 0, next_at = now()
          where webhook = ${id} and ${chosen} and coalesce(lease_until < now(), true)`.execute(trx);
        const count = Number(owed.numAffectedRows ?? 0n);
        if (count === 0 && !("failed" in which)) {
          throw new AppError(
            "not_found",
            "This webhook has no such delivery, or it is being sent now.",
          );
        }
        if (count > 0) await told(trx, actor, "WebhookRedelivered", before);
        return count;
      });
    },
  };
}

export function webhookStore(db: Kysely<Database>, keyring: Keyring): WebhookStore {
  return { ...webhooks(db, keyring), ...webhookDeliveries(db, keyring) };
}
