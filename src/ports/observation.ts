/** What was read of a device, as it is stored. */
import type { DeviceFacts } from "../model/device.ts";
import type { Epoch } from "../model/epoch.ts";
import type { Snapshot } from "../model/parameter.ts";

/** One logical parameter as it was decoded, without secrets: kind, and value or detail. */
export type DecodedEntry = Readonly<Record<string, unknown>>;

export interface ObservationRecord {
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
