/** What CPEs showed, as the rules read it. */
import { sql } from "kysely";
import type { Sighting } from "../../fraud/facts/acs.ts";
import type { Trx } from "../transaction.ts";
import { list, RETENTION_DAYS } from "./query.ts";

interface Row {
  device_id: string;
  oui: string;
  at: Date;
  live: boolean;
  credential: string | null;
  macs: string[];
  firmware: string | null;
  booted_at: Date | null;
  bootstrapped: string | null;
  secrets: Sighting["secrets"];
}

/** Of the last days, and the newest of each however old. */
export async function sightingsOf(
  trx: Trx,
  devices: readonly number[],
): Promise<readonly Sighting[]> {
  const { rows } = await sql<Row>`
    select d.device_id, d.oui, s.at, s.live, s.credential, s.macs, s.firmware, s.booted_at, s.bootstrapped,
      coalesce((select jsonb_agg(jsonb_build_object('opens', x.opens, 'digest', x.digest) order by x.opens)
                from device_secrets x where x.device = s.device and s.at in (x.first_at, x.last_at)), '[]') as secrets
    from device_sightings s join devices d on d.device = s.device
    where s.device = any(${list(devices)}::bigint[])
      and (s.at >= now() - ${RETENTION_DAYS} * interval '1 day'
           or not exists (select from device_sightings o where o.device = s.device and o.at > s.at))
    order by s.device, s.at`.execute(trx);
  const bootstraps = new Map<string, string>();
  return rows.map((row) => {
    const { device_id: serial, bootstrapped, booted_at: booted } = row;
    const before = bootstraps.get(serial);
    if (bootstrapped !== null) bootstraps.set(serial, bootstrapped);
    const turned = before !== undefined && bootstrapped !== null && before !== bootstrapped;
    return {
      key: `${serial} ${row.at.toISOString()}`,
      ...{ serial, oui: row.oui, at: row.at.getTime(), live: row.live, wanMacs: row.macs },
      ...{ credential: row.credential, secrets: row.secrets, firmware: row.firmware },
      // No ACS that we speak to tells where an Inform came from.
      ...{ sourceAddress: null, sourceSite: null },
      uptimeSeconds: booted === null ? null : (row.at.getTime() - booted.getTime()) / 1_000,
      // Of events an ACS tells the last bootstrap and nothing else. That no other is told says nothing of whether it
      // rebooted, so no sighting claims that it did not.
      events: turned ? ["0 BOOTSTRAP"] : [],
    };
  });
}
