/** First of its kind: one device proves a map for a model, a firmware and a content; the others wait. */
import { sql, type Kysely } from "kysely";
import type { EngineStore } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";

/** A device that was to prove a map and went silent gives its place to the next one after this long. */
const TAKE_OVER = "1 hour";

export function proofs(db: Kysely<Database>): Pick<EngineStore, "proof" | "hasVerified"> {
  return {
    async proof(kind, key, proving) {
      const where = sql`model = ${kind.model} and firmware = ${kind.firmware} and map_hash = ${kind.hash}`;
      if (proving === "automatic") {
        await sql`
          insert into map_proofs (model, firmware, map_hash, device, state)
          values (${kind.model}, ${kind.firmware}, ${kind.hash}, ${key}, 'proving')
          on conflict (model, firmware, map_hash) do update
          set device = excluded.device, since = now()
          where map_proofs.state = 'proving' and map_proofs.since < now() - ${TAKE_OVER}::interval`.execute(
          db,
        );
      }
      const row = await sql<{ device: number; state: string }>`
        select device, state from map_proofs where ${where}`.execute(db);
      const found = row.rows[0];
      if (found === undefined) return "nobody";
      if (found.state === "proven") return "proven";
      return found.device === key ? "ours" : "other";
    },

    async hasVerified(key, mapHash) {
      const row = await sql`
        select 1 from intents where device = ${key} and map_hash = ${mapHash} and verdict = 'verified'
          -- A download writes nothing through the map.
          and edits -> 0 ->> 'action' is distinct from 'download' limit 1`.execute(db);
      return row.rows.length > 0;
    },
  };
}
