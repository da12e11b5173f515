/** RADIUS records of a neighbourhood as the rules read them. */
import { sql, type Selectable } from "kysely";
import type { RadiusFact } from "../../fraud/facts/facts.ts";
import type { Disturbance } from "../../fraud/facts/network.ts";
import { SETTINGS } from "../../fraud/settings.ts";
import type { Database } from "../tables.ts";
import type { Trx } from "../transaction.ts";
import { list, RETENTION_DAYS } from "./query.ts";

/** A bound for what one evaluation reads; the newest count. A credential with Interims every five minutes makes 2,300. */
const RECORDS_AT_MOST = 20_000;
const SESSIONS_AT_MOST = 2_000;

type EventRow = Selectable<Database["radius_events"]>;

interface SessionRow {
  session: string;
  credential: string | null;
  mac: string | null;
  nas: string | null;
  began_at: Date | null;
}

export interface RadiusFacts {
  readonly radius: readonly RadiusFact[];
  readonly disturbances: readonly Disturbance[];
}

/** All sessions of these credentials and MACs, and of the MACs of those; with the restarts of their NASes. */
export async function radiusFactsOf(
  trx: Trx,
  of: { readonly credentials: readonly string[]; readonly macs: readonly string[] },
): Promise<RadiusFacts> {
  const tunnelled = await macsOfLogins(trx, of.credentials);
  const own = await sessionsOf(trx, of.credentials, [...of.macs, ...tunnelled]);
  const macs = list(own.flatMap(({ mac }) => mac ?? []));
  const others = await sessionsOf(trx, [], macs);
  const sessions = list([...own, ...others].map(({ session }) => session));
  const nases = list(own.flatMap(({ nas }) => nas ?? []));
  const { rows } = await sql<EventRow>`
    select key, received_at, kind, at, estimated, credential, outer_identity, mac, mac_raw, nas, nas_address,
      source_address, port_id, circuit_id, base_station, session, session_id, multi_id, class, chargeable, seconds,
      in_octets, out_octets, framed_address, terminate_cause
    from radius_events
    where received_at >= now() - ${RETENTION_DAYS} * interval '1 day'
      and (session = any(${sessions}::uuid[]) or credential = any(${list(of.credentials)})
           or (mac = any(${macs}) and kind in ('accept', 'login'))
           or (nas = any(${nases}) and kind in ('nas_on', 'nas_off')))
    order by received_at desc, key limit ${RECORDS_AT_MOST}`.execute(trx);
  return { radius: rows.map(factOf), disturbances: await massReturns(trx, own) };
}

/** Behind an outer identity a session shows no credential: the login that goes with it tells whose MAC it is. */
async function macsOfLogins(trx: Trx, credentials: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ mac: string }>`
    select distinct mac from radius_events
    where credential = any(${list(credentials)}) and kind in ('accept', 'login') and mac is not null
      and received_at >= now() - ${RETENTION_DAYS} * interval '1 day'`.execute(trx);
  return rows.map(({ mac }) => mac);
}

/** The other way round. */
export async function credentialsOfLogins(
  trx: Trx,
  macs: readonly string[],
): Promise<readonly string[]> {
  if (macs.length === 0) return [];
  const { rows } = await sql<{ credential: string }>`
    select distinct credential from radius_events
    where mac = any(${list(macs)}) and kind in ('accept', 'login') and credential is not null
      and received_at >= now() - ${RETENTION_DAYS} * interval '1 day'`.execute(trx);
  return rows.map(({ credential }) => credential);
}

async function sessionsOf(
  trx: Trx,
  credentials: readonly string[],
  macs: readonly string[],
): Promise<readonly SessionRow[]> {
  if (credentials.length + macs.length === 0) return [];
  const { rows } = await sql<SessionRow>`
    select session, credential, mac, nas, coalesce(started_at, implied_start_at) as began_at
    from radius_sessions
    where (credential = any(${list(credentials)}) or mac = any(${list(macs)}))
      and changed_at >= now() - ${RETENTION_DAYS} * interval '1 day'
    order by changed_at desc, session limit ${SESSIONS_AT_MOST}`.execute(trx);
  return rows;
}

function factOf(row: EventRow): RadiusFact {
  const { key, kind, at, estimated, received_at: receivedAt, mac, credential } = row;
  const outer = credential === null && row.outer_identity !== null;
  // The name in clear is not kept: its digest stands for it, and an outer identity is marked as such.
  const normalised = credential ?? row.outer_identity;
  return {
    credential,
    event: {
      ...{ key, kind, at, estimated, receivedAt, mac, macRaw: row.mac_raw },
      user: normalised === null ? null : { normalised, outer },
      nas: {
        name: row.nas,
        claimedAddress: row.nas_address,
        sourceAddress: row.source_address,
      },
      line: { portId: row.port_id, circuitId: row.circuit_id, baseStation: row.base_station },
      session: {
        id: row.session_id,
        unique: row.session,
        multi: row.multi_id,
        class: row.class,
        chargeable: row.chargeable,
        seconds: row.seconds,
        inOctets: row.in_octets === null ? null : BigInt(row.in_octets),
        outOctets: row.out_octets === null ? null : BigInt(row.out_octets),
        framedAddress: row.framed_address,
        terminateCause: row.terminate_cause,
      },
    },
  };
}

interface MassRow {
  nas: string;
  at: Date;
}

/**
 * Moments around which a fifth of a NAS's CPEs began a session: the neighbourhood of one credential does not show that by
 * itself, so it is counted here, as the guard would.
 */
async function massReturns(trx: Trx, own: readonly SessionRow[]): Promise<readonly Disturbance[]> {
  const began = own
    .flatMap(({ nas, began_at: at }) => (nas === null || at === null ? [] : [{ nas, at }]))
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, 20);
  if (new Set(own.map(({ mac }) => mac)).size < 2 || began.length === 0) return [];
  const { massStartAtLeast, massStartMs, massStartShare } = SETTINGS;
  const { rows } = await sql<MassRow>`
    select x.nas, x.at
    from jsonb_to_recordset(${JSON.stringify(began)}::jsonb) as x (nas text, at timestamptz)
    cross join lateral (
      select count(distinct coalesce(mac, session::text)) as count from radius_sessions s
      where s.nas = x.nas and s.started_at between x.at - ${massStartMs / 2} * interval '1 ms'
                                               and x.at + ${massStartMs / 2} * interval '1 ms') as begun
    cross join lateral (
      select count(distinct coalesce(mac, session::text)) as count from radius_sessions s
      where begun.count >= ${massStartAtLeast} and s.nas = x.nas
        and s.changed_at >= now() - ${RETENTION_DAYS} * interval '1 day') as known
    where begun.count >= ${massStartAtLeast} and begun.count > ${massStartShare}::float8 * known.count
    order by x.nas, x.at`.execute(trx);
  return rows.map(({ nas, at }) => {
    const [fromAt, untilAt] = [at.getTime(), at.getTime()];
    return { kind: "nas_outage", of: nas, fromAt, untilAt };
  });
}
