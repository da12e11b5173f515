/** What people see of an ACS and ask of it. Reads and one kind of request; nothing here calls an ACS. */
import type { Actor } from "./actor.ts";
import type { ProbeLevel, ProbeResult, ProbeSpec } from "./slot-store.ts";
import type { SlotStats } from "./engine-store.ts";

export interface AcsView {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Null: nobody serves it. */
  readonly holder: string | null;
  readonly leaseUntil: Date | null;
  readonly statsAt: Date | null;
  /** Empty until somebody has served it. */
  readonly stats: Partial<SlotStats>;
  /** Under the record as it stands now. */
  readonly closed: { readonly at: Date; readonly why: string } | null;
  readonly probeDueAt: Date | null;
  readonly lastProbe: { readonly at: Date; readonly result: ProbeResult } | null;
}

export interface CallView {
  readonly at: Date;
  readonly device: string;
  readonly operation: string;
  readonly class: string;
  readonly tookMs: number;
  readonly outcome: string;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly evidence: string | null;
  readonly changeId: string;
}

export interface CallQuery {
  readonly acs: string;
  /** A canonical id. */
  readonly device: string | null;
  readonly faultsOnly: boolean;
  readonly limit: number;
}

export interface RequestView {
  readonly id: number;
  readonly state: "waiting" | "running" | "done" | "expired";
  readonly askedAt: Date;
  readonly levels: readonly ProbeLevel[];
  readonly result: ProbeResult | null;
}

export interface AcsStore {
  acsView(name: string): Promise<AcsView | null>;
  /** Newest first. */
  calls(query: CallQuery): Promise<readonly CallView[]>;
  askProbe(acs: string, spec: ProbeSpec, actor: Actor): Promise<number>;
  request(acs: string, id: number): Promise<RequestView | null>;
}
