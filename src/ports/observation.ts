/** What was read of a device, as it is stored. */
import type { DeviceFacts } from "../model/device.ts";
import type { Epoch } from "../model/epoch.ts";
import type { Secret } from "../lib/secret.ts";
import type { Snapshot } from "../model/parameter.ts";

/** One logical parameter as it was decoded, without secrets: kind, and value or detail. */
export type DecodedEntry = Readonly<Record<string, unknown>>;

/** What only the answer of this very read can tell; what is remembered beside it says nothing of it. */
export interface Told {
  /** Null: it did not say, or its ACS answered from its memory. */
  readonly uptimeSeconds: number | null;
  /** Secrets that the CPE showed in clear, by what they open; the store keeps keyed digests of them. */
  readonly secrets: readonly {
    readonly opens: "acs" | "connection_request" | "service";
    readonly value: Secret;
  }[];
}

export const NOTHING_TOLD: Told = { uptimeSeconds: null, secrets: [] };

export interface ObservationRecord extends Told {
  readonly readAt: Date;
  readonly mapName: string;
  readonly mapHash: string;
  readonly snapshot: Snapshot;
  readonly decoded: Readonly<Record<string, DecodedEntry>>;
  readonly facts: DeviceFacts;
  readonly changeId: string;
  readonly epoch: Epoch;
  /** User names seen, by logical parameter, normalised; the store keeps keyed digests of them. */
  readonly credentials: readonly { readonly logical: string; readonly normalised: string }[];
}
