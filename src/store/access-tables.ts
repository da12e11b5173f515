/** The tables of tokens, keys and webhooks; what they mean stands in their migration. */
import type { ColumnType, Generated } from "kysely";

type DefaultNow = ColumnType<Date, Date | undefined, Date>;

export interface AccessTables {
  tokens: {
    id: string;
    owner: string;
    scopes: string[];
    hash: Buffer;
    created_at: DefaultNow;
    expires_at: Date | null;
    revoked_at: Date | null;
    last_used_at: Date | null;
    networks: Generated<string[]>;
    rate_per_second: number | null;
    replaces: string | null;
    created_by: string | null;
    revoked_by: string | null;
  };
  webhook_secrets: {
    webhook: string;
    version: number;
    key_id: string;
    sealed_key: Buffer;
    sealed: Buffer;
    created_at: DefaultNow;
    expires_at: Date | null;
  };
  sealing_keys: { id: string; first_used_at: DefaultNow; retired_at: Date | null };
}
