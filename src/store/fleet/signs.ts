/** Signs of life from RADIUS: from what a record names to the one device that carries it, and that device due. */
import { sql, type Kysely } from "kysely";
import type { SignOfLife, SignsTaken, SignStore } from "../../ports/signs.ts";
import { classNumber, PLACE_OF_RETURN } from "../due.ts";
import type { Keyring } from "../keyring.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";

/** As in `migrations/0006_signs_of_life.sql`, or its index is of no use. */
const USER_OF_DOCUMENT = sql`
  lower(btrim(o.spec #>> '{credentials,username}'))
    || case when coalesce(btrim(o.spec #>> '{credentials,realm}'), '') = '' then ''
            else '@' || lower(btrim(o.spec #>> '{credentials,realm}')) end`;

/** A session may begin every few seconds on a bad line. */
const AGAIN_AFTER = sql`interval '10 minutes'`;
/** Sessions go on all the time; a later sign of life is worth a write when it is later by so much. */
const WORTH_NOTING = sql`interval '1 minute'`;

interface Found {
  device: number | null;
  count: number;
  at: Date;
  began: boolean;
}

/** The devices that a sign fits: by what a read last saw on them, and by what their documents say. */
async function find(trx: Trx, keyring: Keyring, signs: readonly SignOfLife[]): Promise<Found[]> {
  const told = signs.map(({ kind, agoMs, device, user, mac }, n) => ({
    ...{ n, began: kind === "start", agoMs: Math.max(0, agoMs) },
    ...{ device, mac, user, credential: user && keyring.digest("username", user) },
  }));
  const { rows } = await sql<Found>`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
        as x (n int, began boolean, "agoMs" float8, device text, mac text, "user" text, credential text)
    ), named as (
      select t.n, d.device from told t join devices d on d.device_id = t.device
      union
      select t.n, a.device from told t join device_aliases a on a.alias = t.mac and a.kind = 'mac'
      union
      select t.n, s.device from told t join sightings s on s.credential = t.credential
      where not exists (select from observations o where o.device = s.device and o.read_at > s.last_seen)
      union
      select t.n, o.device from told t join desired_documents o on ${USER_OF_DOCUMENT} = t."user"
      where o.ended_at is null and o.spec ? 'credentials'
    )
    select min(m.device) as device, count(m.device)::int as count, t.began,
      now() - t."agoMs" * interval '1 ms' as at
    from told t left join named m on m.n = t.n
    group by t.n, t.began, t."agoMs"`.execute(trx);
  return rows;
}

/** What is news of a device that is away, or that owes an answer, makes it due; the rest is noted. */
async function take(trx: Trx, found: readonly Found[]): Promise<number> {
  const rows = found.map(({ device, at, began }) => ({ device, at, began }));
  const taken = await sql<{ due: number }>`
    with alive as (
      select device, max(at) as at, bool_or(began) as began
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (device bigint, at timestamptz, began boolean)
      group by device
    ), before as materialized (
      select s.device, s.reachable, s.state, s.contact_at, a.at, a.began, ${PLACE_OF_RETURN} as place,
        coalesce((select max((c ->> 'since')::timestamptz) from jsonb_array_elements(s.conditions) c
                  where c ->> 'type' = 'Reachable' and c ->> 'status' = 'false'), s.since) as away_since,
        s.reach ->> 'asked' is not null
          or exists (select from intents i where i.device = s.device and i.verdict is null) as owed
      from alive a
      join devices d on d.device = a.device
      join work w on w.device = a.device
      join device_status s on s.device = a.device
      order by s.device
      for update of w
    ), judged as (
      select *, case
        when reachable is false then at > away_since
          and (contact_at is null or contact_at < away_since or (began and contact_at < at - ${AGAIN_AFTER}))
        else began and owed and coalesce(contact_at < at, true) end as news
      from before
    ), noted as (
      update device_status s set contact_at = j.at
      from judged j
      where s.device = j.device and (s.contact_at is null or s.contact_at < j.at - ${WORTH_NOTING}
                                     or (j.news and s.contact_at < j.at))
    ), due as (
      update work w
      set due_at = case when j.reachable is false then j.place else now() end,
          gen = w.gen + case when w.holder is null then 0 else 1 end,
          reason = case when j.began then 'its RADIUS session began' else 'its RADIUS session goes on' end,
          class = case when j.reachable is false then ${classNumber("returning")} else w.class end
      from judged j
      where w.device = j.device and j.news and j.state not in ('held', 'quarantined', 'unmanaged')
        -- A pass that has it in hand may have looked before it came back: it is looked at once more.
        and (w.holder is not null or w.due_at > now() or w.class = ${classNumber("probe")})
      returning w.device
    )
    select count(*)::int as due from due`.execute(trx);
  return taken.rows[0]?.due ?? 0;
}

export function signs(db: Kysely<Database>, keyring: Keyring): SignStore {
  return {
    async signsOfLife(all): Promise<SignsTaken> {
      const alive = all.filter(({ kind }) => kind !== "stop");
      if (alive.length === 0) return { due: 0, ambiguous: 0, unknown: 0 };
      return await transact(db, async (trx) => {
        const found = await find(trx, keyring, alive);
        const clear = found.filter(({ count }) => count === 1);
        return {
          due: clear.length === 0 ? 0 : await take(trx, clear),
          ambiguous: found.filter(({ count }) => count > 1).length,
          unknown: found.filter(({ count }) => count === 0).length,
        };
      });
    },
  };
}
