/** Stops that the engine itself puts in force: reads go on, and a person ends them by the number of devices. */
import { sql, type Transaction } from "kysely";
import type { StopHold } from "../../ports/engine-store.ts";
import { addEvents } from "../fleet/events.ts";
import type { Database } from "../tables.ts";

type Trx = Transaction<Database>;

export const OURSELVES = { owner: "plumbline", tokenId: "controller", requestId: "controller" };

interface WriteStop {
  readonly acs: string;
  readonly reason: string;
  /** Holds corrections of this cause alone; null holds every write. */
  readonly cause: string | null;
}

/** One that is in force already stays as it is. */
export async function stopWrites(trx: Trx, { acs, reason, cause }: WriteStop): Promise<void> {
  // As people's stops and resumes: so the number that a resume asks for stays true.
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.stops'))`.execute(trx);
  const begun = await sql<{ id: number }>`
    insert into stops (acs, reason, by_owner, writes_only, cause)
    select ${acs}, ${reason}, ${OURSELVES.owner}, true, ${cause}
    where not exists (select from stops where acs = ${acs} and ended_at is null and writes_only
                        and selector is null and cause is not distinct from ${cause}::text)
    returning id`.execute(trx);
  const id = begun.rows[0]?.id;
  if (id === undefined) return;
  await addEvents(trx, OURSELVES, [
    { device: null, type: "StopBegan", data: { id, acs, selector: null, reason, cause } },
  ]);
}

/** How a stop shows on the devices that it keeps waiting. */
export function holdOfStop(stop: {
  readonly writes_only: boolean;
  readonly cause: string | null;
}): StopHold {
  if (!stop.writes_only) return "Stopped";
  return stop.cause === null ? "WritesStopped" : "TooManyAlike";
}
