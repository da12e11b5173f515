/**
 * Signs of life that reach us beside an ACS. A RADIUS session that begins or goes on says that a CPE has power and a line,
 * minutes before an ACS without last contacts would be asked about it; that one ends says nothing, as a Stop may be late,
 * or be the NAS's own.
 */
import type { DeviceId } from "../model/device.ts";

/** Whatever of a device the source names; all of it has to lead to the same one device. */
export interface SignOfLife {
  /** Accounting-Start, -Interim-Update, -Stop. */
  readonly kind: "start" | "interim" | "stop";
  /**
   * How long ago it happened, ms: since it was received, and what the source says it was under way (Acct-Delay-Time). The
   * source's own clock is compared with nothing.
   */
  readonly agoMs: number;
  /** Canonical. */
  readonly device?: DeviceId;
  /** Of a login, as `normalisedUser` of `fraud/sighting.ts` spells it. */
  readonly user?: string;
  /** As an alias of kind `mac` spells it. */
  readonly mac?: string;
}

export interface SignsTaken {
  /** Devices that were away, or something of ours waits for, and that are due now. */
  readonly due: number;
  /** Signs that fit several devices, as when a credential was copied: they move none of them. */
  readonly ambiguous: number;
  /** Signs that fit no device that is known. */
  readonly unknown: number;
}

export interface SignStore {
  /**
   * Notes that these devices are there, and makes those due that are waited for, in class `returning`. A device that its
   * ACS cannot reach while its sessions go on is asked for once an absence, and at a new session ten minutes later at the
   * earliest: otherwise a line without management would cost the ACS a call at each interim (I9). Twice is harmless.
   */
  signsOfLife(signs: readonly SignOfLife[]): Promise<SignsTaken>;
}
