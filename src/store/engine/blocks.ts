/** Three devices of one model that the same operation led into quarantine: no other device of it is written that way. */
import { sql, type Transaction } from "kysely";
import type { PassRecord } from "../../ports/engine-store.ts";
import type { Database } from "../tables.ts";
import { MODEL } from "./load-row.ts";

const DEVICES = 3;

/** Asks only when a device goes into quarantine by this pass. One at a time, so that the third one sees the other two. */
export async function blockModel(trx: Transaction<Database>, pass: PassRecord): Promise<void> {
  if (pass.quarantines === null) return;
  const { operation, kind } = pass.quarantines;
  const { model, firmware, hash } = kind;
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.blocks'))`.execute(trx);
  const blocked = await sql<{ devices: string[] }>`
    with held as (
      select d.name from device_status s join devices d on d.device = s.device
      where s.state = 'quarantined' and s.faults ->> 'operation' = ${operation}
        and s.faults ->> 'under' = ${`${hash} ${firmware}`} and ${MODEL} = ${model}
        -- Those for whom a person has released the model count no more.
        and s.since > coalesce((select cleared_at from model_blocks
          where model = ${model} and firmware = ${firmware} and map_hash = ${hash} and operation = ${operation}), '-infinity')
      order by s.since limit ${DEVICES}
    )
    insert into model_blocks (model, firmware, map_hash, operation, devices)
    select ${model}, ${firmware}, ${hash}, ${operation}, array_agg(name) from held having count(*) = ${DEVICES}
    on conflict (model, firmware, map_hash, operation) do update
    set devices = excluded.devices, blocked_at = now(), cleared_at = null, cleared_by = null, cleared_why = null
    where model_blocks.cleared_at is not null
    returning devices`.execute(trx);
  const devices = blocked.rows[0]?.devices;
  if (devices === undefined) return;
  const data = { model, firmware, mapHash: hash, fields: operation.split("+"), devices };
  await trx
    .insertInto("events")
    .values({
      device: null,
      type: "OperationBlocked",
      actor: "controller",
      request_id: null,
      data: JSON.stringify(data),
    })
    .execute();
}
