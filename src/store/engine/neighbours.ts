/** What is known of the devices around one that is missed, so that a power cut is told from a harmful write. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Neighbours } from "../../model/records.ts";
import type { EngineStore } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";

/** A cut that began so long before the write may still be what took the device. */
const BEFORE = "15 minutes";

export function neighbours(db: Kysely<Database>): Pick<EngineStore, "neighbours"> {
  const count = async (
    key: number,
    sentAt: Date,
    missedAt: Date,
    where: RawBuilder<boolean>,
  ): Promise<Neighbours> => {
    const found = await sql<Neighbours>`
      with mine as (select acs, oui, product_class, labels -> 'site' as site from devices where device = ${key}),
      around as (
        select s.reachable, s.contact_at > ${missedAt} as seen,
          s.reachable is false and ${sentAt}::timestamptz - ${BEFORE}::interval
            < (jsonb_path_query_first(s.conditions, '$[*] ? (@.type == "Reachable")') ->> 'since')::timestamptz as gone,
          -- What the same write does to its like is no witness for it.
          d.oui = m.oui and d.product_class is not distinct from m.product_class
            and exists (select from intents i where i.device = d.device and i.verdict is null) as suspect
        from mine m join devices d on d.acs = m.acs and d.device <> ${key} and ${where}
        join device_status s on s.device = d.device
      )
      select count(*) filter (where reachable or gone)::int as others,
        count(*) filter (where reachable and seen)::int as seen,
        count(*) filter (where gone and not suspect)::int as gone
      from around`.execute(db);
    return found.rows[0] ?? { others: 0, seen: 0, gone: 0 };
  };
  return {
    async neighbours(key, sentAt, missedAt) {
      const site = sql<boolean>`d.labels @> jsonb_build_object('site', m.site)`;
      const here = await count(key, sentAt, missedAt, site);
      if (here.others > 0) return here;
      return await count(key, sentAt, missedAt, sql<boolean>`true`);
    },
  };
}
