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
