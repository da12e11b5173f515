/** What people see of an ACS and ask of it. Reads and one kind of request; nothing here calls an ACS. */
import type { Actor } from "./actor.ts";
import type { ApiAcsCall, ApiProbe } from "../model/api-acs.ts";
import type { ProbeResult } from "../model/probe.ts";
import type { ProbeSpec } from "./slot-store.ts";
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

export type CallView = ApiAcsCall<Date>;

export interface CallQuery {
  readonly acs: string;
  /** A canonical id. */
  readonly device: string | null;
  readonly faultsOnly: boolean;
  readonly limit: number;
}

export type RequestView = ApiProbe<Date>;

export interface AcsStore {
  acsView(name: string): Promise<AcsView | null>;
  /** Devices that are kept known by reads: managed, and not away. */
  devicesRead(acs: string): Promise<number>;
  /** Newest first. */
  calls(query: CallQuery): Promise<readonly CallView[]>;
  askProbe(acs: string, spec: ProbeSpec, actor: Actor): Promise<number>;
  request(acs: string, id: number): Promise<RequestView | null>;
}
