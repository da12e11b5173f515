/** Sessions of the service on a device, beside its suspension: which of them should not be there. */
import { sql, type Kysely } from "kysely";
import type { AaaSessionView, ServiceSessions } from "../ports/aaa-store.ts";
import { credentialsOf } from "./aaa-asks.ts";
import type { Database } from "./tables.ts";

/** The suspension and the login may cross on their way to the AAA; what begins later than that was let in after it. */
const GRACE = "60 seconds";

interface Row {
  since: Date | null;
  session_id: string | null;
  nas: string | null;
  mac: string | null;
  started_at: Date | null;
  alive_at: Date | null;
  stopped_at: Date | null;
  late: boolean;
}

/**
 * Those that run, and of a suspended service also those that were let in and have ended. Let in was what began after the
 * suspension by the NAS's clock and was not heard of before it by ours, as either alone may be off or come out of a spool.
 */
export async function sessionsOf(db: Kysely<Database>, device: number): Promise<ServiceSessions> {
  const { rows } = await sql<Row>`
    with suspended as materialized (select min(since) as since from suspensions where device = ${device}),
    own as materialized (
      select s.*, coalesce(s.started_at, s.implied_start_at) as began_at,
        s.stopped_at is null and s.nas_restarted_at is null and s.changed_at > now() - interval '1 day' as runs
      from radius_sessions_seen s
      where s.credential in (${credentialsOf(device)}) and s.session_id is not null
    ),
    judged as (
      select o.*, coalesce(o.began_at > u.since + ${GRACE}::interval
        and (select min(e.received_at) from radius_events e where e.session = o.session) > u.since + ${GRACE}::interval,
        false) as late
      from own o cross join suspended u
    )
    select u.since, j.session_id, j.nas, j.mac, j.began_at as started_at, coalesce(j.alive_at, j.last_at) as alive_at,
      j.stopped_at, coalesce(j.late, false) as late
    from suspended u left join judged j on j.runs or j.late
    order by j.began_at desc nulls last, j.session limit 100`.execute(db);
  const since = rows[0]?.since ?? null;
  return {
    suspendedSince: since,
    sessions: rows.flatMap((row) => (row.session_id === null ? [] : [viewOf(row, row.session_id)])),
  };
}

function viewOf(row: Row, session: string): AaaSessionView {
  const { since, nas, mac, late } = row;
  const state = since === null ? "running" : late ? "admitted" : "outlasting";
  return {
    ...{ session, nas, mac, state },
    ...{ startedAt: row.started_at, aliveAt: row.alive_at, stoppedAt: row.stopped_at },
  };
}
