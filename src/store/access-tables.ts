/** The tables of tokens and keys; what they mean stands in their migration. */
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
  sealing_keys: { id: string; first_used_at: DefaultNow; retired_at: Date | null };
}
