/**
 * What is asked of the AAA is written down here, in the transaction of what asks for it, and sent by a loop: so an AAA that
 * is away holds up no suspension, and a crash loses none.
 */
import { sql, type RawBuilder } from "kysely";
import type { DeviceKey } from "../model/records.ts";
import type { Actor } from "../ports/actor.ts";
import { addEvents } from "./fleet/events.ts";
import type { Trx } from "./transaction.ts";

/** A session that runs, as far as accounting tells. */
export interface RunningSession {
  readonly session: string;
  readonly session_id: string;
  readonly mac: string | null;
  readonly nas: string | null;
  readonly nas_address: string | null;
  readonly source_address: string | null;
}

/**
 * Sessions of these credentials without a Stop or a restart of their NAS, of which something came within so many minutes: by
 * our own clock, as a NAS's may be off. One with contradictory records is left out, as nobody knows whose it is.
 */
export async function runningSessions(
  trx: Trx,
  credentials: RawBuilder<unknown>,
  withinMinutes: number,
): Promise<readonly RunningSession[]> {
  const { rows } = await sql<RunningSession>`
    select s.session, s.session_id, s.mac, s.nas, s.nas_address, s.source_address
    from radius_sessions_seen s
    where s.credential in (${credentials}) and s.stopped_at is null and s.session_id is not null
      and s.changed_at > now() - ${withinMinutes} * interval '1 minute'
      and s.nas_restarted_at is null and not s.contradictory
    order by s.session limit 100`.execute(trx);
  return rows;
}

/** A CPE that has been silent for longer has no session that a NAS would still know. */
const DAY_MINUTES = 24 * 60;

/** Also without its realm, as a NAS may strip it, where that names nobody else. */
export const credentialsOf = (device: DeviceKey): RawBuilder<unknown> => sql`
  select credential from credential_bindings where device = ${device} and until_at is null
  union
  select b.bare from credential_bindings b
  where b.device = ${device} and b.until_at is null and b.bare is not null
    and not exists (select from credential_bindings o
                    where o.bare = b.bare and o.until_at is null and o.binding <> b.binding)`;

/**
 * The service was suspended or resumed: its sessions are to be ended or changed. The event that tells the AAA stands before
 * this one, and the CPE is not written. What was asked for the opposite and not sent yet is called off.
 */
export async function askOfSuspension(
  trx: Trx,
  purpose: "suspend" | "resume",
  device: DeviceKey,
  actor: Actor,
): Promise<void> {
  await sql`
    update aaa_requests set state = 'moot', detail = ${`called off: ${purpose}`}, answered_at = now()
    where device = ${device} and state = 'waiting' and purpose in ('suspend', 'resume')
      and (lease_until is null or lease_until < now())`.execute(trx);
  const sessions = await runningSessions(trx, credentialsOf(device), DAY_MINUTES);
  await askAaa(trx, { purpose, device, response: null, sessions }, actor);
}

/** One row for each session, and one event for all. No session: nothing is asked, and nothing said. */
export async function askAaa(
  trx: Trx,
  asked: {
    readonly purpose: "suspend" | "resume" | "misuse";
    readonly device: DeviceKey | null;
    readonly response: number | null;
    readonly sessions: readonly RunningSession[];
  },
  actor: Actor,
): Promise<void> {
  const { purpose, device, response, sessions } = asked;
  if (sessions.length === 0) return;
  await sql`
    insert into aaa_requests (device, purpose, response, session, session_id, nas, nas_address, source_address)
    select ${device}::bigint, ${purpose}, ${response}::bigint, session, session_id, nas, nas_address, source_address
    from jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb)
      as x (session uuid, session_id text, nas text, nas_address text, source_address text)`.execute(
    trx,
  );
  const order = "the AAA by its event, then each session; the CPE is not written";
  const data = { purpose, sessions: sessions.length, order };
  await addEvents(trx, actor, [{ device, type: "AaaAsked", data }]);
}

/** What a response has asked and nobody has sent yet. @returns how much was called off */
export async function callOff(trx: Trx, response: number): Promise<number> {
  const done = await sql`
    update aaa_requests set state = 'moot', detail = 'called off by a person', answered_at = now()
    where response = ${response} and state = 'waiting' and (lease_until is null or lease_until < now())`.execute(
    trx,
  );
  return Number(done.numAffectedRows ?? 0n);
}
