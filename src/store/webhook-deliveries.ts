/** What is owed to receivers, for the sender: made from the feed, claimed with a lease, settled. By the database's clock. */
import { sql, type Kysely } from "kysely";
import type { Actor } from "../ports/actor.ts";
import type { AttemptEnd, WebhookStore } from "../ports/webhook-store.ts";
import { feedRows, numberEvents } from "./feed.ts";
import { addEvents } from "./fleet/events.ts";
import type { Keyring } from "./keyring.ts";
import type { Database } from "./tables.ts";
import { transact, type Trx } from "./transaction.ts";
import { signingSecrets } from "./webhook-secrets.ts";

/** Events that one transaction looks through for one webhook. */
const EVENTS_AT_ONCE = 500;
/** After so long without a success a person has to look. */
const FAILING_FOR = "3 days";
const PROGRAM: Actor = { owner: "controller", tokenId: "", requestId: "" };

type SenderVerbs = Pick<
  WebhookStore,
  "fanOut" | "dueWebhooks" | "claimDeliveries" | "settleDelivery"
>;
type MessageOf = Parameters<WebhookStore["fanOut"]>[0];

/** @returns whether there may be more; one webhook is served by one process at a time */
async function fanOutTo(trx: Trx, id: string, messageOf: MessageOf): Promise<boolean> {
  const found = await sql<{ types: string[]; seen: number; newest: number }>`
    select w.types, w.seen_seq as seen, h.seq as newest from webhooks w, event_head h
    where w.id = ${id} and w.disabled_at is null for update of w skip locked`.execute(trx);
  const row = found.rows[0];
  if (row === undefined || row.seen >= row.newest) return false;
  const through = Math.min(row.newest, row.seen + EVENTS_AT_ONCE);
  const chosen = { limit: EVENTS_AT_ONCE, selector: null, access: true, findings: true };
  const owed = (await feedRows(trx, row.seen, through, chosen)).flatMap((event) => {
    const message = messageOf(event, row.types);
    return message === null ? [] : [{ seq: event.seq, ...message }];
  });
  if (owed.length > 0) {
    await sql`
      insert into webhook_deliveries (webhook, seq, type, body)
      select ${id}, o.seq, o.type, o.body
      from jsonb_to_recordset(${JSON.stringify(owed)}::jsonb) as o(seq bigint, type text, body text)
      order by o.seq
      on conflict do nothing`.execute(trx);
  }
  await sql`update webhooks set seen_seq = ${through} where id = ${id}`.execute(trx);
  return through < row.newest;
}

async function disable(trx: Trx, id: string, why: string): Promise<void> {
  const done = await sql`
    update webhooks set disabled_at = now(), disabled_why = ${why}
    where id = ${id} and disabled_at is null`.execute(trx);
  if (done.numAffectedRows !== 1n) return;
  await addEvents(trx, PROGRAM, [{ device: null, type: "WebhookDisabled", data: { id, why } }]);
}

async function settle(trx: Trx, id: number, end: AttemptEnd, tookMs: number): Promise<void> {
  const { status } = end;
  const error = end.kind === "delivered" ? null : end.kind === "gone" ? "answered 410" : end.why;
  const inMs = end.kind === "again" ? end.inMs : 0;
  const state =
    end.kind === "delivered" ? "delivered" : end.kind === "failed" ? "failed" : "waiting";
  const settled = await sql<{ webhook: string }>`
    update webhook_deliveries
    set state = ${state}, lease_until = null, next_at = now() + ${inMs}::float8 * interval '1 ms',
        last_at = now(), last_status = ${status}, last_error = ${error}, last_ms = ${Math.round(tookMs)}
    where id = ${id} returning webhook`.execute(trx);
  const webhook = settled.rows[0]?.webhook;
  if (webhook === undefined) return; // deleted meanwhile
  if (end.kind === "delivered") {
    await sql`
      update webhooks set failing_since = null, slow_until = null
      where id = ${webhook} and (failing_since is not null or slow_until is not null)`.execute(trx);
    return;
  }
  const slowMs = end.kind === "again" ? end.slowMs : 0;
  const failing = await sql<{ long: boolean }>`
    update webhooks
    set failing_since = coalesce(failing_since, now()),
        slow_until = greatest(slow_until, now() + ${slowMs}::float8 * interval '1 ms')
    where id = ${webhook}
    returning failing_since < now() - ${FAILING_FOR}::interval as long`.execute(trx);
  if (end.kind === "gone") await disable(trx, webhook, "the receiver answered 410: it is gone");
  else if (failing.rows[0]?.long === true)
    await disable(trx, webhook, `every attempt failed for ${FAILING_FOR}`);
}

export function webhookDeliveries(db: Kysely<Database>, keyring: Keyring): SenderVerbs {
  return {
    async fanOut(messageOf) {
      await numberEvents(db);
      const behind = await sql<{ id: string }>`
        select w.id from webhooks w, event_head h where w.disabled_at is null and w.seen_seq < h.seq`.execute(
        db,
      );
      for (const { id } of behind.rows) {
        while (await transact(db, (trx) => fanOutTo(trx, id, messageOf)));
      }
    },

    async dueWebhooks() {
      const found = await sql<{ id: string }>`
        select w.id from webhooks w
        where w.disabled_at is null and coalesce(w.slow_until <= now(), true)
          and exists (select from webhook_deliveries d
                      where d.webhook = w.id and d.state = 'waiting' and d.next_at <= now()
                        and coalesce(d.lease_until < now(), true))`.execute(db);
      return found.rows.map(({ id }) => id);
    },

    async claimDeliveries(webhook, limit, leaseMs) {
      // First: a claim that cannot be signed would use up an attempt.
      const secrets = await signingSecrets(db, keyring, webhook);
      const claimed = await sql<{
        id: number;
        seq: number | null;
        body: string;
        attempts: number;
        url: string;
        allow_private: boolean;
      }>`
        update webhook_deliveries d
        set lease_until = now() + ${leaseMs}::float8 * interval '1 ms', attempts = d.attempts + 1
        from webhooks w
        where w.id = d.webhook and w.id = ${webhook} and w.disabled_at is null
          and coalesce(w.slow_until <= now(), true)
          and d.id in (select id from webhook_deliveries
                       where webhook = ${webhook} and state = 'waiting' and next_at <= now()
                         and coalesce(lease_until < now(), true)
                       order by next_at, id limit ${limit} for update skip locked)
        returning d.id, d.seq, d.body, d.attempts, w.url, w.allow_private`.execute(db);
      return claimed.rows
        .map(({ id, seq, body, attempts, url, allow_private: allowPrivate }) => ({
          ...{ id, body, attempts, url, allowPrivate, secrets },
          messageId: seq === null ? `test_${id}` : `evt_${seq}`,
        }))
        .sort((a, b) => a.id - b.id);
    },

    async settleDelivery(id, end, tookMs) {
      await transact(db, (trx) => settle(trx, id, end, tookMs));
    },
  };
}
