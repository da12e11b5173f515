/**
 * The lives of a device: a factory reset, another firmware or other hardware begins a new one, and what was remembered of
 * the old one is not known any more. A reboot or a power cut begins none.
 */
import type { DeviceFacts } from "./device.ts";

/** Null is not known, and differs from nothing. */
export interface Epoch {
  /** When its ACS last saw it bootstrap, in the words of that ACS; empty is never. */
  readonly bootstrapped: string | null;
  readonly hardware: string | null;
  readonly software: string | null;
}

export function epochOf(
  facts: Pick<DeviceFacts, "hardwareVersion" | "softwareVersion">,
  bootstrapped: string | null,
): Epoch {
  const { hardwareVersion: hardware, softwareVersion: software } = facts;
  return { bootstrapped, hardware, software };
}

/** Did another life begin between the two? */
export function isNewEpoch(before: Epoch | null, now: Epoch): boolean {
  if (before === null) return false;
  const turned = (one: string | null, other: string | null): boolean =>
    one !== null && other !== null && one !== other;
  return (
    turned(before.bootstrapped, now.bootstrapped) ||
    turned(before.hardware, now.hardware) ||
    turned(before.software, now.software)
  );
}
