/** A device as a pass would load it after a change that is only rehearsed, with the maps of that moment. */
import { Secret } from "../../lib/secret.ts";
import type { DeviceKey, ParkingCredential } from "../../model/records.ts";
import type { Planned } from "../../ports/fleet-store.ts";
import { loadDevice } from "../engine/load.ts";
import type { Keyring } from "../keyring.ts";
import { mapRecords } from "../map-records.ts";
import { openSecret } from "../secrets.ts";
import { parkingNameOf } from "./parking.ts";
import type { Trx } from "../transaction.ts";

export async function plannedOf(
  trx: Trx,
  keyring: Keyring,
  key: DeviceKey,
): Promise<Planned | null> {
  const device = await loadDevice(trx, key, (row) => openSecret(keyring, row), parkingFor);
  return device === null ? null : { device, maps: await mapRecords(trx) };
}

/** Its password is a reference that only the engine resolves. A plan says no more of it than that it changes, so any will do. */
function parkingFor(
  spec: Readonly<Record<string, unknown>>,
  acs: string,
): ParkingCredential | null {
  const named = parkingNameOf(spec);
  if (named === null) return null;
  return {
    acs,
    credentials: { ...named, password: new Secret("parking") },
    secretDigest: "parking",
  };
}
