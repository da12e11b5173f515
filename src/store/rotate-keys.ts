/**
 * Rotation of the keys of the ring, while everything goes on.
 *
 * 1. A new key is added to the file, unless one was and the older ones are still there: then this goes on from there.
 * 2. The older keys are retired in the database, which waits for transactions that seal under them. From then on nobody
 *    can (`sealing.ts`), and a server with an older ring reads the file again.
 * 3. The data key of each secret is put under the new key, some rows at a time. The secrets themselves are not opened.
 *    Rows that somebody is writing are passed over and looked at again; what they write is under the new key.
 * 4. When nothing is left under the older keys, they are taken out of the file.
 *
 * The index key is not touched: see `keyring.ts`.
 */
import { sql, type Kysely } from "kysely";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Actor } from "../ports/actor.ts";
import type { KeyStore, KeyView } from "../ports/key-store.ts";
import { addEvents } from "./fleet/events.ts";
import type { Keyring } from "./keyring.ts";
import { rewrapAll } from "./rewrap.ts";
import { SEALED_TABLES } from "./sealed-tables.ts";
import type { Database } from "./tables.ts";
import { transact } from "./transaction.ts";

async function countsByKey(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of SEALED_TABLES) {
    const found = await sql<{ key_id: string; count: number }>`
      select key_id, count(*) as count from ${sql.table(name)} where key_id is not null group by key_id`.execute(
      db,
    );
    for (const { key_id, count } of found.rows)
      counts.set(key_id, (counts.get(key_id) ?? 0) + count);
  }
  return counts;
}

async function viewOf(db: Kysely<Database>, keyring: Keyring): Promise<readonly KeyView[]> {
  const counts = await countsByKey(db);
  const stored = await db.selectFrom("sealing_keys").selectAll().execute();
  const retiredAt = new Map(stored.map((row) => [row.id, row.retired_at]));
  const { keys, newestId } = keyring;
  const elsewhere = [...counts.keys()].filter((id) => !keys.some((key) => key.id === id)).sort();
  return [...keys, ...elsewhere.map((id) => ({ id, created: null }))].map(({ id, created }) => ({
    ...{ id, createdAt: created, newest: id === newestId },
    retiredAt: retiredAt.get(id) ?? null,
    secrets: counts.get(id) ?? 0,
  }));
}

/** Waits for the transactions that seal under them at the moment. */
async function retire(
  db: Kysely<Database>,
  newest: string,
  older: readonly string[],
  actor: Actor,
): Promise<void> {
  await transact(db, async (trx) => {
    const sealing = await sql<{ retired: boolean }>`
      insert into sealing_keys (id) values (${newest})
      on conflict (id) do update set id = excluded.id
      returning retired_at is not null as retired`.execute(trx);
    if (sealing.rows[0]?.retired === true) {
      throw new AppError(
        "bad_config",
        `The newest key of this server's ring, ${newest}, is retired: this is an old copy of the ring. Put the newest one back.`,
      );
    }
    const now = await sql<{ id: string }>`
      insert into sealing_keys (id, retired_at) select unnest(${[...older]}::text[]), now()
      on conflict (id) do update set retired_at = now() where sealing_keys.retired_at is null
      returning id`.execute(trx);
    if (now.rows.length === 0) return;
    const data = { newest, retired: now.rows.map(({ id }) => id).sort() };
    await addEvents(trx, actor, [{ device: null, type: "KeyRotationBegan", data }]);
  });
}

/** A connection of its own holds the lock, so that it is free again when this process dies. */
async function alone<T>(db: Kysely<Database>, work: () => Promise<T>): Promise<T | null> {
  return await db.connection().execute(async (connection) => {
    const LOCK = sql`hashtext('plumbline.keys')`;
    const got = await sql<{ mine: boolean }>`select pg_try_advisory_lock(${LOCK}) as mine`.execute(
      connection,
    );
    if (got.rows[0]?.mine !== true) return null;
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
    }
  });
}

export function keyStore(db: Kysely<Database>, keyring: Keyring): KeyStore {
  return {
    async keys() {
      keyring.reread();
      return await viewOf(db, keyring);
    },

    async unfinished() {
      const ids = keyring.keys.map(({ id }) => id).filter((id) => id !== keyring.newestId);
      if (ids.length === 0) return false;
      const found = await sql`
        select from sealing_keys where id = any(${ids}::text[]) and retired_at is not null limit 1`.execute(
        db,
      );
      return found.rows.length > 0;
    },

    async rotate(actor, told, signal) {
      return await alone(db, async () => {
        keyring.reread();
        if (keyring.keys.length === 1) await keyring.addKey();
        const { newestId } = keyring;
        const retired = keyring.keys.map(({ id }) => id).filter((id) => id !== newestId);
        await retire(db, newestId, retired, actor);
        const rewrapped = await rewrapAll(db, keyring, told, signal);
        if (rewrapped === null) return null;
        const left = await keyring.removeKeys(retired).then(() => null, messageOf);
        await transact(db, async (trx) => {
          const data = { newest: newestId, retired, rewrapped };
          await addEvents(trx, actor, [{ device: null, type: "KeyRotationEnded", data }]);
        });
        return { rewrapped, retired, left };
      });
    },
  };
}
