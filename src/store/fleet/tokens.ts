/** Tokens by the hash of their text; the text itself was shown once and is nowhere. */
import { sql, type Kysely } from "kysely";
import type { FleetStore } from "../../ports/fleet-store.ts";
import type { Database } from "../tables.ts";

/** How often `last_used_at` is written at most: it is for finding forgotten tokens, and a write for each call costs. */
const USE_NOTED_EVERY = "1 minute";

interface Found {
  id: string;
  owner: string;
  scopes: string[];
  expires_at: Date | null;
  revoked: boolean;
}

type TokenVerbs = Pick<FleetStore, "tokenByHash" | "addToken" | "firstToken">;

export function tokens(db: Kysely<Database>): TokenVerbs {
  return {
    async tokenByHash(hash) {
      // An expired or revoked token is an answer too: the caller says which of them it was.
      const found = await sql<Found>`
        with used as (
          update tokens set last_used_at = now()
          where hash = ${Buffer.from(hash)} and revoked_at is null
            and (last_used_at is null or last_used_at < now() - ${USE_NOTED_EVERY}::interval))
        select id, owner, scopes, expires_at, revoked_at is not null as revoked
        from tokens where hash = ${Buffer.from(hash)}`.execute(db);
      const row = found.rows[0];
      if (row === undefined) return null;
      const { id, owner, scopes, revoked } = row;
      return { id, owner, scopes, expiresAt: row.expires_at, revoked };
    },

    async addToken(token) {
      const { id, owner, scopes, hash, expiresAt } = token;
      await db
        .insertInto("tokens")
        .values({
          id,
          owner,
          scopes: [...scopes],
          hash: Buffer.from(hash),
          expires_at: expiresAt,
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
