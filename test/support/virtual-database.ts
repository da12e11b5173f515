/** A real PostgreSQL on a virtual clock: its time moves with the clock's, which waits for its work before it moves. */
import { virtualNowDatabase, type VirtualNowDatabase } from "./virtual-now.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Turns of the event loop without any work until nothing more can come of the last one. */
const QUIET_TURNS = 3;

export async function virtualDatabase(clock: VirtualClock): Promise<VirtualNowDatabase> {
  const database = await virtualNowDatabase(clock.now().getTime());
  const { pool } = database;
  const busy = (): boolean => pool.totalCount > pool.idleCount || pool.waitingCount > 0;
  clock.surroundings = {
    async settle() {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (busy()) quiet = -1;
      }
    },
    moved: (now) => database.setNow(now.getTime()),
  };
  return database;
}
