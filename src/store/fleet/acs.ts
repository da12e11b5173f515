/** What people see of an ACS, and what they ask of whoever holds its slot (`ports/acs-view.ts`). */
import { sql, type Kysely } from "kysely";
import type { AcsStore, AcsView, CallView, RequestView } from "../../ports/acs-view.ts";
import { className } from "../due.ts";
import type { Database } from "../tables.ts";
import { transact } from "../transaction.ts";
import { addEvents } from "./events.ts";

/** A request that no holder took by then is given up: nobody sits before it any more. */
const WAITS = "10 minutes";

export function acs(db: Kysely<Database>): AcsStore {
  return {
    async acsView(name) {
      const found = await sql<AcsView>`
        select r.name, r.spec,
          case when l.lease_until > now() then nullif(l.holder, '') end as holder,
          case when l.lease_until > now() then l.lease_until end as "leaseUntil",
          l.stats_at as "statsAt", coalesce(l.stats, '{}') as stats, l.probe_due_at as "probeDueAt",
          case when l.closed_revision = r.revision
               then json_build_object('at', l.closed_at, 'why', l.closed_why) end as closed,
          (select json_build_object('at', done_at, 'result', result) from acs_requests
           where acs = r.name and kind = 'probe' and done_at is not null order by id desc limit 1) as "lastProbe"
        from records r
        left join lateral (select * from acs_slots where acs = r.name order by lease_until desc, slot limit 1) l on true
        where r.kind = 'Acs' and r.name = ${name}`.execute(db);
      const [row] = found.rows;
      if (row === undefined) return null;
      const dated = <T extends { readonly at: Date } | null>(given: T): T =>
        given === null ? given : { ...given, at: new Date(given.at) };
      return { ...row, closed: dated(row.closed), lastProbe: dated(row.lastProbe) };
    },

    async devicesRead(name) {
      const found = await sql<{ devices: number }>`
        select count(*)::int as devices from work w join device_status s on s.device = w.device
        where w.acs = ${name} and s.state <> 'unmanaged' and s.reachable is distinct from false`.execute(
        db,
      );
      return found.rows[0]?.devices ?? 0;
    },

    async calls({ acs: name, device, faultsOnly, limit }) {
      const found = await sql<Omit<CallView, "class"> & { class: number }>`
        select at, device, operation, class, took_ms as "tookMs", outcome, fault, detail, evidence, change_id as "changeId"
        from acs_calls
        where acs = ${name} ${device === null ? sql`` : sql`and device = ${device}`}
          ${faultsOnly ? sql`and (fault is not null or outcome <> 'answer')` : sql``}
        order by id desc limit ${limit}`.execute(db);
      return found.rows.map((row) => ({ ...row, class: className(row.class) }));
    },

    async askProbe(name, spec, actor) {
      return await transact(db, async (trx) => {
        const made = await sql<{ id: number }>`
          insert into acs_requests (acs, kind, spec, asked_by, expires_at)
          values (${name}, 'probe', ${JSON.stringify(spec)}::jsonb, ${actor.owner}, now() + ${sql.lit(WAITS)}::interval)
          returning id`.execute(trx);
        const id = made.rows[0]?.id;
        if (id === undefined) throw new Error("a request without an id");
        await addEvents(trx, actor, [
          { device: null, type: "ProbeAsked", data: { acs: name, request: id } },
        ]);
        return id;
      });
    },

    async request(name, id) {
      const found = await sql<RequestView>`
        select id, asked_at as "askedAt", coalesce(progress, '[]') as levels, result,
          case when done_at is not null then 'done' when expires_at <= now() then 'expired'
               when taken_at is not null then 'running' else 'waiting' end as state
        from acs_requests where acs = ${name} and id = ${id}`.execute(db);
      return found.rows[0] ?? null;
    },
  };
}
