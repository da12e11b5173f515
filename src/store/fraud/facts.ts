/**
 * The neighbourhood of a change, as facts: what the CPEs showed that carry its credentials and MACs, who these belong to, the
 * RADIUS records of both, what the inventory says of these, and what we did ourselves. What nobody told stays empty, and unknown
 * is no mismatch (I5).
 */
import { sql } from "kysely";
import type { Sighting } from "../../fraud/facts/acs.ts";
import type { ListedCredential, Service } from "../../fraud/facts/billing.ts";
import { NO_FACTS, type Facts } from "../../fraud/facts/facts.ts";
import type { Pending, Push } from "../../fraud/facts/own-log.ts";
import type { Trx } from "../transaction.ts";
import { bindingsOf, servicesOf } from "./bindings.ts";
import { actsOf } from "./acts.ts";
import { inventoryOf, type Moment } from "./inventory.ts";
import { ownLogOf } from "./own-log.ts";
import { list } from "./query.ts";
import { radiusFactsOf } from "./radius-facts.ts";
import { holdersOf } from "./secret-facts.ts";
import { sightingsOf } from "./sightings.ts";

/** A credential that is on more devices than this is not told better by more of them. */
const DEVICES_AT_MOST = 1_000;

export interface Seeds {
  readonly credentials: readonly string[];
  readonly macs: readonly string[];
  /** By key. */
  readonly devices: readonly number[];
}

export async function factsOf(
  trx: Trx,
  seeds: Seeds,
  listed: readonly ListedCredential[],
  moment: Moment,
): Promise<Facts> {
  const shown = await devicesShowing(trx, seeds);
  const near = await bindingsOf(trx, { credentials: seeds.credentials, devices: seeds.devices });
  const devices = list([...seeds.devices, ...shown, ...near.map(({ device }) => device)]);
  const bound = await bindingsOf(trx, {
    credentials: list([...seeds.credentials, ...near.map(({ credential }) => credential)]),
    devices,
  });
  const log = await ownLogOf(trx, bound);
  const services = servicesOf(bound, log);
  const sightings = await sightingsOf(trx, [...devices, ...log.coming]);
  const radius = await radiusFactsOf(trx, {
    credentials: list([
      ...seeds.credentials,
      ...bound.flatMap(({ credential, bare }) =>
        bare === null ? [credential] : [credential, bare],
      ),
      ...sightings.flatMap(({ credential }) => credential ?? []),
    ]),
    macs: list([...seeds.macs, ...sightings.flatMap(({ wanMacs }) => wanMacs)]),
  });
  const pushes = await pushesOf(trx, devices);
  const pending = [...(await openOf(trx, devices)), ...notTakenYet(services, sightings)];
  const inventory = await inventoryOf(trx, { ...radius, sightings, services }, moment);
  return { ...NO_FACTS, ...radius, ...inventory, sightings, listed, pushes, pending };
}

/**
 * Of a secret, who shows it; of a person, what he did and of which services. Both are asked about with all that there is
 * of them, by the queue, and apart from any neighbourhood: in one they would be seen in part, and be taken back by it.
 */
export async function factsApart(
  trx: Trx,
  { secrets, people }: { readonly secrets: readonly string[]; readonly people: readonly string[] },
  listed: readonly ListedCredential[],
  moment: Moment,
): Promise<Facts> {
  const { devices, sightings } = await holdersOf(trx, secrets);
  const acts = await actsOf(trx, people);
  const credentials = list(acts.map(({ credential }) => credential));
  const bound = await bindingsOf(trx, { credentials, devices });
  const services = servicesOf(bound, await ownLogOf(trx, bound));
  const near = { radius: [], disturbances: [], sightings, services };
  const inventory = await inventoryOf(trx, near, moment);
  return { ...NO_FACTS, ...inventory, sightings, listed, acts };
}

async function devicesShowing(trx: Trx, { credentials, macs }: Seeds): Promise<readonly number[]> {
  const { rows } = await sql<{ device: number }>`
    select device from device_sightings where credential = any(${list(credentials)})
    union
    select device from device_sightings where macs && ${list(macs)}::text[]
    order by device limit ${DEVICES_AT_MOST}`.execute(trx);
  return rows.map(({ device }) => device);
}

interface PushRow {
  device_id: string;
  fields: string[];
  version: string | null;
  intended_at: Date;
  proven_at: Date | null;
}

async function pushesOf(trx: Trx, devices: readonly number[]): Promise<readonly Push[]> {
  const { rows } = await sql<PushRow>`
    with near as materialized (
      select * from intents
      where device = any(${list(devices)}::bigint[]) and intended_at >= now() - interval '90 days')
    select d.device_id, i.fields, i.edits -> 0 ->> 'version' as version, i.intended_at,
      case when i.verdict = 'verified' then i.verdict_at end as proven_at
    from near i join devices d on d.device = i.device
    where i.fields && array['credentials', 'firmware'] and i.outcome is distinct from 'rejected'
    order by i.id desc limit 2000`.execute(trx);
  return rows.map(({ device_id: serial, fields, version, intended_at, proven_at }): Push => ({
    serial,
    what: fields.includes("credentials") ? "credential" : "firmware",
    credential: null,
    firmware: version,
    at: intended_at.getTime(),
    provenAt: proven_at?.getTime() ?? null,
  }));
}

async function openOf(trx: Trx, devices: readonly number[]): Promise<readonly Pending[]> {
  const { rows } = await sql<{ device_id: string; since: Date }>`
    select d.device_id, min(i.intended_at) as since
    from intents i join devices d on d.device = i.device
    where i.device = any(${list(devices)}::bigint[]) and i.verdict is null and 'credentials' = any(i.fields)
    group by d.device_id`.execute(trx);
  return rows.map(({ device_id: serial, since }) => ({ serial, sinceAt: since.getTime() }));
}

/** Bound anew, and never seen with it since: what the box shows until then is what it had before. */
function notTakenYet(
  services: readonly Service[],
  sightings: readonly Sighting[],
): readonly Pending[] {
  return services.flatMap(({ credential, aliases, bindings }) =>
    bindings.flatMap(({ serial, fromAt, untilAt }): Pending[] => {
      if (untilAt !== null) return [];
      const his = [credential, ...aliases];
      const taken = sightings.some(
        (one) =>
          one.serial === serial &&
          one.at >= fromAt &&
          one.credential !== null &&
          his.includes(one.credential),
      );
      const first = sightings.find((one) => one.serial === serial)?.at ?? Infinity;
      // A box that had its service before anybody looked at it is compared from the first look on.
      return taken || first >= fromAt ? [] : [{ serial, sinceAt: fromAt }];
    }),
  );
}
