/**
 * A real PostgreSQL on a virtual clock: `now()` in our SQL, and in the defaults of the schema, is the clock's time. The
 * function stands before the system's own in the search path, so nothing that is tested knows of it.
 */
import { migrate, migrationsFolder } from "../../src/store/migrate.ts";
import { testDatabase, type TestDatabase } from "./database.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const TIME = `
  create schema sim;
  create sequence sim.clock;
  create function sim.now() returns timestamptz language sql stable
    as 'select pg_catalog.to_timestamp(last_value / 1000.0) from sim.clock'`;

/** Turns of the event loop without any work until nothing more can come of the last one. */
const QUIET_TURNS = 3;

export async function virtualDatabase(clock: VirtualClock): Promise<TestDatabase> {
  const database = await testDatabase({ empty: true, path: "sim, pg_catalog, public" });
  const { pool, db } = database;
  await pool.query(TIME);
  const setTime = async (now: Date): Promise<void> => {
    await pool.query("select setval('sim.clock', $1)", [now.getTime()]);
  };
  await setTime(clock.now());
  await migrate(db, migrationsFolder());
  const busy = (): boolean => pool.totalCount > pool.idleCount || pool.waitingCount > 0;
  clock.surroundings = {
    async settle() {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (busy()) quiet = -1;
      }
    },
    moved: setTime,
  };
  return database;
}
