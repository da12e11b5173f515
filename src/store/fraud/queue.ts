/**
 * What waits to be evaluated: what RADIUS records, changed bindings and failed attempts were about, and what time alone may
 * change. Taken in small transactions, each with all that comes of it: a crash leaves it waiting.
 */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { Change } from "../../fraud/evaluate.ts";
import { dueAgain, NO_FINDINGS } from "../../fraud/findings.ts";
import { FOCUS_KINDS, type Focus } from "../../fraud/rules/rule.ts";
import type { View } from "../../fraud/view.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { digestBindings } from "./bindings.ts";
import { detect, lockDetection, type Question } from "./detect.ts";
import { enqueue } from "./due.ts";
import { tellFirstDay } from "./first-day.ts";
import { policyInForce, type PolicyInForce } from "./policy.ts";
import { apart, around, isApart } from "./questions.ts";
import { list, type Digest } from "./query.ts";
import { credentialsOfLogins } from "./radius-facts.ts";

const AT_ONCE = 20;
const BINDINGS_AT_ONCE = 500;

interface Due extends Focus {
  readonly since: Date;
  readonly gen: number;
}

/** @returns how much was taken; 0: nothing is due. What cannot be evaluated is tried again in ten minutes */
export async function evaluateDue(
  db: Kysely<Database>,
  digest: Digest,
  failed: (error: unknown) => void,
): Promise<number> {
  try {
    return await transact(db, (trx) => step(trx, digest, AT_ONCE));
  } catch (error) {
    if (!isOurs(error)) throw error;
  }
  // One of them is the cause: they go one by one until it is first, and then it waits.
  try {
    return await transact(db, (trx) => step(trx, digest, 1));
  } catch (error) {
    if (!isOurs(error)) throw error;
    failed(error);
    await transact(db, putOff);
    return 1;
  }
}

/** A database that is away, or that ended a transaction, says nothing about what is due. */
export function isOurs(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof AppError) return false;
  return typeof code !== "string" || !/^(?:08|40|53|57|58|E[A-Z]{3})/.test(code);
}

async function step(trx: Trx, digest: Digest, limit: number): Promise<number> {
  const policy = await policyInForce(trx, digest);
  const bound = await digestBindings(trx, digest, { atOnce: BINDINGS_AT_ONCE });
  // Before it is looked what is due: another evaluator may be at the same.
  await lockDetection(trx);
  await enqueue(trx, "credential", bound);
  const due = await dueNow(trx, limit);
  if (!policy.detection) {
    await done(trx, due);
    return due.length + bound.length;
  }
  await tellFirstDay(trx);
  const again = await waitingFoci(trx, limit);
  const foci: readonly Focus[] = [...due, ...again];
  if (foci.length > 0) {
    for (const question of await questionsOf(trx, policy, due, foci)) {
      await detect(trx, policy, question);
    }
    await forgetWaits(trx, again);
    await done(trx, due);
  }
  return due.length + bound.length + again.length;
}

/** What lies around the foci, and apart from it each secret and each person. */
async function questionsOf(
  trx: Trx,
  policy: PolicyInForce,
  due: readonly Due[],
  foci: readonly Focus[],
): Promise<readonly Question[]> {
  const alone = foci.filter(isApart);
  const others = foci.filter((focus) => !isApart(focus));
  const questions = alone.map((focus): Question => apart(focus, policy));
  if (others.length === 0) return questions;
  const macs = idsOf(others, "mac");
  const devices = await devicesOf(trx, idsOf(others, "serial"));
  const credentials = [
    ...idsOf(others, "credential"),
    ...(await credentialsOfLogins(trx, macs)),
    ...(await credentialsShown(trx, devices)),
  ];
  const seeds = { credentials, macs, devices };
  const changes = (view: View): readonly Change[] => changesOf(due, others, view);
  // First: what it finds of a credential is asked about the people who saw its password.
  return [{ ...around(seeds, policy), changes }, ...questions];
}

function idsOf(foci: readonly Focus[], of: Focus["kind"]): readonly string[] {
  return list(foci.flatMap(({ kind, id }) => (kind === of ? [id] : [])));
}

/** The foci themselves, and what the records that came since are about. */
function changesOf(due: readonly Due[], foci: readonly Focus[], view: View): readonly Change[] {
  const since = new Map(due.map(({ kind, id, since: at }) => [`${kind} ${id}`, at]));
  const fresh = view.facts.radius.filter(({ event, credential }) =>
    [
      `credential ${credential ?? ""}`,
      `mac ${event.mac ?? ""}`,
      `nas ${event.nas.name ?? ""}`,
    ].some((name) => (since.get(name)?.getTime() ?? Infinity) <= event.receivedAt.getTime()),
  );
  const shown = idsOf(due, "serial").flatMap((serial) => view.sightingsOf(serial).slice(-1));
  return [
    { kind: "due", foci },
    ...shown.map((sighting): Change => ({ kind: "sighting", sighting })),
    ...fresh.map((fact): Change => ({ kind: "radius", fact })),
  ];
}

async function dueNow(trx: Trx, limit: number): Promise<readonly Due[]> {
  const { rows } = await sql<Omit<Due, "kind"> & { kind: string }>`
    select kind, id, since, gen from fraud_due where due_at <= now()
    order by due_at, kind, id limit ${limit}`.execute(trx);
  return rows.flatMap(({ kind, ...rest }): Due[] => {
    const known = FOCUS_KINDS.find((one) => one === kind);
    return known === undefined ? [] : [{ kind: known, ...rest }];
  });
}

/** At the very end, so that whoever stores a record waits for no evaluation; what came meanwhile stays due. */
async function done(trx: Trx, due: readonly Due[]): Promise<void> {
  if (due.length === 0) return;
  const rows = due.map(({ kind, id, gen }) => ({ kind, id, gen }));
  await sql`
    delete from fraud_due d
    using jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (kind text, id text, gen bigint)
    where d.kind = x.kind and d.id = x.id and d.gen = x.gen`.execute(trx);
}

interface Again extends Focus {
  readonly key: string;
}

async function waitingFoci(trx: Trx, limit: number): Promise<readonly Again[]> {
  const { rows } = await sql<{ key: string; focus: string; held: boolean }>`
    select key, focus, held from fraud_waiting where due_at <= now() order by due_at, key limit ${limit}`.execute(
    trx,
  );
  return rows.flatMap((row) => {
    const waiting = new Map([[row.key, { ...row, dueAt: 0 }]]);
    const { foci } = dueAgain({ ...NO_FINDINGS, waiting }, 0);
    return foci.map((focus) => ({ ...focus, key: row.key }));
  });
}

/** A rule that was switched off meanwhile answers nothing, and its wait would come due for ever. */
async function forgetWaits(trx: Trx, again: readonly Again[]): Promise<void> {
  if (again.length === 0) return;
  await sql`
    delete from fraud_waiting
    where key = any(${again.map(({ key }) => key)}) and due_at <= now()`.execute(trx);
}

async function devicesOf(trx: Trx, ids: readonly string[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ device: number }>`
    select device from devices where device_id = any(${list(ids)})`.execute(trx);
  return rows.map(({ device }) => device);
}

async function credentialsShown(trx: Trx, devices: readonly number[]): Promise<readonly string[]> {
  if (devices.length === 0) return [];
  const { rows } = await sql<{ credential: string }>`
    select distinct credential from device_sightings
    where device = any(${list(devices)}::bigint[]) and credential is not null`.execute(trx);
  return rows.map(({ credential }) => credential);
}

async function putOff(trx: Trx): Promise<void> {
  await sql`
    update fraud_due set due_at = now() + interval '10 minutes' where (kind, id) in (
      select kind, id from fraud_due where due_at <= now() order by due_at, kind, id limit 1)`.execute(
    trx,
  );
  await sql`
    update fraud_waiting set due_at = now() + interval '10 minutes' where key in (
      select key from fraud_waiting where due_at <= now() order by due_at, key limit 1)`.execute(
    trx,
  );
}
