/** Tokens as the store keeps them: by the hash of their text, which is nowhere. */
import type { Actor } from "./actor.ts";

export interface TokenRow {
  readonly id: string;
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revoked: boolean;
  /** CIDR; empty: from anywhere. */
  readonly networks: readonly string[];
  /** Null: the default of the program. */
  readonly ratePerSecond: number | null;
}

/** What is shown of one. */
export interface TokenView extends Omit<TokenRow, "revoked"> {
  readonly createdAt: Date;
  /** Null: the program's own first one, and those of its own commands. */
  readonly createdBy: string | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** The one that it took the place of. */
  readonly replaces: string | null;
  readonly replacedBy: string | null;
}

/** A new secret and what stands beside it. */
export interface NewToken {
  readonly id: string;
  readonly hash: Uint8Array;
}

export interface TokenStore {
  /** Also one that is expired or revoked. That it was used is noted apart, and holds nothing up. */
  tokenByHash(hash: Uint8Array): Promise<TokenRow | null>;
  addToken(
    token: NewToken & {
      readonly owner: string;
      readonly scopes: readonly string[];
      readonly expiresAt: Date | null;
      readonly ratePerSecond?: number | null;
    },
  ): Promise<void>;
  /** Runs `make` under a lock when no token exists; two processes that start together make one. */
  firstToken(
    make: () => Promise<{ id: string; owner: string; scopes: readonly string[]; hash: Uint8Array }>,
  ): Promise<boolean>;

  /** Newest first. */
  tokens(): Promise<readonly TokenView[]>;
  createToken(
    token: NewToken & {
      readonly owner: string;
      readonly scopes: readonly string[];
      readonly networks: readonly string[];
      readonly ratePerSecond: number | null;
      /** Null: never. */
      readonly expiresInMs: number | null;
    },
    actor: Actor,
  ): Promise<TokenView>;
  /**
   * A successor with the same owner, scopes and networks; the older one ends after the overlap, or sooner where it would
   * have ended sooner.
   *
   * @param expiresInMs of the successor; left out, it lives as long as the older one was made for
   * @throws `not_found`; `token_not_current` for one that is revoked, expired, or has a successor
   */
  rotateToken(
    id: string,
    next: NewToken & { readonly expiresInMs?: number },
    overlapMs: number,
    actor: Actor,
  ): Promise<{ readonly token: TokenView; readonly replaced: TokenView }>;
  /** Again: the same answer. @throws `not_found`; `last_admin_token` */
  revokeToken(id: string, actor: Actor): Promise<TokenView>;
}
