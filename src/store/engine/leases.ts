/**
 * The right to call an ACS, on the database's clock. A lease outlives the deadline of a call; whoever takes over waits
 * one more deadline, as the last call of a dead holder may still be under way. Every take-over adds one to the fence.
 */
import { sql, type Kysely } from "kysely";
import type { EngineStore, Lease, SlotStats } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";
import { stopWritesAfterAbsence } from "./absence.ts";

type Db = Kysely<Database>;

export function leases(
  db: Db,
): Pick<EngineStore, "acquireLease" | "servedAt" | "renewLease" | "releaseLease"> {
  return {
    async acquireLease(acs, slot, holder, ttlMs, deadlineMs, remembered = null) {
      await sql`
        insert into acs_slots (acs, slot) values (${acs}, ${slot}) on conflict do nothing`.execute(
        db,
      );
      return await db.transaction().execute(async (trx) => {
        const free = await sql<{ served_at: Date | null }>`
          select served_at from acs_slots
          where acs = ${acs} and slot = ${slot}
            and (holder = '' or lease_until + deadline_ms * interval '1 ms' < now())
          for update`.execute(trx);
        const before = free.rows[0];
        if (before === undefined) return null;
        const taken = await sql<{ fence: number }>`
          update acs_slots
          set holder = ${holder}, fence = fence + 1, deadline_ms = ${deadlineMs},
              lease_until = now() + ${ttlMs} * interval '1 ms', served_at = now()
          where acs = ${acs} and slot = ${slot}
          returning fence`.execute(trx);
        const fence = taken.rows[0]?.fence;
        if (fence === undefined) return null;
        await stopWritesAfterAbsence(trx, acs, before.served_at, remembered);
        return { acs, slot, holder, fence };
      });
    },

    async servedAt(acs) {
      const row = await sql<{ at: Date | null }>`
        select max(served_at) as at from acs_slots where acs = ${acs}`.execute(db);
      return row.rows[0]?.at ?? null;
    },

    async renewLease(lease: Lease, ttlMs: number, stats: SlotStats) {
      const renewed = await sql`
        update acs_slots
        set lease_until = now() + ${ttlMs} * interval '1 ms', stats = ${JSON.stringify(stats)}, stats_at = now(),
            served_at = now()
        where acs = ${lease.acs} and slot = ${lease.slot} and holder = ${lease.holder} and fence = ${lease.fence}`.execute(
        db,
      );
      return renewed.numAffectedRows === 1n;
    },

    async releaseLease(lease: Lease) {
      await sql`
        update acs_slots set holder = '', lease_until = '-infinity', served_at = now()
        where acs = ${lease.acs} and slot = ${lease.slot} and holder = ${lease.holder} and fence = ${lease.fence}`.execute(
        db,
      );
    },
  };
}

/**
 * A process that is frozen between two statements holds its locks, and with them the slot, until it wakes: nobody could take
 * over. Shorter than any lease, and longer than our own work between two statements takes.
 */
const IDLE_MS = 3_000;

/**
 * True in SQL while this lease is ours; a scalar, so that the planner tests it once and not for each row. The slot cannot be
 * taken over for the rest of the transaction, which from here on is ended by the database if we fall silent inside it. Its
 * renewal does not wait for that (`key share`): behind passes that commit one after another it came too late for the lease.
 */
export function leaseHolds(lease: Lease) {
  const shortly = sql`set_config('idle_in_transaction_session_timeout', ${String(IDLE_MS)}, true) is not null`;
  return sql<boolean>`(select ${shortly} from acs_slots
    where acs = ${lease.acs} and slot = ${lease.slot} and holder = ${lease.holder}
      and fence = ${lease.fence} and lease_until > now() for key share)`;
}
