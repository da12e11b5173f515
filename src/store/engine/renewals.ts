/** Reads that fall due soon, and evidence that is renewed from the ACS's memory (`ports/renewal-store.ts`). */
import { sql, type Kysely } from "kysely";
import type { RenewalStore } from "../../ports/renewal-store.ts";
import { classNumber } from "../due.ts";
import type { ObservationWatch } from "../fraud/observed.ts";
import type { Database } from "../tables.ts";
import { transact } from "../transaction.ts";
import { leaseHolds } from "./leases.ts";
import { storeObservations, type Digest } from "./observations.ts";

interface SoonRow {
  device: number;
  device_id: string;
  gen: number;
  reason: string;
}

const READ = classNumber("read");

export function renewals(
  db: Kysely<Database>,
  digest: Digest,
  watch: ObservationWatch,
): RenewalStore {
  return {
    async readsSoon({ acs }, withinMs, limit, without) {
      const found = await sql<SoonRow>`
        select w.device, d.device_id, w.gen, w.reason
        from work w join device_status s on s.device = w.device join devices d on d.device = w.device
        where w.acs = ${acs} and w.class = ${READ} and w.due_at < now() + ${withinMs} * interval '1 ms'
          and w.holder is null and s.state = 'converged' and s.reachable
          and not w.device = any(${[...without]}::bigint[])
          and not exists (select from intents i where i.device = w.device and i.verdict is null)
          and not exists (select from revocations r where r.device = w.device and r.proven_at is null)
        order by w.due_at limit ${limit}`.execute(db);
      return found.rows.map(({ device, device_id, gen, reason }) => {
        return { key: device, id: device_id, acs, class: "read", gen, reason };
      });
    },

    async renew(lease, { work, generation, observation, evidenceBudgetMs, goodForMs, reason }) {
      const { readAt } = observation;
      const dueAt = sql`${readAt}::timestamptz + ${goodForMs} * interval '1 ms'`;
      return await transact(db, async (trx) => {
        // In hand, or wanted anew: somebody reads it anyway. And nothing is proven by what is older than its write (I4).
        const untouched = await sql`
          select 1 from work w join device_status s on s.device = w.device
          where w.device = ${work.key} and ${leaseHolds(lease)}
            and w.holder is null and w.gen = ${work.gen} and w.class = ${READ} and w.due_at < ${dueAt}
            and ${dueAt} > now() and s.state = 'converged' and s.generation = ${generation}
            and not exists (
              select from intents i where i.device = w.device
                and (i.verdict is null or greatest(i.intended_at, i.outcome_at) >= ${readAt}))
            and exists (select from observations o where o.device = w.device and o.read_at < ${readAt})
          for update of w`.execute(trx);
        if (untouched.rows.length === 0) return false;
        await storeObservations(trx, work.key, [observation], digest);
        await sql`
          update device_status
          set fresh_until = greatest(fresh_until, ${readAt}::timestamptz + ${evidenceBudgetMs} * interval '1 ms'),
              contact_at = greatest(contact_at, ${readAt}), next_at = ${dueAt}
          where device = ${work.key}`.execute(trx);
        await sql`
          update work set due_at = ${dueAt}, reason = ${reason} where device = ${work.key}`.execute(
          trx,
        );
        await watch.observed(trx, work.key, [observation], false);
        return true;
      });
    },
  };
}
