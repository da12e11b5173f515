/**
 * A database whose `now()` stands still until a test moves it, for SQL that does not know of it. A schema in front of
 * `pg_catalog` has a `now()` of its own, and the tables are made with it there, so that their defaults are bound to it.
 * It moves inside a transaction too, where PostgreSQL's own stands still.
 */
import { openDatabase, type OpenDatabase } from "../../src/store/database.ts";
import { migrate, migrationsFolder } from "../../src/store/migrate.ts";
import { testDatabase } from "./database.ts";

export interface VirtualNowDatabase extends OpenDatabase {
  /** From here on `now()` is this moment. @param ms since 1970 */
  setNow(ms: number): Promise<void>;
  /** Ends each connection of `db` with this probability, whatever it is at. @returns how many */
  breakConnections(probability: number): Promise<number>;
}

/**
 * Not a function in SQL: under load a server of this version was seen to crash, twice, while such ones ran.
 * A sequence: it is read without a lock and set outside of transactions. The path counts for connections to come.
 */
const CLOCK = `
  create schema sim;
  create sequence sim.clock;
  create function sim.now() returns timestamptz stable language plpgsql
    as 'begin return to_timestamp((select last_value from sim.clock) / 1000.0); end';
  do $$ begin
    execute format('alter database %I set search_path = sim, pg_catalog, public', current_database());
  end $$`;

/** The clock has connections of its own: those of the engine may break. */
const BREAKABLE = "plumbline-engine";

export async function virtualNowDatabase(startMs: number): Promise<VirtualNowDatabase> {
  const database = await testDatabase({ empty: true });
  await database.pool.query(CLOCK);
  const opened = await openDatabase({ connection: database.connection }, { name: BREAKABLE });
  const { db, pool } = opened;
  const setNow = async (ms: number): Promise<void> => {
    await database.pool.query("select setval('sim.clock', $1)", [Math.round(ms)]);
  };
  await setNow(startMs);
  await migrate(db, migrationsFolder());
  return {
    db,
    pool,
    setNow,
    async breakConnections(probability) {
      const { rowCount } = await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = $1 and random() < $2`,
        [BREAKABLE, probability],
      );
      return rowCount ?? 0;
    },
    close: async () => {
      await opened.close();
      await database.close();
    },
  };
}
