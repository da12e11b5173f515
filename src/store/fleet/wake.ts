/** What a person asks of one device: look at it now, or let it prove the map of its kind. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import type { Database } from "../tables.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { transact, type Trx } from "../transaction.ts";

/** A kind of device as proofs count it: what it says of itself, and the content of its map. */
interface Kind {
  readonly model: string;
  readonly firmware: string;
  readonly hash: string;
}

async function kindOf(trx: Trx, key: DeviceKey): Promise<Kind | undefined> {
  const found = await sql<Kind>`
    select coalesce(nullif(d.facts ->> 'modelName', ''),
                    coalesce(d.facts ->> 'oui', '') || ' ' || coalesce(d.facts ->> 'productClass', '')) as model,
      coalesce(d.facts ->> 'softwareVersion', '') as firmware, o.map_hash as hash
    from devices d join observations o on o.device = d.device
    where d.device = ${key} and d.facts is not null`.execute(trx);
  return found.rows[0];
}

/** True when there is nothing to prove any more. Naming another device takes the right from the one before. */
async function startProof(trx: Trx, key: DeviceKey, kind: Kind): Promise<boolean> {
  const { model, firmware, hash } = kind;
  await sql`
    insert into map_proofs (model, firmware, map_hash, device, state)
    values (${model}, ${firmware}, ${hash}, ${key}, 'proving')
    on conflict (model, firmware, map_hash) do update set device = excluded.device, since = now()
    where map_proofs.state = 'proving' and map_proofs.device <> excluded.device`.execute(trx);
  const { rows } = await sql<{ state: string }>`
    select state from map_proofs
    where model = ${model} and firmware = ${firmware} and map_hash = ${hash}`.execute(trx);
  return rows[0]?.state === "proven";
}

export function wake(db: Kysely<Database>): Pick<FleetStore, "wake" | "prove"> {
  return {
    async wake(key, actor) {
      await transact(db, async (trx) => {
        await lockDevice(trx, key);
        await addEvents(trx, actor, [{ device: key, type: "ReconcileAsked", data: {} }]);
        await makeDue(trx, [key], "drift", `${actor.owner} asked for it`);
      });
    },

    /** The others of its kind wait on: they become due in the transaction that stores the proof (`engine/record.ts`). */
    async prove(key, actor) {
      await transact(db, async (trx) => {
        const id = await lockDevice(trx, key);
        const kind = await kindOf(trx, key);
        if (kind === undefined) {
          throw new AppError(
            "map_not_proven",
            `${id} was never read, so nobody knows which map it would prove. ` +
              `Let it be read first (plumb reconcile ${id}), or name a device that was.`,
            { details: { device: id } },
          );
        }
        if (await startProof(trx, key, kind)) return;
        await addEvents(trx, actor, [
          { device: key, type: "MapProvingStarted", data: { ...kind } },
        ]);
        await makeDue(trx, [key], "drift", `${actor.owner} lets it prove its map`);
      });
    },
  };
}
