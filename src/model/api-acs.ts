/** What the API says of an ACS; types for server and client alike. */
import type { Members } from "./api.ts";
import type { ProbeLevel, ProbeResult } from "./probe.ts";

/** @template At a moment: text on the wire, a date inside */
export interface ApiProbe<At = string> {
  readonly id: number;
  /** `expired`: no holder took it in time. */
  readonly state: "waiting" | "running" | "done" | "expired";
  readonly askedAt: At;
  readonly levels: readonly ProbeLevel[];
  readonly result: ProbeResult | null;
}

/** Of reads that nobody waits for. */
export interface ApiReadLimits {
  readonly perHour: number | null;
  /** `22:00-06:00 Africa/Johannesburg`. */
  readonly hours: string | null;
  /** When the hours begin or end next; null without hours. */
  readonly changesAt: string | null;
  readonly open: boolean;
  /** Managed and not away. */
  readonly devices: number;
  /** The limits cannot keep so many devices known. */
  readonly warning: string | null;
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
  /** Null: not limited. */
  readonly reads: ApiReadLimits | null;
  readonly probeDueAt: string | null;
  readonly lastProbe: (ProbeResult & { readonly at: string }) | null;
}

/** @template At a moment: text on the wire, a date inside */
export interface ApiAcsCall<At = string> {
  readonly at: At;
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
