/** What the API says of webhooks; types for server and client alike. */

export interface ApiWebhook {
  readonly id: string;
  readonly owner: string;
  readonly url: string;
  /** Empty: all but those about tokens, keys and webhooks. */
  readonly types: readonly string[];
  readonly allowPrivate: boolean;
  readonly createdAt: string;
  readonly secrets: readonly { readonly version: number; readonly expiresAt: string | null }[];
  readonly waiting: number;
  readonly failingSince: string | null;
  readonly disabled: { readonly at: string; readonly why: string } | null;
  /** Only in the answer of the call that made it. */
  readonly secret?: string;
}

export interface ApiDelivery {
  readonly id: string;
  /** Id in `GET /v1/events`; null: a test. */
  readonly event: string | null;
  readonly type: string;
  readonly state: "waiting" | "delivered" | "failed";
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly madeAt: string;
  readonly lastAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly lastMs: number | null;
}

export interface ApiRedelivered {
  /** How many are sent again. */
  readonly deliveries: number;
}
