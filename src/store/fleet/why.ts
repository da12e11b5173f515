/** Facts behind `plumb why`: what covers the device, how its ACS stands, and its last changes. */
import { sql, type Kysely } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { FleetStore, WhyView } from "../../ports/fleet-store.ts";
import type { ChangeView } from "../../ports/why-view.ts";
import { classNumber } from "../due.ts";
import type { Database } from "../tables.ts";
import { snapshot, type Trx } from "../transaction.ts";
import { detailOf } from "./detail.ts";
import { covers, inForce } from "./stops.ts";

const CHANGES_SHOWN = 5;
/** Beyond it the number says only "many", and counting it would take long. */
const COUNTED_AT_MOST = 100_000;

async function stopsOver(trx: Trx, key: DeviceKey): Promise<WhyView["stops"]> {
  const found: { reason: string; by: string }[] = [];
  for (const stop of await inForce(trx)) {
    const { rows } = await sql`
      select 1 from devices d where d.device = ${key} and ${covers(stop)}`.execute(trx);
    if (rows.length > 0) found.push({ reason: stop.reason, by: stop.by_owner });
  }
  return found;
}

async function changesOf(trx: Trx, key: DeviceKey): Promise<readonly ChangeView[]> {
  const rows = await trx
    .selectFrom("intents")
    .select(["change_id as changeId", "fields", "step", "steps", "reason", "outcome", "verdict"])
    .select(["intended_at as intendedAt", "outcome_detail as outcomeDetail"])
    .where("device", "=", key)
    .orderBy("id", "desc")
    .limit(CHANGES_SHOWN)
    .execute();
  return rows;
}

interface Place {
  now: Date;
  spec: Record<string, unknown> | null;
  holder: string | null;
  stats: WhyView["acs"]["stats"];
  probed: number;
  read_waits_since: string | null;
}

/** Of an ACS with several slots the one whose lease runs longest: its holder has the newest figures. */
async function placeOf(trx: Trx, key: DeviceKey): Promise<Place | undefined> {
  const found = await sql<Place>`
    select now() as now, r.spec, case when l.lease_until > now() then nullif(l.holder, '') end as holder,
      coalesce(l.stats, '{}') as stats, s.reach -> 'asked' ->> 'at' as read_waits_since,
      (select count(*)::int from (select from work o where o.acs = d.acs and o.class = ${classNumber("probe")}
         and o.due_at < 'infinity' limit ${COUNTED_AT_MOST}) as looked_for) as probed
    from devices d join device_status s on s.device = d.device
    left join records r on r.kind = 'Acs' and r.name = d.acs
    left join lateral (select * from acs_slots where acs = d.acs order by lease_until desc, slot limit 1) l on true
    where d.device = ${key}`.execute(trx);
  return found.rows[0];
}

export function why(db: Kysely<Database>): Pick<FleetStore, "why"> {
  return {
    async why(key) {
      return await snapshot(db, async (trx): Promise<WhyView> => {
        const device = await detailOf(trx, key);
        const place = await placeOf(trx, key);
        const waits = place?.read_waits_since ?? null;
        return {
          device,
          now: place?.now ?? device.since,
          stops: await stopsOver(trx, key),
          acs: {
            spec: place?.spec ?? null,
            holder: place?.holder ?? null,
            stats: place?.stats ?? {},
          },
          probed: place?.probed ?? 0,
          readWaitsSince: waits === null ? null : new Date(waits),
          changes: await changesOf(trx, key),
        };
      });
    },
  };
}
