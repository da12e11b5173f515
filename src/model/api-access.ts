/** What the API says of tokens; types for server and client alike. */

export interface ApiToken {
  readonly id: string;
  readonly owner: string;
  readonly scopes: readonly string[];
  /** Empty: from anywhere. */
  readonly networks: readonly string[];
  /** Null: the default. */
  readonly ratePerSecond: number | null;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Exact to a minute. */
  readonly lastUsedAt: string | null;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
}

export interface ApiIssuedToken extends ApiToken {
  /** Shown by the call that made it and never again. */
  readonly token: string;
}

export interface ApiRotatedToken extends ApiIssuedToken {
  /** The older one, with the end that it has now. */
  readonly replaced: ApiToken;
}

export interface ApiKeys {
  /** Oldest first. */
  readonly keys: readonly {
    readonly id: string;
    /** Null: the ring of the server that answers does not have it. */
    readonly createdAt: string | null;
    /** It seals. */
    readonly newest: boolean;
    readonly retiredAt: string | null;
    /** Secrets under it. */
    readonly secrets: number;
  }[];
  readonly rotation: {
    readonly state: "none" | "running" | "done" | "failed";
    readonly rewrapped: number;
    readonly retired: readonly string[];
    readonly message: string | null;
  };
}
