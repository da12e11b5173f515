/** What the API says of why a device is as it is; types for server and client alike. */
import type { ApiDeviceDetail } from "./api.ts";

/**
 * When it is its turn.
 *
 * @see `reconcile/estimate.ts`
 */
export type ApiNext =
  | { readonly kind: "nothing" | "now" }
  | { readonly kind: "blocked"; readonly at: string | null }
  | { readonly kind: "offline"; readonly everyMs: number | null }
  | { readonly kind: "notBefore"; readonly at: string }
  | { readonly kind: "range"; readonly from: string; readonly to: string };

export interface ApiWhy {
  readonly device: ApiDeviceDetail;
  /** When what was read is too old to be believed; null: never read. */
  readonly freshUntil: string | null;
  /** What keeps it from being served or written, in order; `next` is the command that ends it. */
  readonly keeps: readonly {
    readonly what: string;
    readonly detail: string;
    readonly next: string;
    readonly wholly: boolean;
  }[];
  readonly next: ApiNext;
  /** Measured at its ACS, each null where it was not yet: devices a minute over the last 15, and ms of a call. */
  readonly rate: {
    readonly perMinute: number | null;
    readonly callP50Ms: number | null;
    readonly callP90Ms: number | null;
  };
  /** When a read was asked that waits in the ACS for the next Inform. */
  readonly readWaitsSince: string | null;
  /** Newest first, the last few. */
  readonly changes: readonly {
    readonly changeId: string;
    readonly fields: readonly string[];
    readonly step: number;
    readonly steps: number;
    readonly reason: string;
    readonly sentAt: string;
    readonly outcome: string | null;
    readonly outcomeDetail: string | null;
    readonly verdict: string | null;
  }[];
}
