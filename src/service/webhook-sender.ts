/**
 * Sends what is owed to webhooks. Each receiver has a lane of its own, so a slow one holds up nobody else, and several
 * processes share the work by leases: a process that dies leaves its deliveries to the next one, which sends them again. So
 * each event is delivered at least once, and by the same `webhook-id`.
 */
import { messageOf as textOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { Outbound } from "../ports/outbound.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { DueDelivery, WebhookStore } from "../ports/webhook-store.ts";
import { isWanted, messageOf } from "./webhook-message.ts";
import { afterAttempt } from "./webhook-retry.ts";
import { signatureOf } from "./webhook-signature.ts";

const POLL_MS = 1_000;
/** At once to one receiver. */
const AT_ONCE = 4;
/** Longer than any attempt takes. */
const LEASE_MS = 60_000;

export interface SenderDeps {
  readonly store: WebhookStore;
  readonly outbound: Outbound;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Others than those of the program, for a test. */
  readonly pace?: {
    readonly pollMs: number;
    readonly leaseMs: number;
    readonly waits: readonly number[];
  };
}

export interface WebhookSender {
  /** Ends after the attempts at hand. */
  stop(): Promise<void>;
}

export function startWebhookSender(deps: SenderDeps): WebhookSender {
  const { store, outbound, telemetry, clock, random, pace } = deps;
  const ended = new AbortController();
  const lanes = new Map<string, Promise<void>>();

  const attempt = async ({
    id,
    messageId,
    url,
    allowPrivate,
    body,
    attempts,
    secrets,
  }: DueDelivery) => {
    const timestamp = Math.floor(clock.now().getTime() / 1_000);
    const begunMs = clock.monotonicMs();
    const answer = await outbound.post({
      ...{ url, body, allowPrivate },
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "plumbline",
        "webhook-id": messageId,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signatureOf(messageId, timestamp, body, secrets),
      },
    });
    const end = afterAttempt(answer, attempts, random(), pace?.waits);
    await store.settleDelivery(id, end, clock.monotonicMs() - begunMs);
  };

  const lane = async (webhook: string): Promise<void> => {
    while (!ended.signal.aborted) {
      const due = await store.claimDeliveries(webhook, AT_ONCE, pace?.leaseMs ?? LEASE_MS);
      if (due.length === 0) return;
      await Promise.all(due.map(attempt));
    }
  };

  const look = async (): Promise<void> => {
    await store.fanOut((event, types) => {
      const message = messageOf(event);
      return isWanted(message.type, types) ? message : null;
    });
    for (const webhook of await store.dueWebhooks()) {
      if (lanes.has(webhook)) continue;
      const running = lane(webhook)
        .catch(complain)
        .finally(() => lanes.delete(webhook));
      lanes.set(webhook, running);
    }
  };

  // A database that is away is one complaint and not one a second.
  let complaint = "";
  const complain = (error: unknown): void => {
    const text = `webhooks are not sent for now: ${textOf(error)}`;
    if (text !== complaint) telemetry.log("warn", text);
    complaint = text;
  };
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await look().catch(complain);
      await clock.sleep(pace?.pollMs ?? POLL_MS, ended.signal);
    }
    await Promise.all(lanes.values());
  };
  const running = loop();
  return {
    async stop() {
      ended.abort();
      await running;
    },
  };
}
