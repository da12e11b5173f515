/**
 * One RADIUS packet as the misuse rules and the signs of life see it: normalised, without any secret, and with every time
 * and identity marked by how far it can be trusted. Null is "the packet did not say"; nothing here is guessed.
 */

export type RadiusKind =
  | "start"
  | "interim"
  | "stop"
  /** Accounting-On and -Off: facts of the NAS, not of a session. */
  | "nas_on"
  | "nas_off"
  | "accept"
  | "reject"
  /** Post-auth whose verdict was not sent along. */
  | "login";

export interface RadiusEvent {
  /** The same for every transmission of one packet. */
  readonly key: string;
  readonly kind: RadiusKind;
  /** By the NAS's clock, as it was sent. */
  readonly at: Date;
  /** `at` is our time of receipt, less the delay that the packet names: it orders nothing. */
  readonly estimated: boolean;
  readonly receivedAt: Date;
  /**
   * As `normalisedUser` makes it. `outer`: the identity outside a tunnel, which is not the credential. Null: no user name,
   * or one that is no text.
   */
  readonly user: { readonly normalised: string; readonly outer: boolean } | null;
  /** 12 lower-case hex digits; null: none, or unparsed, which is never a mismatch. */
  readonly mac: string | null;
  /** As it stood there, for the evidence; bytes that are no text as hex. */
  readonly macRaw: string | null;
  readonly nas: {
    /** NAS-Identifier, else NAS-IP-Address as claimed. */
    readonly name: string | null;
    readonly claimedAddress: string | null;
    /** Where the packet came from, as the RADIUS server saw it. */
    readonly sourceAddress: string | null;
  };
  readonly line: {
    readonly portId: string | null;
    readonly circuitId: string | null;
    readonly baseStation: string | null;
  };
  readonly session: {
    readonly id: string | null;
    readonly unique: string | null;
    readonly multi: string | null;
    /** Class and Chargeable-User-Identity, as hex: they join an inner login with its outer session. */
    readonly class: string | null;
    readonly chargeable: string | null;
    readonly seconds: number | null;
    /** Running totals, Gigawords included. */
    readonly inOctets: bigint | null;
    readonly outOctets: bigint | null;
    readonly framedAddress: string | null;
    readonly terminateCause: string | null;
  };
}
