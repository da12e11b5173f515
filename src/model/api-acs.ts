/** What the API says of an ACS; types for server and client alike. */
import type { Members } from "./api.ts";

export interface ApiProbeLevel {
  readonly atOnce: number;
  readonly calls: number;
  readonly wrong: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
}

export interface ApiProbeResult {
  readonly levels: readonly ApiProbeLevel[];
  readonly recommended: number;
  readonly why: string;
}

export interface ApiProbe {
  readonly id: number;
  readonly state: "waiting" | "running" | "done" | "expired";
  readonly askedAt: string;
  readonly levels: readonly ApiProbeLevel[];
  readonly result: ApiProbeResult | null;
}

export interface ApiAcsStatus {
  readonly name: string;
  readonly kind: string;
  readonly address: string;
  readonly mode: string;
  readonly scope: string;
  /** As the record says. */
  readonly concurrency: number;
  /** Percent. */
  readonly dutyCycle: number;
  readonly holder: string | null;
  readonly leaseUntil: string | null;
  readonly statsAt: string | null;
  readonly stats: Members;
  /** Calls at once that are allowed now; null until somebody serves it. */
  readonly limit: number | null;
  readonly closed: { readonly at: string; readonly why: string } | null;
  readonly degraded: readonly { readonly lacks: string; readonly promise: string }[];
  readonly probeDueAt: string | null;
  readonly lastProbe: (ApiProbeResult & { readonly at: string }) | null;
}

export interface ApiAcsCall {
  readonly at: string;
  readonly device: string;
  readonly operation: string;
  readonly class: string;
  readonly tookMs: number;
  /** `answer`, `timeout`, `connection`. */
  readonly outcome: string;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly evidence: string | null;
  readonly changeId: string;
}
