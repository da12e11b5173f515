/** The part of the ledger that one evaluation may change: loaded, and what became of it stored. */
import { sql } from "kysely";
import { canonicalJson } from "../../lib/hash.ts";
import {
  NO_FINDINGS,
  type Finding,
  type Ledger,
  type Notice,
  type Waiting,
} from "../../fraud/findings.ts";
import type { Focus } from "../../fraud/rules/rule.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";

const nameOf = ({ kind, id }: Focus): string => `${kind} ${id}`;

interface Row {
  content: Finding;
}

/** Open and decided findings of what is asked about, and what waits of it. */
export async function ledgerOf(trx: Trx, foci: readonly Focus[]): Promise<Ledger> {
  const names = list(foci.map(nameOf));
  const credentials = list(foci.flatMap(({ kind, id }) => (kind === "credential" ? [id] : [])));
  const found = await sql<Row>`
    select content from findings
    where (focus = any(${names}) or credential = any(${credentials}))
      and (state <> 'closed' or decided_at is not null)
    order by finding`.execute(trx);
  const waits = await sql<Omit<Waiting, "dueAt"> & { due_at: Date }>`
    select key, focus, due_at, held from fraud_waiting where focus = any(${names})`.execute(trx);
  const findings = found.rows.map(({ content }) => content);
  return {
    ...NO_FINDINGS,
    open: new Map(
      findings.filter(({ state }) => state.kind !== "closed").map((one) => [one.key, one]),
    ),
    closed: findings.filter(({ state }) => state.kind === "closed"),
    waiting: new Map(
      waits.rows.map(({ due_at, ...one }) => [one.key, { ...one, dueAt: due_at.getTime() }]),
    ),
  };
}

/** Findings, waits and reports of keys that other foci had found as well. */
export async function withKeys(trx: Trx, ledger: Ledger, keys: readonly string[]): Promise<Ledger> {
  if (keys.length === 0) return ledger;
  const found = await sql<Row>`
    select content from findings where key = any(${list(keys)}) and state <> 'closed'`.execute(trx);
  const told = await sql<{ key: string }>`
    select key from fraud_reported where key = any(${list(keys)})`.execute(trx);
  return {
    ...ledger,
    open: new Map([
      ...ledger.open,
      ...found.rows.map(({ content: one }) => [one.key, one] as const),
    ]),
    reported: new Set(told.rows.map(({ key }) => key)),
  };
}

/** Stores what is another in `after` than in `before`, and an event for each thing that somebody should hear of. */
export async function storeLedger(
  trx: Trx,
  before: Ledger,
  after: Ledger,
  notices: readonly Notice[],
): Promise<void> {
  const changed = [
    ...[...after.open.values()].filter((one) => {
      const known = before.open.get(one.key);
      return known === undefined || canonicalJson(known) !== canonicalJson(one);
    }),
    ...after.closed.filter((one) => !before.closed.includes(one)),
  ];
  for (const finding of changed) await storeFinding(trx, finding);
  await storeWaiting(trx, before.waiting, after.waiting);
  const proven = [...before.reported].filter((key) => !after.reported.has(key));
  if (proven.length > 0)
    await sql`delete from fraud_reported where key = any(${proven})`.execute(trx);
  for (const notice of notices) if (notice.kind !== "first_day") await tell(trx, notice);
}

async function storeFinding(trx: Trx, finding: Finding): Promise<void> {
  const { key, pattern, focus, severity, state, evidence } = finding;
  const devices = await devicesOf(trx, finding);
  const content = JSON.stringify(finding);
  const closed = state.kind === "closed";
  const known = await sql`
    update findings
    set severity = ${severity}, state = ${state.kind}, content = ${content}::jsonb, devices = ${devices}::bigint[],
        changed_at = now(), closed_at = case when ${closed} then now() end
    where key = ${key} and state <> 'closed'`.execute(trx);
  if (known.numAffectedRows === 1n) return;
  await sql`
    insert into findings (key, pattern, focus, credential, severity, state, content, devices, closed_at)
    values (${key}, ${pattern}, ${focus}, ${evidence.credential}, ${severity}, ${state.kind}, ${content}::jsonb,
            ${devices}::bigint[], case when ${closed} then now() end)`.execute(trx);
}

/** Devices that it names, and those to which its credential is bound. */
async function devicesOf(
  trx: Trx,
  { sides, members, focus, evidence }: Finding,
): Promise<readonly number[]> {
  const serials = evidence.exhibits.flatMap(({ says: { serial } }) =>
    typeof serial === "string" ? [serial] : [],
  );
  const names = list([...sides, ...members, ...serials, focus.replace(/^serial /, "")]);
  const { rows } = await sql<{ device: number }>`
    select device from devices where device_id = any(${names})
    union
    select device from credential_bindings where credential = ${evidence.credential} and until_at is null
    order by device limit 1000`.execute(trx);
  return rows.map(({ device }) => device);
}

async function storeWaiting(
  trx: Trx,
  before: Ledger["waiting"],
  after: Ledger["waiting"],
): Promise<void> {
  const gone = [...before.keys()].filter((key) => !after.has(key));
  if (gone.length > 0) await sql`delete from fraud_waiting where key = any(${gone})`.execute(trx);
  for (const { key, focus, dueAt, held } of after.values()) {
    const known = before.get(key);
    if (known?.dueAt === dueAt && known.held === held) continue;
    const due = new Date(dueAt);
    await sql`
      insert into fraud_waiting (key, focus, due_at, held) values (${key}, ${focus}, ${due}, ${held})
      on conflict (key) do update
      set focus = excluded.focus, due_at = excluded.due_at, held = excluded.held`.execute(trx);
  }
}

const EVENTS = {
  suspected: "FindingSuspected",
  confirmed: "FindingConfirmed",
  closed: "FindingClosed",
} as const;

/** The event says which finding and of what kind; who and where stands in the finding, whose readers are logged. */
async function tell(trx: Trx, notice: Exclude<Notice, { kind: "first_day" }>): Promise<void> {
  const { key, pattern, severity, state } = notice.finding;
  const as = state.kind === "closed" ? state.as : null;
  const data = JSON.stringify({ pattern, severity, ...(as === null ? {} : { as }) });
  await sql`
    insert into events (device, type, actor, request_id, data)
    select f.devices[1], ${EVENTS[notice.kind]}, 'detection', null,
      ${data}::jsonb || jsonb_build_object('finding', f.finding)
    from findings f where f.key = ${key} order by f.finding desc limit 1`.execute(trx);
}
