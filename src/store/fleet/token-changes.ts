/** Tokens as people make, rotate and revoke them; each change is an event. Times are the database's. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { TokenStore, TokenView } from "../../ports/token-store.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { addEvents } from "./events.ts";

interface ViewRow {
  id: string;
  owner: string;
  scopes: string[];
  networks: string[];
  rate_per_second: number | null;
  created_at: Date;
  created_by: string | null;
  expires_at: Date | null;
  expired: boolean;
  revoked_at: Date | null;
  last_used_at: Date | null;
  replaces: string | null;
  replaced_by: string | null;
}

const VIEW = sql`
  t.id, t.owner, t.scopes, t.networks, t.rate_per_second, t.created_at, t.created_by, t.expires_at, t.revoked_at,
  t.last_used_at, t.replaces, coalesce(t.expires_at <= now(), false) as expired,
  (select n.id from tokens n where n.replaces = t.id) as replaced_by`;

function viewOf(row: ViewRow): TokenView {
  const { id, owner, scopes, networks, replaces } = row;
  return {
    ...{ id, owner, scopes, networks, replaces },
    ratePerSecond: row.rate_per_second,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    replacedBy: row.replaced_by,
  };
}

async function view(trx: Trx, id: string): Promise<ViewRow> {
  const found = await sql<ViewRow>`select ${VIEW} from tokens t where t.id = ${id}`.execute(trx);
  const row = found.rows[0];
  if (row === undefined)
    throw new AppError("not_found", `There is no token ${id}: plumb token list`);
  return row;
}

/** Held while a token changes, so that what is read of it, and of the last admin, stays true until the end. */
async function changing(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.tokens'))`.execute(trx);
}

function refuseEnded({ id, revoked_at, expired, replaced_by }: ViewRow): void {
  const why =
    revoked_at !== null
      ? "is revoked"
      : expired
        ? "has expired"
        : replaced_by === null
          ? null
          : `has the successor ${replaced_by}`;
  if (why === null) return;
  throw new AppError(
    "token_not_current",
    `The token ${id} ${why}, so there is nothing to rotate: make a new one, or rotate its successor.`,
    { details: { successor: replaced_by } },
  );
}

async function refuseLastAdmin(trx: Trx, row: ViewRow): Promise<void> {
  if (row.expired || !row.scopes.includes("admin")) return;
  const others = await sql`
    select from tokens where id <> ${row.id} and 'admin' = any(scopes) and revoked_at is null
      and coalesce(expires_at > now(), true) limit 1`.execute(trx);
  if (others.rows.length > 0) return;
  throw new AppError(
    "last_admin_token",
    `The token ${row.id} is the last one with the scope admin: without it nobody can make another. ` +
      "Make or rotate one first, then revoke this one.",
  );
}

type Changes = Pick<TokenStore, "tokens" | "createToken" | "rotateToken" | "revokeToken">;

export function tokenChanges(db: Kysely<Database>): Changes {
  return {
    async tokens() {
      const found = await sql<ViewRow>`
        select ${VIEW} from tokens t order by t.created_at desc, t.id`.execute(db);
      return found.rows.map(viewOf);
    },

    async createToken(token, actor) {
      const { id, owner, scopes, networks, ratePerSecond, expiresInMs } = token;
      return await transact(db, async (trx) => {
        await sql`
          insert into tokens (id, owner, scopes, hash, networks, rate_per_second, expires_at, created_by)
          values (${id}, ${owner}, ${[...scopes]}::text[], ${Buffer.from(token.hash)}, ${[...networks]}::text[],
                  ${ratePerSecond}, now() + ${expiresInMs}::float8 * interval '1 ms', ${actor.owner})`.execute(
          trx,
        );
        const made = viewOf(await view(trx, id));
        const { expiresAt } = made;
        const data = { id, owner, scopes, networks, ratePerSecond, expiresAt };
        await addEvents(trx, actor, [{ device: null, type: "TokenCreated", data }]);
        return made;
      });
    },

    async rotateToken(id, next, overlapMs, actor) {
      return await transact(db, async (trx) => {
        await changing(trx);
        refuseEnded(await view(trx, id));
        const lives =
          next.expiresInMs === undefined
            ? sql`expires_at - created_at`
            : sql`${next.expiresInMs}::float8 * interval '1 ms'`;
        await sql`
          insert into tokens (id, owner, scopes, hash, networks, rate_per_second, expires_at, created_by, replaces)
          select ${next.id}, owner, scopes, ${Buffer.from(next.hash)}, networks, rate_per_second, now() + (${lives}),
                 ${actor.owner}, id from tokens where id = ${id}`.execute(trx);
        await sql`
          update tokens set expires_at = least(expires_at, now() + ${overlapMs}::float8 * interval '1 ms')
          where id = ${id}`.execute(trx);
        const token = viewOf(await view(trx, next.id));
        const replaced = viewOf(await view(trx, id));
        const data = {
          ...{ id, owner: token.owner, successor: token.id },
          ...{ until: replaced.expiresAt, expiresAt: token.expiresAt },
        };
        await addEvents(trx, actor, [{ device: null, type: "TokenRotated", data }]);
        return { token, replaced };
      });
    },

    async revokeToken(id, actor) {
      return await transact(db, async (trx) => {
        await changing(trx);
        const row = await view(trx, id);
        if (row.revoked_at !== null) return viewOf(row);
        await refuseLastAdmin(trx, row);
        await sql`
          update tokens set revoked_at = now(), revoked_by = ${actor.owner} where id = ${id}`.execute(
          trx,
        );
        const data = { id, owner: row.owner, scopes: row.scopes };
        await addEvents(trx, actor, [{ device: null, type: "TokenRevoked", data }]);
        return viewOf(await view(trx, id));
      });
    },
  };
}
