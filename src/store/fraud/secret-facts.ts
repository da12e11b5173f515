/**
 * Who shows one secret. Asked by the queue alone, a secret at a time with all its holders and nothing else of them: a
 * template's password is on hundreds of boxes, whose lines have nothing to do with one another.
 */
import { sql } from "kysely";
import type { Sighting } from "../../fraud/facts/acs.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";
import type { ShownAt } from "./shown.ts";

/** A secret that is on more boxes than this is not told better by more of them. */
const HOLDERS_AT_MOST = 1_000;

/** Those of the ACS that another box shows as well. A service's is the customer's, and many may have chosen alike. */
export async function sharedSecrets(
  trx: Trx,
  device: number,
  { secrets }: Pick<ShownAt, "secrets">,
): Promise<readonly string[]> {
  const ours = secrets.flatMap(({ opens, digest }) => (opens === "service" ? [] : [digest]));
  if (ours.length === 0) return [];
  const { rows } = await sql<{ digest: string }>`
    select distinct digest from device_secrets
    where digest = any(${list(ours)}) and device <> ${device} and opens <> 'service'`.execute(trx);
  return rows.map(({ digest }) => digest);
}

interface Row {
  device: number;
  device_id: string;
  oui: string;
  opens: Sighting["secrets"][number]["opens"];
  digest: string;
  first_at: Date;
  last_at: Date;
  macs: string[];
}

/** Its first and its last sighting in each box: that is all that anybody keeps of it. */
export async function holdersOf(
  trx: Trx,
  digests: readonly string[],
): Promise<{ readonly devices: readonly number[]; readonly sightings: readonly Sighting[] }> {
  if (digests.length === 0) return { devices: [], sightings: [] };
  const { rows } = await sql<Row>`
    select x.device, d.device_id, d.oui, x.opens, x.digest, x.first_at, x.last_at,
      coalesce((select s.macs from device_sightings s where s.device = x.device order by s.at desc limit 1), '{}') as macs
    from device_secrets x join devices d on d.device = x.device
    where x.digest = any(${list(digests)}) and x.opens <> 'service'
    order by x.first_at, x.device limit ${HOLDERS_AT_MOST}`.execute(trx);
  return {
    devices: list(rows.map(({ device }) => device)),
    sightings: rows.flatMap((row) =>
      list([row.first_at.getTime(), row.last_at.getTime()]).map((at) => sightingOf(row, at)),
    ),
  };
}

function sightingOf(row: Row, at: number): Sighting {
  const { device_id: serial, oui, opens, digest, macs } = row;
  return {
    key: `${serial} ${opens} ${at}`,
    ...{ serial, oui, at, live: true, wanMacs: macs },
    credential: null,
    secrets: [{ opens, digest }],
    ...{ sourceAddress: null, sourceSite: null, uptimeSeconds: null, events: [], firmware: null },
  };
}
