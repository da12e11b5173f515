/**
 * One evaluation: the neighbourhood loaded, the rules asked, what they say stored, all in the caller's transaction. One at a
 * time in the whole installation: two that see different facts would take each other's findings back.
 */
import { sql } from "kysely";
import { evaluate, foci, isEnabled, type Change, type Evaluation } from "../../fraud/evaluate.ts";
import type { Facts } from "../../fraud/facts/facts.ts";
import { reduceFindings, standingOf, type Ledger } from "../../fraud/findings.ts";
import { isMisplaced } from "../../fraud/misplaced.ts";
import { AFTER_A_REVEAL } from "../../fraud/rules/p18-insider.ts";
import type { Focus } from "../../fraud/rules/rule.ts";
import { viewOf } from "../../fraud/view-of.ts";
import type { View } from "../../fraud/view.ts";
import type { Trx } from "../transaction.ts";
import { askOfReveals } from "./acts.ts";
import { reportFound } from "./first-day.ts";
import { momentOf, type Moment } from "./inventory.ts";
import { ledgerOf, storeLedger, withKeys } from "./ledger.ts";
import type { PolicyInForce } from "./policy.ts";
import { list } from "./query.ts";

export interface Question {
  /** The neighbourhood of what is asked, under the lock. */
  readonly facts: (trx: Trx, moment: Moment) => Promise<Facts>;
  /** Of which kind the foci are that these facts are complete for. */
  readonly asks: (focus: Focus) => boolean;
  /** What came in, as it stands in the view. */
  readonly changes: (view: View) => readonly Change[];
}

/** Any number: it names the lock, and nobody else takes it. */
const LOCK = 7_305_011;

/** Until the end of the transaction. */
export async function lockDetection(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(trx);
}

/** Comes last in its transaction, as the lock is held until its end. */
export async function detect(trx: Trx, policy: PolicyInForce, question: Question): Promise<void> {
  await lockDetection(trx);
  const moment = await momentOf(trx);
  const now = moment.now.getTime();
  const facts = await question.facts(trx, moment);
  const bare = viewOf(facts, now);
  const asked = question
    .changes(bare)
    .flatMap((change) => foci(change, bare))
    .filter(question.asks);
  if (asked.length === 0) return;
  const touched = facts.acts.map(({ credential }): Focus => ({
    kind: "credential",
    id: credential,
  }));
  const known = await ledgerOf(trx, [...asked, ...touched]);
  const { suspicions, decidedAt } = standingOf(known);
  const view: View = {
    ...bare,
    suspicionsOf: (credential) => suspicions.get(credential) ?? [],
    decidedAt: (key) => decidedAt.get(key) ?? null,
  };
  const evaluation = evaluate({ kind: "due", foci: asked }, view, policy.rules);
  const keys = evaluation.verdicts.map(({ key }) => key);
  const before = await withKeys(trx, known, keys);
  const left = await reportFound(trx, before, evaluation);
  const reduced = reduceFindings(before, await withoutMended(trx, before, left));
  await storeLedger(trx, before, reduced.ledger, reduced.notices);
  if (isEnabled("P18", policy.rules)) {
    const raised = reduced.notices.flatMap((one) =>
      one.kind === "suspected" || one.kind === "confirmed" ? [one.finding] : [],
    );
    const misused = raised.filter(({ pattern }) => AFTER_A_REVEAL.has(pattern));
    const credentials = misused.flatMap(({ evidence }) => evidence.credential ?? []);
    await askOfReveals(trx, policy.people, credentials);
  }
  await watch(trx, asked, view, reduced.ledger, policy);
}

/**
 * What we wrote over ourselves is no reason to forget it: a finding whose ground is gone because we corrected one of its CPEs
 * stays for a person to decide.
 */
async function withoutMended(
  trx: Trx,
  { open }: Ledger,
  evaluation: Evaluation,
): Promise<Evaluation> {
  const judged = new Set(evaluation.verdicts.map(({ key }) => key));
  const lost = [...open.values()].filter(
    ({ key, pattern, focus }) => !judged.has(key) && evaluation.covered.has(`${pattern} ${focus}`),
  );
  if (lost.length === 0) return evaluation;
  const mended = await sql<{ key: string; name: string }>`
    select f.key, f.pattern || ' ' || f.focus as name from findings f
    where f.key = any(${lost.map(({ key }) => key)}) and f.state <> 'closed'
      and exists (select from intents i where i.device = any(f.devices) and 'credentials' = any(i.fields)
                  and i.intended_at >= (f.content ->> 'suspectedAt')::timestamptz)`.execute(trx);
  const names = new Set(mended.rows.map(({ name }) => name));
  return {
    ...evaluation,
    covered: new Set([...evaluation.covered].filter((one) => !names.has(one))),
  };
}

/** Of a credential in one box on its own line, bound to that box or to nobody, an Interim tells nothing new. */
async function watch(
  trx: Trx,
  asked: readonly Focus[],
  view: View,
  { open, waiting }: Ledger,
  { rules }: PolicyInForce,
): Promise<void> {
  const credentials = list(asked.flatMap(({ kind, id }) => (kind === "credential" ? [id] : [])));
  const busy = new Set([
    ...[...open.values()].flatMap(({ evidence }) => evidence.credential ?? []),
    ...[...waiting.values()].map(({ focus }) => focus.replace(/^credential /, "")),
  ]);
  const watched = credentials.filter(
    (credential) =>
      busy.has(credential) ||
      isNoteworthy(credential, view) ||
      isMisplaced(credential, view, (pattern) => isEnabled(pattern, rules)),
  );
  const quiet = credentials.filter((credential) => !watched.includes(credential));
  const gone = withMacs(quiet, view);
  if (gone.length > 0) await sql`delete from fraud_watched where id = any(${gone})`.execute(trx);
  const kept = withMacs(watched, view);
  if (kept.length > 0) {
    await sql`
      insert into fraud_watched (id) select unnest(${kept}::text[]) on conflict do nothing`.execute(
      trx,
    );
  }
}

/** Records behind an outer identity name no credential, and are known by their MAC. */
function withMacs(credentials: readonly string[], view: View): readonly string[] {
  const macs = credentials.flatMap((credential) =>
    view
      .sessionsOf(credential)
      .filter(({ packets }) => packets.every(({ fact }) => fact.credential === null))
      .flatMap(({ mac }) => mac ?? []),
  );
  return list([...credentials, ...macs]);
}

function isNoteworthy(credential: string, view: View): boolean {
  const sessions = view.sessionsOf(credential);
  const macs = new Set(sessions.map(({ mac }) => mac));
  const places = new Set(sessions.map(({ nas, line }) => `${nas}|${line ?? ""}`));
  const service = view.serviceOf(credential);
  const own = new Set(
    (service?.bindings ?? []).flatMap(({ serial, macs: bound }) => [
      ...bound,
      ...view.sightingsOf(serial).flatMap(({ wanMacs }) => wanMacs),
    ]),
  );
  const isForeign = own.size > 0 && [...macs].some((mac) => mac !== null && !own.has(mac));
  const isLone = macs.size <= 1 && places.size <= 1 && !isForeign;
  return !isLone || (service?.end ?? null) !== null;
}
