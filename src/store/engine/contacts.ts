/**
 * What an ACS lists of its devices' last contacts. Its times are compared with its own earlier ones alone, so its clock may
 * be off; a device that is seen in the list for the first time is noted and made due by nothing.
 */
import { sql, type Kysely } from "kysely";
import type { EngineStore } from "../../ports/engine-store.ts";
import { classNumber, PLACE_OF_RETURN } from "../due.ts";
import type { Database } from "../tables.ts";
import { leaseHolds } from "./leases.ts";

export function contacts(db: Kysely<Database>): Pick<EngineStore, "listedTo" | "contacted"> {
  return {
    async listedTo(acs) {
      const row = await db
        .selectFrom("acs_slots")
        .select("listed_to")
        .where("acs", "=", acs)
        .where("slot", "=", 0)
        .executeTakeFirst();
      return row?.listed_to ?? null;
    },

    async contacted(lease, devices, next) {
      const seen = devices.map(({ id, lastContactAt, bootstrappedAt }) => ({
        id,
        contact: lastContactAt,
        boot: bootstrappedAt,
      }));
      return await db.transaction().execute(async (trx) => {
        const held = await sql<{ ok: boolean | null }>`select ${leaseHolds(lease)} as ok`.execute(
          trx,
        );
        if (held.rows[0]?.ok !== true) return 0;
        const found = await sql<{ due: number }>`
          with before as materialized (
            select s.device, s.reachable, s.state, s.acs_contact_at, s.bootstrapped_at, x.contact, x.boot,
              s.reachable is false or coalesce(s.reach -> 'asked', 'null') <> 'null' as expected,
              exists (select from intents i where i.device = s.device and i.verdict is null and i.seen_at is null)
                or (x.contact > s.acs_contact_at + interval '1 hour'
                    and exists (select from intents i where i.device = s.device and i.may_fire_until > now())) as owed,
              case when s.reachable is false then ${PLACE_OF_RETURN} else now() end as place
            from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as x (id text, contact timestamptz, boot timestamptz)
            join devices d on d.device_id = x.id and d.acs = ${lease.acs}
            join work w on w.device = d.device
            join device_status s on s.device = d.device
            where s.acs_contact_at is null or s.acs_contact_at < x.contact
            order by s.device
            for update of w
          ), noted as (
            update device_status s
            set acs_contact_at = b.contact, bootstrapped_at = coalesce(b.boot, b.bootstrapped_at),
                contact_at = case when b.acs_contact_at is null then s.contact_at else now() end
            from before b where s.device = b.device
          ), due as (
            update work w
            set due_at = b.place, gen = w.gen + case when w.holder is null then 0 else 1 end,
                reason = case when b.boot > coalesce(b.bootstrapped_at, '-infinity') then 'it was reset' else 'it made contact' end,
                -- Somebody waits for what is read of it now: it is no read that limits may hold back.
                class = case when b.reachable is false then ${classNumber("returning")}
                             else least(w.class, ${classNumber("drift")}) end
            from before b
            where w.device = b.device and b.acs_contact_at is not null
              -- One that is due as a probe waits for the probes' share of the time, and must not wait any more.
              -- A pass that has it in hand may have looked before it came back: it is looked at once more.
              and case when w.holder is null then (w.due_at > now() or w.class = ${classNumber("probe")})
                             and (b.expected or b.owed or b.boot > coalesce(b.bootstrapped_at, '-infinity'))
                       else b.expected end
              and b.state not in ('held', 'quarantined', 'unmanaged')
            returning w.device
          )
          select count(*)::int as due from due`.execute(trx);
        await sql`
          update acs_slots set listed_to = ${next} where acs = ${lease.acs} and slot = ${lease.slot}`.execute(
          trx,
        );
        return found.rows[0]?.due ?? 0;
      });
    },
  };
}
