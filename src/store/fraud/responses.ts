/**
 * The ladder at work: takes one confirmed finding and one step that is switched on, asks what to do, and writes that down with
 * all that is to be done, in one transaction. One at a time in the installation, so that the caps hold; their last word, and
 * that of the month in shadow, is the trigger of `fraud_responses`.
 */
import { sql, type Kysely } from "kysely";
import type { Finding } from "../../fraud/findings.ts";
import { respond, SHADOW_MS, type AutomaticStep, type Response } from "../../fraud/response.ts";
import type { Actor } from "../../ports/actor.ts";
import type { ResponseStore } from "../../ports/response-store.ts";
import { askAaa } from "../aaa-asks.ts";
import { addEvents } from "../fleet/events.ts";
import { PASSWORD_FIELD } from "../secrets.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { isOurs } from "./queue.ts";
import { aboutFinding, countsNow, subjectOf, type About } from "./response-facts.ts";
import { order, undo } from "./response-orders.ts";
import { addResponse, responsesTo } from "./response-rows.ts";

/** The trigger of `fraud_responses` takes the same. */
const LOCK = 7_305_012;
const DETECTION: Actor = { owner: "detection", tokenId: "", requestId: "" };

interface Due {
  readonly finding: number;
  readonly pattern: string;
  readonly step: AutomaticStep;
  readonly since: Date;
  readonly content: Finding;
  readonly devices: readonly number[];
  readonly now: Date;
}

export function responseStore(db: Kysely<Database>): ResponseStore {
  return {
    respondDue: (failed) => respondDue(db, failed),
    responsesTo: (finding) => responsesTo(db, finding),
    order: (finding, step, why, actor) =>
      transact(db, (trx) => order(trx, finding, step, why, actor)),
    undo: (finding, response, actor) => transact(db, (trx) => undo(trx, finding, response, actor)),
  };
}

async function respondDue(
  db: Kysely<Database>,
  failed: (error: unknown) => void,
): Promise<boolean> {
  // Where nothing is switched on, as it is by default, this is all that there is to do.
  const on = await sql`
    select from fraud_steps union all select from fraud_responses where state = 'open' limit 1`.execute(
    db,
  );
  if (on.rows.length === 0) return false;
  const taken: { due: Due | null } = { due: null };
  try {
    return await transact(db, async (trx) => {
      await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(trx);
      await endRotations(trx);
      taken.due = await nextDue(trx);
      if (taken.due === null) return false;
      await answer(trx, taken.due);
      return true;
    });
  } catch (error) {
    const { due } = taken;
    if (due === null || !isOurs(error)) throw error;
    failed(error);
    await transact(db, (trx) => giveUp(trx, due));
    return true;
  }
}

/** A rotation first; who is to be disconnected waits for it, or would come back with the old password. */
async function nextDue(trx: Trx): Promise<Due | null> {
  const { rows } = await sql<Due>`
    select f.finding, f.pattern, s.step, s.since, f.content, f.devices, now() as now
    from fraud_steps s join findings f on f.pattern = s.pattern
    where f.state = 'confirmed'
      and not exists (select from fraud_responses r where r.finding = f.finding and r.step = s.step and r.automatic)
      and not (s.step = 'disconnect' and exists (
        select from fraud_responses r where r.finding = f.finding and r.step = 'rotate' and r.state = 'open'))
    order by f.finding, s.step desc limit 1 for update of f skip locked`.execute(trx);
  return rows[0] ?? null;
}

async function answer(trx: Trx, due: Due): Promise<void> {
  const { step, content, since, now } = due;
  const about = await aboutFinding(trx, content, due.devices);
  const response = respond({
    step,
    onSince: since.getTime(),
    state: content.state.kind,
    lastSeenAt: Date.parse(content.evidence.lastAt),
    protected: about.protected,
    subject: subjectOf(step, about),
    rotating: false,
    counts: await countsNow(trx),
    now: now.getTime(),
  });
  if (response.kind === "respond") await carryOut(trx, due, about, response);
}

/** What is decided stands in its row and in an event before anything is done; what is to be done stands beside it. */
async function carryOut(
  trx: Trx,
  { finding, pattern, step, since }: Due,
  about: About,
  { mode, verdict, reason }: Extract<Response, { kind: "respond" }>,
): Promise<void> {
  const [bound] = about.bound;
  const foreign = about.foreign === "own_side_unknown" ? [] : about.foreign;
  const sessions = step === "disconnect" ? foreign.length : 0;
  const acts = mode === "live" && verdict === "act";
  const response = await addResponse(trx, {
    ...{ finding, pattern, step, mode, verdict, reason, sessions },
    automatic: true,
    state: acts ? "open" : "noted",
    device: bound?.device ?? null,
    writer: step === "rotate" ? (bound?.writer ?? null) : null,
    version: step === "rotate" ? (bound?.version ?? null) : null,
    actor: DETECTION.owner,
    why: null,
  });
  const device = bound?.device ?? null;
  const what = { finding, response, pattern, step, reason };
  if (mode === "shadow") {
    const until = new Date(since.getTime() + SHADOW_MS).toISOString();
    const data = { ...what, would: verdict, sessions, until };
    await addEvents(trx, DETECTION, [{ device, type: "ResponseShadowed", data }]);
    return;
  }
  if (!acts) {
    await addEvents(trx, DETECTION, [{ device, type: "ResponseRefused", data: what }]);
    return;
  }
  await addEvents(trx, DETECTION, [{ device, type: "ResponseMade", data: { ...what, sessions } }]);
  if (step === "disconnect") {
    const asked = { purpose: "misuse", device, response, sessions: foreign } as const;
    await askAaa(trx, asked, DETECTION);
  } else if (bound !== undefined) {
    const data = { finding, response, writer: bound.writer, version: bound.version };
    await addEvents(trx, DETECTION, [{ device, type: "CredentialRotationAsked", data }]);
  }
}

/** Its owner has said that the AAA takes another password, or the credential is no longer in force. */
async function endRotations(trx: Trx): Promise<void> {
  await sql`
    update fraud_responses r set state = 'done', changed_at = now()
    where r.step = 'rotate' and r.state = 'open'
      and (exists (select from secrets s where s.device = r.device and s.writer = r.writer
                   and s.field = ${PASSWORD_FIELD} and s.version > r.version)
           or not exists (select from credential_bindings b join findings f on f.finding = r.finding
                          where b.device = r.device and b.writer = r.writer and b.until_at is null
                            and b.credential = f.credential))`.execute(trx);
}

/** What cannot be answered is given up, and left to a person: it must not stand before all others. */
async function giveUp(trx: Trx, { finding, pattern, step }: Due): Promise<void> {
  await addResponse(trx, {
    ...{ finding, pattern, step, automatic: true, mode: "live", verdict: "refuse" },
    ...{ reason: "mistake_of_ours", state: "failed", device: null, writer: null, version: null },
    ...{ sessions: 0, actor: DETECTION.owner, why: null },
  });
  const data = { finding, pattern, step, reason: "mistake_of_ours" };
  await addEvents(trx, DETECTION, [{ device: null, type: "ResponseRefused", data }]);
}
