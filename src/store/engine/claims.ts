/** Whose is a credential that a device shows? Asked before it would be overwritten. */
import { sql, type Kysely } from "kysely";
import type { EngineStore } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";

export function claims(db: Kysely<Database>): Pick<EngineStore, "ownerOf"> {
  return {
    async ownerOf({ user, realm }, key) {
      // As the index on it: user names and realms differ in no more than their case.
      const same = (table: string) => sql`
        lower(${sql.ref(`${table}.spec`)} #>> '{credentials,username}') = lower(${user.trim()})
        and lower(${sql.ref(`${table}.spec`)} #>> '{credentials,realm}') = lower(${realm.trim()})`;
      const found = await sql<{ device_id: string }>`
        select d.device_id from desired_documents o join devices d on d.device = o.device
        where o.ended_at is null and ${same("o")} and o.device <> ${key}
          and not exists (select from desired_revisions r where r.device = ${key} and ${same("r")})
        order by d.device limit 1`.execute(db);
      return found.rows[0]?.device_id ?? null;
    },
  };
}
