/** What was asked of the AAA: taken by whoever sends it, settled by what became of it, and shown beside what accounting says. */
import { sql, type Kysely } from "kysely";
import { SESSION_NOT_FOUND } from "../lib/radius-packet.ts";
import type {
  AaaOutcome,
  AaaRequestView,
  AaaState,
  AaaStore,
  DueAaaRequest,
} from "../ports/aaa-store.ts";
import type { Actor } from "../ports/actor.ts";
import { sessionsOf } from "./aaa-sessions.ts";
import { loginTarget, targetsOf, type ResolveSecret } from "./aaa-targets.ts";
import { addEvents } from "./fleet/events.ts";
import type { Database } from "./tables.ts";
import { transact, type Trx } from "./transaction.ts";

const AAA: Actor = { owner: "aaa", tokenId: "", requestId: "" };
/** Rounds of packets until it is left as unknown, for a person. */
const ROUNDS = 3;
const NEXT_ROUND_MS = 60_000;

interface TakenRow {
  request: number;
  purpose: DueAaaRequest["purpose"];
  session_id: string;
  nas: string | null;
  nas_address: string | null;
  source_address: string | null;
  rounds: number;
  username: string | null;
  age_ms: number;
  is_over: boolean;
}

export function aaaStore(db: Kysely<Database>, resolve: ResolveSecret): AaaStore {
  return {
    takeAaa: (limit, leaseMs) => transact(db, (trx) => take(trx, resolve, limit, leaseMs)),
    settleAaa: (request, outcome) => transact(db, (trx) => settle(trx, request, outcome)),
    loginTarget: (realm) => loginTarget(db, realm, resolve),
    aaaOf: (device) => requestsOf(db, sql`r.device = ${device}`),
    sessionsOf: (device) => sessionsOf(db, device),
  };
}

/** One at a time for each session, in the order in which they were asked: a resume must not overtake its suspension. */
async function take(
  trx: Trx,
  resolve: ResolveSecret,
  limit: number,
  leaseMs: number,
): Promise<readonly DueAaaRequest[]> {
  const { rows } = await sql<TakenRow>`
    with taken as (
      update aaa_requests set lease_until = now() + ${leaseMs} * interval '1 ms', rounds = rounds + 1
      where request in (
        select r.request from aaa_requests r
        where r.state = 'waiting' and r.due_at <= now() and (r.lease_until is null or r.lease_until < now())
          and not exists (select from aaa_requests e
                          where e.session = r.session and e.state = 'waiting' and e.request < r.request)
        order by r.due_at, r.request limit ${limit} for update skip locked)
      returning *)
    select t.request, t.purpose, t.session_id, t.nas, t.nas_address, t.source_address, t.rounds,
      (extract(epoch from now() - t.asked_at) * 1000)::float8 as age_ms,
      s.stopped_at is not null or s.nas_restarted_at is not null as is_over,
      (select d.spec #>> '{credentials,username}'
              || coalesce('@' || nullif(d.spec #>> '{credentials,realm}', ''), '')
       from desired_documents d
       where d.device = t.device and d.ended_at is null and d.spec ? 'credentials'
       order by d.writer limit 1) as username
    from taken t left join radius_sessions_seen s on s.session = t.session
    order by t.request`.execute(trx);
  if (rows.length === 0) return [];
  const answersFor = await targetsOf(trx, resolve);
  return rows.map((row) => {
    const found = answersFor(row);
    return {
      ...{ id: row.request, purpose: row.purpose, session: row.session_id, nas: row.nas },
      ...{ nasAddress: row.nas_address, username: row.username, rounds: row.rounds - 1 },
      ageMs: row.age_ms,
      isOver: row.is_over,
      target: found !== null && "target" in found ? found.target : null,
      hindrance: found !== null && "hindrance" in found ? found.hindrance : null,
    };
  });
}

interface Settled {
  readonly state: AaaState;
  readonly detail: string | null;
  readonly errorCause: number | null;
}

/** Null: another round, later. */
function settledBy(request: DueAaaRequest, outcome: AaaOutcome): Settled | null {
  const plain = (state: AaaState, detail: string | null = null): Settled => ({
    ...{ state, detail },
    errorCause: null,
  });
  switch (outcome.kind) {
    case "later":
      return null;
    case "told":
      return plain("told");
    case "moot":
      return plain("moot", outcome.detail);
    case "answered": {
      const { answer } = outcome;
      if (answer.kind === "ack") return plain("acked");
      if (answer.kind === "unknown")
        return request.rounds + 1 < ROUNDS ? null : plain("unknown", answer.why);
      const { errorCause } = answer;
      const isGone = errorCause === SESSION_NOT_FOUND;
      return { state: isGone ? "gone" : "refused", detail: null, errorCause };
    }
  }
}

async function settle(trx: Trx, request: DueAaaRequest, outcome: AaaOutcome): Promise<void> {
  const end = settledBy(request, outcome);
  const asked = outcome.kind === "answered" ? outcome : null;
  const packet = asked?.packet ?? null;
  const sent = asked?.answer.sent ?? 0;
  const target = request.target?.name ?? null;
  if (end === null) {
    const waitMs = outcome.kind === "later" ? outcome.waitMs : NEXT_ROUND_MS;
    const why = outcome.kind === "later" ? outcome.detail : "no answer yet";
    await sql`
      update aaa_requests
      set lease_until = null, due_at = now() + ${waitMs} * interval '1 ms', detail = ${why}, sent = sent + ${sent},
          packet = coalesce(${packet}, packet), target = ${target},
          rounds = case when ${outcome.kind === "later"} then rounds - 1 else rounds end
      where request = ${request.id} and state = 'waiting'`.execute(trx);
    return;
  }
  const { rows } = await sql<{ device: number | null; response: number | null }>`
    update aaa_requests
    set lease_until = null, state = ${end.state}, detail = ${end.detail}, error_cause = ${end.errorCause},
        sent = sent + ${sent}, packet = coalesce(${packet}, packet), target = ${target}, answered_at = now()
    where request = ${request.id} and state = 'waiting' returning device, response`.execute(trx);
  const [row] = rows;
  if (row === undefined) return;
  const { purpose, nas, session } = request;
  const what = { request: request.id, purpose, nas, session };
  const event =
    end.state === "told"
      ? { type: "SessionChangeAsked" as const, data: { ...what, nasAddress: request.nasAddress } }
      : {
          type: "AaaAnswered" as const,
          data: { ...what, target, packet, answer: end.state, errorCause: end.errorCause },
        };
  if (end.state !== "moot") await addEvents(trx, AAA, [{ device: row.device, ...event }]);
  if (row.response !== null) await closeResponse(trx, row.response);
}

/** Done when the NAS has said so of every session, or it was over anyway; a doubt leaves it open, for a person. */
async function closeResponse(trx: Trx, response: number): Promise<void> {
  await sql`
    update fraud_responses set state = 'done', changed_at = now()
    where response = ${response} and state = 'open'
      and not exists (select from aaa_requests
                      where response = ${response} and state not in ('acked', 'gone', 'moot'))`.execute(
    trx,
  );
}

interface ViewRow {
  request: number;
  response: number | null;
  purpose: AaaRequestView["purpose"];
  nas: string | null;
  session_id: string;
  state: AaaState;
  target: string | null;
  packet: "disconnect" | "coa" | null;
  sent: number;
  error_cause: number | null;
  detail: string | null;
  asked_at: Date;
  answered_at: Date | null;
  stopped_at: Date | null;
  alive_at: Date | null;
}

/** Newest first, with what accounting says of the same sessions. */
export async function requestsOf(
  db: Kysely<Database>,
  which: ReturnType<typeof sql>,
): Promise<readonly (AaaRequestView & { readonly response: number | null })[]> {
  const { rows } = await sql<ViewRow>`
    select r.request, r.response, r.purpose, r.nas, r.session_id, r.state, r.target, r.packet, r.sent, r.error_cause,
      r.detail, r.asked_at, r.answered_at, s.stopped_at, coalesce(s.alive_at, s.last_at) as alive_at
    from aaa_requests r left join radius_sessions s on s.session = r.session
    where ${which} order by r.request desc limit 100`.execute(db);
  return rows.map((row) => ({
    ...{ id: row.request, response: row.response, purpose: row.purpose, nas: row.nas },
    ...{ session: row.session_id, state: row.state, target: row.target, packet: row.packet },
    ...{ sent: row.sent, errorCause: row.error_cause, detail: row.detail },
    ...{ askedAt: row.asked_at, answeredAt: row.answered_at },
    ...{ stoppedAt: row.stopped_at, aliveAt: row.alive_at },
    ended: row.stopped_at !== null ? "stopped" : endsBy(row) ? "acked" : null,
  }));
}

/** A CoA moves a session and ends none. */
function endsBy({ state, packet }: ViewRow): boolean {
  return state === "acked" && packet === "disconnect";
}
