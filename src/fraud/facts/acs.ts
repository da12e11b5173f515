/** What a CPE showed through its ACS: one sighting for each Inform or read that said anything of use here. */
import type { Digest, Mac, Serial } from "./billing.ts";
import type { Instant } from "./instant.ts";

export interface Sighting {
  /** The same for every copy of this sighting. */
  readonly key: string;
  readonly serial: Serial;
  readonly oui: string | null;
  /** By the clock of our database: a CPE's own clock says nothing. */
  readonly at: Instant;
  /** The CPE spoke at this moment; false: the ACS answered from its memory, and `at` is when the memory was made. */
  readonly live: boolean;
  readonly wanMacs: readonly Mac[];
  /** Digest of the configured user name; null: unread, unreadable or empty. */
  readonly credential: Digest | null;
  /** By what the secret opens; empty and masked texts are left out by the caller, as they are unreadable and never equal. */
  readonly secrets: readonly {
    readonly opens: "acs" | "connection_request" | "service";
    readonly digest: Digest;
  }[];
  /** Where the Inform came from, as the ACS saw it; null: not told. */
  readonly sourceAddress: string | null;
  /** Site of that address where the network knows it; null: a shared or mobile pool, or unknown. */
  readonly sourceSite: string | null;
  readonly uptimeSeconds: number | null;
  /** Inform events such as `0 BOOTSTRAP`, `1 BOOT`. */
  readonly events: readonly string[];
  readonly firmware: string | null;
}

/** When the box booted by its own uptime. Zero is what boxes say that do not know it yet. */
export function bootedAt({ at, uptimeSeconds }: Sighting): Instant | null {
  return uptimeSeconds === null || uptimeSeconds <= 0 ? null : at - uptimeSeconds * 1_000;
}

export function saysBoot({ events }: Sighting): boolean {
  return events.some((event) => event.includes("BOOT"));
}

/** It began anew: out of the factory, or reset to it. */
export function saysBootstrap({ events }: Sighting): boolean {
  return events.some((event) => event.includes("BOOTSTRAP"));
}
