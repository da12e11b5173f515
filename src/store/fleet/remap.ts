/**
 * Which devices a change of maps touches. Its cost follows the number of kinds of devices, not of devices: those that say
 * the same of themselves, serial number aside, meet the same fate.
 */
import { sql } from "kysely";
import { NO_FACTS, type DeviceFacts } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Remap } from "../../ports/fleet-store.ts";
import type { Trx } from "../transaction.ts";

interface DeviceKind {
  oui: string;
  product_class: string | null;
  facts: Partial<DeviceFacts> | null;
}

/** Managed devices only: nobody reads the others through a map. */
export async function remappedDevices(trx: Trx, remap: Remap): Promise<DeviceKey[]> {
  const kinds = await sql<DeviceKind>`
    select distinct d.oui, d.product_class, d.facts - 'serial' as facts
    from devices d join work w on w.device = d.device`.execute(trx);
  const changed = kinds.rows.filter(({ oui, product_class: productClass, facts }) =>
    remap({ ...NO_FACTS, ...facts, oui, productClass }),
  );
  if (changed.length === 0) return [];
  const found = await sql<{ device: DeviceKey }>`
    select d.device from devices d join work w on w.device = d.device
    join jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
      as k (oui text, product_class text, facts jsonb)
      on d.oui = k.oui and d.product_class is not distinct from k.product_class
     and (d.facts - 'serial') is not distinct from nullif(k.facts, 'null')`.execute(trx);
  return found.rows.map(({ device }) => device);
}
