/** One writer at a time for each device. */
import { sql } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceId } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Trx } from "../transaction.ts";

/**
 * The device's permanent work row is its lock, held to the end of the transaction. The engine takes that row before any
 * other of the device too; everybody who locks in this order never waits in a circle. It holds it for milliseconds and
 * never during a call, so billing does not wait for an ACS.
 *
 * @throws AppError `not_found`
 */
export async function lockDevice(trx: Trx, key: DeviceKey): Promise<DeviceId> {
  const found = await sql<{ device_id: DeviceId }>`
    select d.device_id from work w join devices d on d.device = w.device
    where w.device = ${key} for no key update of w`.execute(trx);
  const row = found.rows[0];
  if (row === undefined) throw notThere(key);
  return row.device_id;
}

export function notThere(key: DeviceKey): AppError {
  return new AppError("not_found", "There is no such device any more. List devices again.", {
    details: { device: key },
  });
}
