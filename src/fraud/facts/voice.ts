/** Voice: registrations and minutes, where a registrar or call records are connected at all. */
import type { Digest } from "./billing.ts";
import type { Instant } from "./instant.ts";

/** One contact of one voice credential from one network, with every refresh that was seen. */
export interface Registration {
  readonly key: string;
  readonly credential: Digest;
  /** A network, not an address: /24, /56, or the pool of a carrier. */
  readonly network: string;
  /** True: a shared pool (CGNAT, mobile), in which one customer changes networks at will. */
  readonly sharedPool: boolean;
  readonly ofService: boolean;
  /** Ascending; a registration that is not refreshed is a left-over until it runs out. */
  readonly refreshedAt: readonly Instant[];
}

/** Minutes abroad in one clock hour, with the mean of a day over the 30 days before. */
export interface CallHour {
  readonly key: string;
  readonly credential: Digest;
  readonly hourAt: Instant;
  readonly internationalMinutes: number;
  readonly meanMinutesADay: number;
}
