/**
 * RADIUS records: one statement puts a batch into the history and folds it into the sessions.
 *
 * Every value of a session is the least, the greatest or a count of distinct records, so the order in which records come,
 * and how often, changes nothing. Locks are taken in the order of their keys, so two batches never wait for each other.
 */
import { sql, type Kysely } from "kysely";
import { isOwnLogin } from "../fraud/own-login.ts";
import type { RadiusEvent } from "../fraud/radius-event.ts";
import type { QuarantinedRecord, RadiusStore } from "../ports/radius-store.ts";
import type { Database } from "./tables.ts";
import { transact, type Trx } from "./transaction.ts";

/** Keyed, as the ring makes it: hex. */
type Digest = (label: string, text: string) => string;

export function radiusStore(db: Kysely<Database>, digest: Digest): RadiusStore {
  return {
    async storeRadius(events, quarantined) {
      const rows = rowsOf(events, digest);
      return await transact(db, async (trx) => {
        await quarantine(trx, quarantined);
        return rows.length === 0 ? 0 : await store(trx, rows);
      });
    },
  };
}

/** As the recordset below names them. */
type Row = Readonly<Record<string, string | number | boolean | null>>;

/** A record that is there twice counts once, and the transmission with a time of its own is the better one. */
function rowsOf(events: readonly RadiusEvent[], digest: Digest): readonly Row[] {
  // 128 bits of a keyed digest are plenty for being equal, and PostgreSQL has a type of that size.
  const id = (label: string, text: string | null): string | null =>
    text === null ? null : digest(label, text).slice(0, 32);
  const unique = new Map<string, RadiusEvent>();
  for (const event of events) {
    if (unique.get(event.key)?.estimated !== false) unique.set(event.key, event);
  }
  return [...unique.values()].map((event): Row => {
    const { nas, line, session } = event;
    // A login of our own is kept as history, and as nobody's: no rule can see it, now or later.
    const user = isOwnLogin(event, digest) ? null : event.user;
    const name = user === null ? null : digest("username", user.normalised);
    return {
      key: id("radius.record", event.key),
      kind: event.kind,
      at: event.at.toISOString(),
      estimated: event.estimated,
      credential: user?.outer === false ? name : null,
      outer_identity: user?.outer === true ? name : null,
      mac: event.mac,
      mac_raw: event.macRaw,
      nas: nas.name,
      nas_address: nas.claimedAddress,
      source_address: nas.sourceAddress,
      port_id: line.portId,
      circuit_id: line.circuitId,
      base_station: line.baseStation,
      session: id("radius.session", session.unique),
      session_id: session.id,
      multi_id: session.multi,
      class: id("radius.class", session.class),
      chargeable: id("radius.chargeable", session.chargeable),
      seconds: session.seconds,
      in_octets: session.inOctets?.toString() ?? null,
      out_octets: session.outOctets?.toString() ?? null,
      framed_address: session.framedAddress,
      terminate_cause: session.terminateCause,
    };
  });
}

/**
 * Everything of a batch in one statement: which records are new, the history of these, the sessions of all, and what is to be
 * evaluated of it by `store/fraud/queue.ts`, for which nothing waits here.
 */
async function store(trx: Trx, rows: readonly Row[]): Promise<number> {
  const stored = await sql<{ count: number }>`
    with x as materialized (
      select r.*, case when not estimated then at end as exact_at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
        key uuid, kind text, at timestamptz, estimated boolean, credential text, outer_identity text, mac text,
        mac_raw text, nas text, nas_address text, source_address text, port_id text, circuit_id text, base_station text,
        session uuid, session_id text, multi_id text, class uuid, chargeable uuid, seconds bigint, in_octets numeric,
        out_octets numeric, framed_address text, terminate_cause text)
    ), fresh as (
      insert into radius_keys (key) select key from x order by key on conflict do nothing returning key
    ), news as (
      -- What misuse may be seen by; of a session that is known and alone, an Interim is none.
      select * from x
      where key in (select key from fresh) and kind not in ('nas_on', 'nas_off')
        and (kind <> 'interim' or exists (select from fraud_watched w where w.id in (x.credential, x.mac))
             or not exists (select from radius_sessions s where s.session = x.session))
    ), history as (
      insert into radius_events (key, kind, at, estimated, credential, outer_identity, mac, mac_raw, nas, nas_address,
        source_address, port_id, circuit_id, base_station, session, session_id, multi_id, class, chargeable, seconds,
        in_octets, out_octets, framed_address, terminate_cause)
      select key, kind, at, estimated, credential, outer_identity, mac, mac_raw, nas, nas_address,
        source_address, port_id, circuit_id, base_station, session, session_id, multi_id, class, chargeable, seconds,
        in_octets, out_octets, framed_address, terminate_cause
      from x where key in (select key from fresh)
    ), folded as (
      insert into radius_sessions as s (session, session_id, multi_id, nas, nas_address, source_address, credential,
        outer_identity, mac, mac_raw, port_id, circuit_id, base_station, class, chargeable, started_at, restarted_at,
        implied_start_at, first_at, last_at, alive_at, stopped_at, terminate_cause, interims, seconds, in_octets,
        out_octets, contradictory)
      select session, max(session_id), max(multi_id), max(nas), max(nas_address), max(source_address), max(credential),
        max(outer_identity), max(mac), max(mac_raw), max(port_id), max(circuit_id), max(base_station),
        max(class::text)::uuid, max(chargeable::text)::uuid,
        min(exact_at) filter (where kind = 'start'), max(exact_at) filter (where kind = 'start'),
        min(exact_at - seconds * interval '1 second'), min(exact_at), max(exact_at),
        max(exact_at) filter (where kind = 'interim' or kind = 'stop' and seconds is not null),
        max(exact_at) filter (where kind = 'stop'), max(terminate_cause),
        count(*) filter (where kind = 'interim' and key in (select key from fresh)),
        max(seconds), max(in_octets), max(out_octets),
        coalesce(min(mac) <> max(mac), false) or coalesce(min(port_id) <> max(port_id), false)
          or coalesce(min(credential) <> max(credential), false)
      from x where session is not null and kind in ('start', 'interim', 'stop')
      group by session order by session
      on conflict (session) do update set
        session_id = greatest(s.session_id, excluded.session_id),
        multi_id = greatest(s.multi_id, excluded.multi_id),
        nas = greatest(s.nas, excluded.nas),
        nas_address = greatest(s.nas_address, excluded.nas_address),
        source_address = greatest(s.source_address, excluded.source_address),
        credential = greatest(s.credential, excluded.credential),
        outer_identity = greatest(s.outer_identity, excluded.outer_identity),
        mac = greatest(s.mac, excluded.mac),
        mac_raw = greatest(s.mac_raw, excluded.mac_raw),
        port_id = greatest(s.port_id, excluded.port_id),
        circuit_id = greatest(s.circuit_id, excluded.circuit_id),
        base_station = greatest(s.base_station, excluded.base_station),
        class = greatest(s.class, excluded.class),
        chargeable = greatest(s.chargeable, excluded.chargeable),
        started_at = least(s.started_at, excluded.started_at),
        restarted_at = greatest(s.restarted_at, excluded.restarted_at),
        implied_start_at = least(s.implied_start_at, excluded.implied_start_at),
        first_at = least(s.first_at, excluded.first_at),
        last_at = greatest(s.last_at, excluded.last_at),
        alive_at = greatest(s.alive_at, excluded.alive_at),
        stopped_at = greatest(s.stopped_at, excluded.stopped_at),
        terminate_cause = greatest(s.terminate_cause, excluded.terminate_cause),
        interims = s.interims + excluded.interims,
        seconds = greatest(s.seconds, excluded.seconds),
        in_octets = greatest(s.in_octets, excluded.in_octets),
        out_octets = greatest(s.out_octets, excluded.out_octets),
        contradictory = s.contradictory or excluded.contradictory
          or coalesce(s.mac <> excluded.mac, false) or coalesce(s.port_id <> excluded.port_id, false)
          or coalesce(s.credential <> excluded.credential, false),
        changed_at = now()
    ), asked as (
      insert into fraud_due as d (kind, id)
      select kind, id from (
        select 'credential' as kind, credential as id from news where credential is not null
        union
        select 'mac', mac from news where credential is null and mac is not null
        union
        select 'credential', s.credential
        from x join radius_sessions s on s.nas = x.nas join fraud_watched w on w.id = s.credential
        where x.kind in ('nas_on', 'nas_off') and x.key in (select key from fresh)
          and s.changed_at > now() - interval '8 days'
      ) as told order by kind, id
      on conflict (kind, id) do update set gen = d.gen + 1
    )
    select count(*)::int as count from fresh`.execute(trx);
  return stored.rows[0]?.count ?? 0;
}

/** One row for each kind of mistake and day. The newest shape is kept: it is the one that somebody can still look into. */
async function quarantine(trx: Trx, records: readonly QuarantinedRecord[]): Promise<void> {
  const kinds = new Map<string, { row: Record<string, unknown>; count: number; bytes: number }>();
  for (const { endpoint, poison } of records) {
    const { reason, shape } = poison;
    const attribute = poison.attribute ?? "";
    const kind = [endpoint, reason, attribute].join(" ");
    const before = kinds.get(kind) ?? { count: 0, bytes: 0 };
    const bytes = Math.max(before.bytes, shape.bytes);
    kinds.set(kind, {
      row: { endpoint, reason, attribute, shape },
      count: before.count + 1,
      bytes,
    });
  }
  if (kinds.size === 0) return;
  const rows = [...kinds.values()].map(({ row, count, bytes }) => ({ ...row, count, bytes }));
  await sql`
    insert into radius_quarantine as q (day, endpoint, reason, attribute, count, max_bytes, shape)
    select current_date, endpoint, reason, attribute, count, bytes, shape
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as x (endpoint text, reason text, attribute text, count bigint, bytes bigint, shape jsonb)
    order by endpoint, reason, attribute
    on conflict (day, endpoint, reason, attribute) do update
    set count = q.count + excluded.count, max_bytes = greatest(q.max_bytes, excluded.max_bytes),
        shape = excluded.shape, last_at = now()`.execute(trx);
}
