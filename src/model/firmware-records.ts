/** What the store hands to the engine of firmware: images, windows, and what a device was told to fetch. */
import type { Hop } from "./parameter.ts";

/** A `FirmwareImage` record as it stands now. */
export interface FirmwareImage {
  readonly name: string;
  /** Which devices it is made for; selector text. */
  readonly selector: string;
  readonly version: string;
  readonly url: string;
  readonly fileName: string;
  /** As CWMP spells it. */
  readonly fileType: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Versions over which it may be installed; null: over any. */
  readonly mayFollow: readonly string[] | null;
}

/** A time in which changes that disturb may run. */
export interface Window {
  readonly opensAt: Date;
  readonly closesAt: Date;
}

/** What is known of a firmware that a device was told to fetch. */
export interface DownloadIntent {
  /** As it was when it was sent: the record may say something else by now. */
  readonly hop: Hop;
  /** When a read first showed the new version, after a boot newer than the download. */
  readonly seenAt: Date | null;
}
