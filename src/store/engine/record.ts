/** Stores what a pass found out, in one transaction, or nothing when the device is not in our hands any more. */
import { sql, type Kysely, type Transaction } from "kysely";
import type { EngineStore, PassRecord } from "../../ports/engine-store.ts";
import { classNumber } from "../due.ts";
import type { Database } from "../tables.ts";
import type { ObservationWatch } from "../fraud/observed.ts";
import { transact } from "../transaction.ts";
import { blockModel } from "./blocks.ts";
import { leaseHolds } from "./leases.ts";
import { storeObservations, type Digest } from "./observations.ts";
import { proveOperations } from "./operations.ts";

type Trx = Transaction<Database>;
async function storeStatus(trx: Trx, pass: PassRecord): Promise<void> {
  const { conclusion, work } = pass;
  const proven = conclusion.state === "converged" && pass.observations.length > 0;
  const contact = pass.contact || pass.observations.length > 0;
  await sql`
    update device_status
    set state = ${conclusion.state}, reason = ${conclusion.reason}, message = ${conclusion.message},
        since = case when not ${conclusion.quarantines !== null} and state = ${conclusion.state} and reason = ${conclusion.reason} then since else now() end,
        next_at = ${conclusion.next === null ? null : sql`now() + ${conclusion.next.inMs} * interval '1 ms'`},
        generation = ${pass.generation}, conditions = ${JSON.stringify(conclusion.conditions)}::jsonb,
        failures = ${JSON.stringify(conclusion.failures)}::jsonb,
        faults = ${JSON.stringify(conclusion.faults)}::jsonb,
        reach = ${JSON.stringify(pass.reach)}::jsonb,
        reachable = coalesce(${conclusion.reachable}, reachable),
        contact_at = case when ${contact} then now() else contact_at end,
        settled_under = coalesce(${pass.settledUnder === null ? null : JSON.stringify(pass.settledUnder)}::jsonb, settled_under),
        converged_at = case when ${proven} then now() else converged_at end,
        fresh_until = case when ${proven} then now() + ${pass.evidenceBudgetMs} * interval '1 ms' else fresh_until end
    where device = ${work.key}`.execute(trx);
}

/**
 * Gives the row back: due when the pass said so; if somebody made it due meanwhile, due now in the class that they gave
 * it, and shown as queued again.
 */
async function handBack(trx: Trx, pass: PassRecord, atOnce: boolean): Promise<void> {
  const { work, lease } = pass;
  const told = pass.conclusion.next;
  const next = atOnce && told !== null ? { ...told, inMs: 0 } : told;
  const row = await sql<{ gen: number }>`
    update work
    set holder = null, fence = null, lease_until = null,
        begun_at = case when ${next?.begun === true} then begun_at else null end,
        class = case when gen = ${work.gen} then ${classNumber(next?.class ?? "read")} else class end,
        reason = case when gen = ${work.gen} then ${next?.reason ?? "nothing is wanted"} else reason end,
        due_at = case when gen = ${work.gen}
                      then ${next === null ? sql`'infinity'::timestamptz` : sql`now() + ${next.inMs} * interval '1 ms'`}
                      else least(due_at, now()) end
    where device = ${work.key} and holder = ${lease.holder} and fence = ${lease.fence}
    returning gen`.execute(trx);
  if (row.rows[0]?.gen !== work.gen) {
    await sql`
      update device_status set state = 'queued', reason = 'DesiredChanged', since = now(), next_at = now()
      where device = ${work.key} and state in ('converged', 'drifted', 'unverified', 'unknown', 'unmanaged')`.execute(
      trx,
    );
  }
}

async function storeEvents(trx: Trx, pass: PassRecord): Promise<void> {
  const events = pass.conclusion.events;
  if (events.length === 0) return;
  await trx
    .insertInto("events")
    .values(
      events.map((event) => ({
        device: pass.work.key,
        type: event.type,
        actor: "controller",
        request_id: null,
        data: JSON.stringify(event.data),
      })),
    )
    .execute();
}

/**
 * Whether the proof that this device waits for has come while its pass was under way. The lock makes one of the two
 * first: either we see the proof here, or the proof sees us waiting. Taken before any row of `work`, by both: the one
 * that proves goes on to the rows of all who wait, and would wait for ours while we wait for it.
 */
async function lockProof(trx: Trx, pass: PassRecord): Promise<boolean> {
  const kind = pass.mapProven ?? pass.waitsFor;
  if (kind === null) return false;
  const { model, firmware, hash } = kind;
  const proof = await sql<{ state: string }>`
    select state from map_proofs where model = ${model} and firmware = ${firmware} and map_hash = ${hash}
    ${pass.mapProven === null ? sql`for share` : sql`for update`}`.execute(trx);
  return proof.rows[0]?.state === "proven" && pass.conclusion.reason === "MapUnproven";
}

async function storeProof(trx: Trx, pass: PassRecord): Promise<void> {
  if (pass.mapProven === null) return;
  const { model, firmware, hash } = pass.mapProven;
  const proven = await sql`
    update map_proofs set state = 'proven', proven_at = now()
    where model = ${model} and firmware = ${firmware} and map_hash = ${hash}
      and state = 'proving' and device = ${pass.work.key}`.execute(trx);
  if (proven.numAffectedRows !== 1n) return;
  // Those who waited for it are due at once, each in the class in which it waits.
  await sql`
    update work w set due_at = now(), gen = w.gen + 1
    from observations o, device_status s
    where o.device = w.device and s.device = w.device and o.map_hash = ${hash} and s.reason = 'MapUnproven'`.execute(
    trx,
  );
}

export function recording(
  db: Kysely<Database>,
  digest: Digest,
  watch: ObservationWatch,
): Pick<EngineStore, "record"> {
  return {
    async record(pass) {
      return await transact(db, async (trx) => {
        const { work, lease } = pass;
        const provenMeanwhile = await lockProof(trx, pass);
        const mine = await sql`
          select 1 from work where device = ${work.key} and holder = ${lease.holder} and fence = ${lease.fence}
            and ${leaseHolds(lease)} for update`.execute(trx);
        if (mine.rows.length === 0) return false;
        await storeObservations(trx, work.key, pass.observations, digest);
        for (const { id, verdict, mayFireMs } of pass.verdicts) {
          await sql`
            update intents set verdict = ${verdict}, verdict_at = now(),
              may_fire_until = now() + ${mayFireMs}::float8 * interval '1 ms'
            where id = ${id} and verdict is null`.execute(trx);
        }
        if (pass.executedLate.length > 0) {
          await sql`
            update intents set may_fire_until = null
            where id = any(${[...pass.executedLate]}::bigint[])`.execute(trx);
        }
        if (pass.firmwareSeen !== null) {
          const { id, at } = pass.firmwareSeen;
          await sql`update intents set seen_at = ${at} where id = ${id} and seen_at is null`.execute(
            trx,
          );
        }
        for (const { logical, digest: believed, epoch } of pass.believed) {
          await sql`
            insert into secret_states (device, logical, digest, origin, epoch)
            values (${work.key}, ${logical}, ${believed}, 'assumed', ${JSON.stringify(epoch)}::jsonb)
            on conflict (device, logical) do update set origin = 'assumed', epoch = excluded.epoch, at = now()
            where secret_states.digest = excluded.digest`.execute(trx);
        }
        for (const { id, proof } of pass.revocationsProven) {
          await sql`
            update revocations set proven_at = now(), proof = ${proof}
            where id = ${id} and proven_at is null`.execute(trx);
        }
        await proveOperations(trx, pass);
        await storeStatus(trx, pass);
        await storeEvents(trx, pass);
        await storeProof(trx, pass);
        await blockModel(trx, pass);
        await handBack(trx, pass, provenMeanwhile);
        await watch.observed(trx, work.key, pass.observations, true);
        return true;
      });
    },
  };
}
