/** Intents: what is about to be sent stands here before it is sent, and what became of it after. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import { DOUBTED, LOST_SECRET } from "../../model/records.ts";
import type { EngineStore, Lease, NewIntent } from "../../ports/engine-store.ts";
import { classNumber } from "../due.ts";
import { covers } from "../layers.ts";
import type { Database } from "../tables.ts";
import { transact } from "../transaction.ts";
import { heldByBudget } from "./causes.ts";
import { deviceForScope } from "./load.ts";
import { leaseHolds } from "./leases.ts";
import { holdOfStop } from "./write-stops.ts";

/** @returns its id; undefined when the lease is not ours, or what is asked beside it does not hold */
async function insertIntent(
  db: Kysely<Database>,
  lease: Lease,
  intent: NewIntent,
  beside: RawBuilder<boolean> = sql`true`,
): Promise<number | undefined> {
  const row = await sql<{ id: number }>`
    insert into intents (device, acs, slot, fence, change_id, class, generation, map_hash, plan_hash,
                         step, steps, fields, edits, settle_ms, reason, cause)
    select ${intent.key}, ${lease.acs}, ${lease.slot}, ${lease.fence}, ${intent.changeId},
           ${classNumber(intent.class)}, ${intent.generation}, ${intent.mapHash}, ${intent.planHash},
           ${intent.step}, ${intent.steps}, ${[...intent.fields]}::text[],
           ${JSON.stringify(intent.edits)}::jsonb, ${intent.settleMs}, ${intent.reason}, ${intent.cause}
    where ${leaseHolds(lease)} and ${beside}
    returning id`.execute(db);
  return row.rows[0]?.id;
}

export function intents(
  db: Kysely<Database>,
): Pick<EngineStore, "intend" | "recordOutcome" | "secretsLost" | "withdrawn" | "doubtSecrets"> {
  return {
    async intend(lease, intent) {
      // Most of the time nothing can hold it back but the lease, and then one statement is all.
      if (intent.cause === null) {
        const noStop = sql<boolean>`not exists (select from stops where ended_at is null)`;
        const id = await insertIntent(db, lease, intent, noStop);
        if (id !== undefined) return { kind: "recorded", id };
      }
      return await transact(db, async (trx) => {
        const stops = await trx
          .selectFrom("stops")
          .selectAll()
          .where("ended_at", "is", null)
          .execute();
        if (stops.length > 0) {
          const device = await deviceForScope(trx, intent.key);
          const stop = stops.find(
            (entry) =>
              device !== null &&
              (entry.acs === null || entry.acs === device.acs) &&
              covers(entry.selector, device) &&
              (entry.cause === null || entry.cause === intent.cause),
          );
          if (stop !== undefined)
            return { kind: "stopped", reason: stop.reason, hold: holdOfStop(stop) } as const;
        }
        const held = await heldByBudget(trx, lease.acs, intent);
        if (held !== null) return { kind: "stopped", reason: held, hold: "TooManyAlike" } as const;
        const id = await insertIntent(trx, lease, intent);
        return id === undefined ? { kind: "fenced" } : { kind: "recorded", id };
      });
    },

    async recordOutcome(id, outcome, detail, secrets) {
      const store = async (on: Kysely<Database>): Promise<void> => {
        // A call that did not get to the CPE, or that was refused, leaves nothing for a later read to settle.
        const verdict = ["not_sent", "rejected", "away"].includes(outcome) ? outcome : null;
        // A frozen holder may say so late, when the next one has read the device and settled the intent: that stays (I3).
        const row = await sql<{ device: number; settled: boolean }>`
          update intents
          set outcome = ${outcome}, outcome_detail = ${detail}, outcome_at = now(),
              verdict = coalesce(verdict, ${verdict}),
              verdict_at = coalesce(verdict_at, case when ${verdict}::text is null then null else now() end)
          where id = ${id} and outcome is null
          returning device, verdict is distinct from ${verdict} as settled`.execute(on);
        const device = row.rows[0]?.settled === false ? row.rows[0].device : undefined;
        if (device === undefined) return;
        for (const { logical, digest, epoch } of secrets) {
          await sql`
            insert into secret_states (device, logical, digest, origin, at, epoch)
            values (${device}, ${logical}, ${digest}, 'written', now(), ${JSON.stringify(epoch)}::jsonb)
            on conflict (device, logical) do update
            set digest = excluded.digest, origin = excluded.origin, at = excluded.at, epoch = excluded.epoch`.execute(
            on,
          );
        }
      };
      await (secrets.length === 0 ? store(db) : transact(db, store));
    },

    async doubtSecrets(key, ids, logicals) {
      return await transact(db, async (trx) => {
        const doubted = await sql`
          update intents set doubted_at = now()
          where device = ${key} and id = any(${[...ids]}::bigint[]) and doubted_at is null`.execute(
          trx,
        );
        if (doubted.numAffectedRows === 0n) return false;
        await sql`
          update secret_states set digest = ${DOUBTED}, at = now()
          where device = ${key} and logical = any(${[...logicals]}::text[])`.execute(trx);
        return true;
      });
    },

    async secretsLost(key, logicals) {
      await sql`
        update secret_states set digest = ${LOST_SECRET}, at = now()
        where device = ${key} and logical = any(${[...logicals]}::text[])`.execute(db);
    },

    async withdrawn(ids) {
      await transact(db, async (trx) => {
        const rows = await sql<{ device: number; logical: string }>`
          with taken as (
            update intents set verdict = 'superseded', verdict_at = now()
            where id = any(${[...ids]}::bigint[]) and verdict is null
            returning device, edits
          )
          select device, edit -> 'value' ->> 'logical' as logical
          from taken, jsonb_array_elements(edits) as edit
          where edit -> 'value' ->> 'kind' = 'secret'`.execute(trx);
        for (const { device, logical } of rows.rows) {
          // No wanted secret has this digest: it differs from whatever is wanted, and so is written.
          await sql`
            update secret_states set digest = 'withdrawn', at = now()
            where device = ${device} and logical = ${logical}`.execute(trx);
        }
      });
    },
  };
}
