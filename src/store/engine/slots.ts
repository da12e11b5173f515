/** Calls, closed gates and requests of an ACS's slot (`ports/slot-store.ts`). */
import { sql, type Kysely } from "kysely";
import type { Lease } from "../../ports/engine-store.ts";
import type { AcsRequest, ClosedGate, SlotStore } from "../../ports/slot-store.ts";
import { classNumber } from "../due.ts";
import type { Database } from "../tables.ts";
import { leaseHolds } from "./leases.ts";

const slotOf = ({ acs, slot, holder, fence }: Lease) =>
  sql`acs = ${acs} and slot = ${slot} and holder = ${holder} and fence = ${fence}`;

export function slots(db: Kysely<Database>): SlotStore {
  return {
    async storeCalls(lease, calls) {
      if (calls.length === 0) return;
      const rows = calls.map((call) => ({ ...call, class: classNumber(call.class) }));
      await sql`
        insert into acs_calls (acs, at, device, operation, class, change_id, took_ms, outcome, fault, detail, evidence)
        select ${lease.acs}, now() - "agoMs" * interval '1 ms', device, operation, class, "changeId", "tookMs", outcome,
          fault, detail, evidence
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as call (device text, operation text, class smallint,
          "changeId" text, "tookMs" int, outcome text, "agoMs" float8, fault text, detail text, evidence text)`.execute(
        db,
      );
    },

    async forgetCalls(olderThanMs) {
      await sql`delete from acs_calls where at < now() - ${olderThanMs} * interval '1 ms'`.execute(
        db,
      );
      await sql`delete from acs_requests where expires_at < now() - interval '30 days'`.execute(db);
    },

    async closedGate(lease) {
      const found = await sql<ClosedGate>`
        select closed_revision as revision, closed_why as why from acs_slots
        where ${slotOf(lease)} and closed_revision is not null`.execute(db);
      return found.rows[0] ?? null;
    },

    async closeGate(lease, { revision, why }) {
      await sql`
        update acs_slots set closed_at = now(), closed_why = ${why}, closed_revision = ${revision}
        where ${slotOf(lease)} and closed_revision is distinct from ${revision}`.execute(db);
    },

    async takeRequest(lease) {
      const taken = await sql<AcsRequest>`
        update acs_requests set taken_at = now(), fence = ${lease.fence}
        where id = (
          select id from acs_requests
          where acs = ${lease.acs} and done_at is null and expires_at > now()
            and fence is distinct from ${lease.fence}
          order by id limit 1 for update skip locked
        ) and ${leaseHolds(lease)}
        returning id, spec`.execute(db);
      return taken.rows[0] ?? null;
    },

    async reportProgress(lease, id, levels) {
      await sql`
        update acs_requests set progress = ${JSON.stringify(levels)}::jsonb
        where id = ${id} and fence = ${lease.fence} and done_at is null`.execute(db);
    },

    async finishRequest(lease, id, result) {
      await sql`
        update acs_requests set result = ${JSON.stringify(result)}::jsonb, done_at = now()
        where id = ${id} and fence = ${lease.fence} and done_at is null`.execute(db);
    },

    async scheduleProbe(lease, everyMs, spec) {
      const next = sql`now() + ${everyMs} * interval '1 ms'`;
      const unset = sql`(probe_due_at is null or probe_due_at <= now() or probe_due_at > ${next})`;
      const found = await sql<{ due: boolean | null }>`
        select probe_due_at <= now() as due from acs_slots where ${slotOf(lease)} and ${unset}`.execute(
        db,
      );
      const [slot] = found.rows;
      if (slot === undefined) return;
      await db.transaction().execute(async (trx) => {
        const moved = await sql`
          update acs_slots set probe_due_at = ${next} where ${slotOf(lease)} and ${unset}`.execute(
          trx,
        );
        if (moved.numAffectedRows !== 1n || slot.due !== true) return;
        await sql`
          insert into acs_requests (acs, kind, spec, asked_by, expires_at)
          values (${lease.acs}, 'probe', ${JSON.stringify(spec)}::jsonb, 'schedule', now() + interval '1 hour')`.execute(
          trx,
        );
      });
    },

    async probeDevices(acs, { devices, sample }) {
      const named = devices.length > 0;
      const found = await sql<{ device: number }>`
        select d.device from devices d join device_status s on s.device = d.device
        where d.acs = ${acs} and d.facts is not null
          and ${named ? sql`d.device_id = any(${[...devices]}::text[])` : sql`s.reachable and coalesce(s.reach ->> 'kind', 'push') = 'push'`}
        order by s.contact_at desc nulls last limit ${named ? devices.length : sample}`.execute(db);
      return found.rows.map(({ device }) => device);
    },
  };
}
