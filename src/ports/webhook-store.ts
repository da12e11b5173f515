/** Webhooks, what is owed to each, and what became of it. */
import type { Secret } from "../lib/secret.ts";
import type { Actor } from "./actor.ts";
import type { FeedEvent } from "./feed-store.ts";

export interface WebhookView {
  readonly id: string;
  readonly owner: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly allowPrivate: boolean;
  readonly createdAt: Date;
  /** When each signing secret ends; null: it is the one of now. */
  readonly secrets: readonly { readonly version: number; readonly expiresAt: Date | null }[];
  /** Deliveries that are owed. */
  readonly waiting: number;
  readonly failingSince: Date | null;
  readonly disabled: { readonly at: Date; readonly why: string } | null;
}

export interface DeliveryView {
  readonly id: number;
  /** Number in the feed; null: a test. */
  readonly event: number | null;
  readonly type: string;
  readonly state: "waiting" | "delivered" | "failed";
  readonly attempts: number;
  /** Null unless it waits. */
  readonly nextAt: Date | null;
  readonly madeAt: Date;
  readonly lastAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly lastMs: number | null;
}

/** One that this process sends now, and nobody else until the lease ends. */
export interface DueDelivery {
  readonly id: number;
  /** The same in every attempt, and in a redelivery: receivers know by it what they have. */
  readonly messageId: string;
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly body: string;
  /** With the one that begins. */
  readonly attempts: number;
  /** Newest first. */
  readonly secrets: readonly Secret[];
}

export type AttemptEnd =
  | { readonly kind: "delivered"; readonly status: number }
  | {
      readonly kind: "again";
      readonly status: number | null;
      readonly why: string;
      readonly inMs: number;
      /** How long nothing at all is sent to this receiver. */
      readonly slowMs: number;
    }
  | { readonly kind: "failed"; readonly status: number | null; readonly why: string }
  /** The receiver says that it is gone for good. */
  | { readonly kind: "gone"; readonly status: number };

export interface WebhookStore {
  webhooks(): Promise<readonly WebhookView[]>;
  /** From the next event on. */
  createWebhook(
    webhook: {
      readonly id: string;
      readonly url: string;
      readonly types: readonly string[];
      readonly allowPrivate: boolean;
      readonly secret: Secret;
    },
    actor: Actor,
  ): Promise<WebhookView>;
  /** With its deliveries. @throws `not_found` */
  deleteWebhook(id: string, actor: Actor): Promise<void>;
  /** The older ones end after the overlap. @throws `not_found` */
  rotateSigningSecret(
    id: string,
    secret: Secret,
    overlapMs: number,
    actor: Actor,
  ): Promise<WebhookView>;
  /** One that was disabled; it goes on with what it missed, as far as that is kept. @throws `not_found` */
  enableWebhook(id: string, actor: Actor): Promise<WebhookView>;
  /** Owes it a message that is no event. @throws `not_found` */
  testWebhook(id: string, type: string, body: string): Promise<DeliveryView>;
  /** Newest first. @throws `not_found` */
  deliveries(
    id: string,
    query: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly DeliveryView[]>;
  /** Owes one, or all that failed, once more from the first attempt on. @returns how many @throws `not_found` */
  redeliver(
    id: string,
    which: { readonly delivery: number } | { readonly failed: true },
    actor: Actor,
  ): Promise<number>;

  // for the sender
  /** Owes to each webhook what happened since the last time and it wants. */
  fanOut(messageOf: (event: FeedEvent, types: readonly string[]) => Owed | null): Promise<void>;
  /** Webhooks to which something may be sent now. */
  dueWebhooks(): Promise<readonly string[]>;
  claimDeliveries(webhook: string, limit: number, leaseMs: number): Promise<readonly DueDelivery[]>;
  /** Disables the webhook that is gone, or for which every attempt failed for three days. */
  settleDelivery(id: number, end: AttemptEnd, tookMs: number): Promise<void>;
}

export interface Owed {
  readonly type: string;
  readonly body: string;
}
