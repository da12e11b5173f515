/** The queue: one permanent row for each device, claimed with SKIP LOCKED under a lease that is still ours. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { CallClass } from "../../model/call-class.ts";
import type { WorkItem } from "../../model/records.ts";
import type { EngineStore, Lease } from "../../ports/engine-store.ts";
import { className, classNumber } from "../due.ts";
import type { Database } from "../tables.ts";
import { leaseHolds } from "./leases.ts";

interface ClaimedRow {
  device: number;
  device_id: string;
  acs: string;
  class: number;
  gen: number;
  reason: string;
}

/** Rows of a holder with an older fence are free at once: only the leaseholder works on an ACS. */
function dueRows(lease: Lease, cls: CallClass, limit: number, which: RawBuilder<unknown>) {
  return sql`
    select w.device from work w
    where (select held from mine) and w.acs = ${lease.acs} and w.class = ${classNumber(cls)}
      and w.due_at <= now() and ${which}
      and (w.lease_until is null or w.lease_until < now() or w.fence < ${lease.fence})
    order by w.due_at limit ${limit} for update of w skip locked`;
}

/**
 * What was begun is finished first. Two parts, as each walks an index of its own, in one statement: apart, the first one's
 * lock on the lease alone was a commit, and a claim took 1.6 ms instead of 1.0 (p50).
 */
async function claimSome(
  db: Kysely<Database>,
  lease: Lease,
  cls: CallClass,
  limit: number,
  ttlMs: number,
): Promise<WorkItem[]> {
  const rows = await sql<ClaimedRow>`
    with mine as materialized (select ${leaseHolds(lease)} as held),
    begun as materialized (${dueRows(lease, cls, limit, sql`w.begun_at is not null`)}),
    fresh as materialized (${dueRows(lease, cls, limit, sql`not exists (select from begun)`)}),
    c as (select device from begun union all select device from fresh)
    update work w
    set holder = ${lease.holder}, fence = ${lease.fence}, begun_at = coalesce(begun_at, now()),
        lease_until = now() + ${ttlMs} * interval '1 ms'
    from c, devices d
    where w.device = c.device and d.device = w.device
    returning w.device, d.device_id, w.acs, w.class, w.gen, w.reason`.execute(db);
  return rows.rows.map((row): WorkItem => ({
    key: row.device,
    id: row.device_id,
    acs: row.acs,
    class: className(row.class),
    gen: row.gen,
    reason: row.reason,
  }));
}

type QueueVerbs = Pick<EngineStore, "due" | "claim" | "release" | "doubt">;

export function queue(db: Kysely<Database>): QueueVerbs {
  return {
    async due(acs, inHand) {
      // One index probe for each class, however many rows are due; the rest in the same round trip. What a dead holder had
      // in hand counts, as `claim` gives it to the next one.
      const found = await sql<{
        classes: number[] | null;
        stop: string | null;
        awaited: string[] | null;
        next_ms: number | null;
        now: Date;
      }>`
        select now() as now,
          (select array_agg(c.class order by c.class) from generate_series(0, 5) as c(class)
           where exists (select 1 from work w
                         where w.acs = ${acs} and w.class = c.class and w.due_at <= now()
                           and (w.lease_until is null or w.lease_until < now()
                                or w.fence < (select max(fence) from acs_slots where acs = ${acs})))) as classes,
          (select reason from stops
           where ended_at is null and not writes_only and selector is null and (acs is null or acs = ${acs})
           order by id limit 1) as stop,
          (select array_agg(d.device_id) from work w join devices d on d.device = w.device
           where w.device = any(${[...inHand]}::bigint[]) and w.class = ${classNumber("urgent")}
             and w.due_at <= now()) as awaited,
          (select extract(epoch from min(due_at) - now()) * 1000 from work
           where acs = ${acs} and due_at > now() and due_at < 'infinity') as next_ms`.execute(db);
      const [row] = found.rows;
      if (row === undefined) throw new Error("a select without a row");
      return {
        classes: (row.classes ?? []).map(className),
        stop: row.stop,
        awaited: row.awaited ?? [],
        nextMs: row.next_ms,
        now: row.now,
      };
    },

    async claim(lease, cls, limit, ttlMs) {
      return await claimSome(db, lease, cls, limit, ttlMs);
    },

    async release(work, lease, inMs) {
      await sql`
        update work
        set holder = null, fence = null, lease_until = null, begun_at = null,
            due_at = case when gen = ${work.gen} then now() + ${inMs} * interval '1 ms' else due_at end
        where device = ${work.key} and holder = ${lease.holder} and fence = ${lease.fence}`.execute(
        db,
      );
    },

    async doubt(ids, reason) {
      if (ids.length === 0) return;
      // The class stays urgent where it was; a probe stays a probe, as nothing is known to be there.
      await sql`
        update work w
        set gen = w.gen + 1, reason = ${reason}, due_at = least(w.due_at, now()),
            class = case when s.reachable is false then w.class
                         else least(w.class, ${classNumber("drift")}) end
        from devices d, device_status s
        where d.device_id = any(${[...ids]}::text[]) and w.device = d.device and s.device = d.device`.execute(
        db,
      );
    },
  };
}
