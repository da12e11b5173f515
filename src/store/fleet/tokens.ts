/** Tokens by the hash of their text; the text itself was shown once and is nowhere. */
import { sql, type Kysely } from "kysely";
import type { TokenRow, TokenStore } from "../../ports/token-store.ts";
import type { Database } from "../tables.ts";

/** How often `last_used_at` is written at most: it is for finding forgotten tokens, and a write for each call costs. */
const USE_NOTED_EVERY = "1 minute";

interface Found {
  id: string;
  owner: string;
  scopes: string[];
  expires_at: Date | null;
  revoked: boolean;
  networks: string[];
  rate_per_second: number | null;
  use_due: boolean;
}

/** One that is locked is being rotated or revoked, or its use is being noted by another: nobody waits for that. */
async function noteUse(db: Kysely<Database>, id: string): Promise<void> {
  await sql`
    update tokens set last_used_at = now()
    where id = (select id from tokens where id = ${id} for update skip locked)`.execute(db);
}

type TokenVerbs = Pick<TokenStore, "tokenByHash" | "addToken" | "firstToken">;

export function tokens(db: Kysely<Database>): TokenVerbs {
  return {
    async tokenByHash(hash): Promise<TokenRow | null> {
      // An expired or revoked token is an answer too: the caller says which of them it was.
      const found = await sql<Found>`
        select id, owner, scopes, expires_at, revoked_at is not null as revoked, networks, rate_per_second,
          revoked_at is null and coalesce(last_used_at < now() - ${USE_NOTED_EVERY}::interval, true) as use_due
        from tokens where hash = ${Buffer.from(hash)}`.execute(db);
      const row = found.rows[0];
      if (row === undefined) return null;
      // Not waited for: a use that is not noted is noted by the next one.
      if (row.use_due) void noteUse(db, row.id).catch(() => undefined);
      const { id, owner, scopes, revoked, networks } = row;
      return {
        ...{ id, owner, scopes, revoked, networks },
        expiresAt: row.expires_at,
        ratePerSecond: row.rate_per_second,
      };
    },

    async addToken(token) {
      const { id, owner, scopes, hash, expiresAt, ratePerSecond = null } = token;
      await db
        .insertInto("tokens")
        .values({
          id,
          owner,
          scopes: [...scopes],
          hash: Buffer.from(hash),
          expires_at: expiresAt,
          rate_per_second: ratePerSecond,
        })
        .execute();
    },

    async firstToken(make) {
      return await db.transaction().execute(async (trx) => {
        // Freed at the end of the transaction; the second process then sees the first one's token.
        await sql`select pg_advisory_xact_lock(hashtext('plumbline.first-token'))`.execute(trx);
        const any = await trx.selectFrom("tokens").select("id").limit(1).executeTakeFirst();
        if (any !== undefined) return false;
        const { id, owner, scopes, hash } = await make();
        await trx
          .insertInto("tokens")
          .values({ id, owner, scopes: [...scopes], hash: Buffer.from(hash) })
          .execute();
        return true;
      });
    },
  };
}
