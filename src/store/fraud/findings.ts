/** Findings for people: pages, one with its evidence, and what was decided. */
import { sql, type Kysely } from "kysely";
import { decide, NO_FINDINGS, type Finding } from "../../fraud/findings.ts";
import { AppError } from "../../lib/errors.ts";
import type { Actor } from "../../ports/actor.ts";
import type { Decision, FindingView, FindingsStore } from "../../ports/findings-store.ts";
import { addEvents } from "../fleet/events.ts";
import { readSelector, selectorSql } from "../selector-sql.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { lockDetection } from "./detect.ts";
import { firstLookReport } from "./first-day.ts";
import { evaluateDue } from "./queue.ts";
import { takeBackAll } from "./response-orders.ts";
import type { Digest } from "./query.ts";

const CURSOR = /^f1:(\d{1,15})$/;
const OPEN = ["suspected", "confirmed", "actioned"];

interface Row {
  finding: number;
  content: Finding;
  opened_at: Date;
  changed_at: Date;
  closed_at: Date | null;
  decision: Decision | null;
  decided_by: string | null;
  decided_at: Date | null;
  decided_why: string | null;
  named: FindingView["devices"];
}

const COLUMNS = sql`
  f.finding, f.content, f.opened_at, f.changed_at, f.closed_at, f.decision, f.decided_by, f.decided_at, f.decided_why,
  coalesce((select jsonb_agg(jsonb_build_object('id', d.device_id, 'name', d.name, 'protected', d.labels ? 'protected')
                             order by d.device_id)
            from devices d where d.device = any(f.devices)), '[]') as named`;

function viewOf(row: Row): FindingView {
  const { decision: as, decided_by: by, decided_at: at } = row;
  return {
    id: row.finding,
    finding: row.content,
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    closedAt: row.closed_at,
    devices: row.named,
    decision:
      as === null || by === null || at === null
        ? null
        : { as, by, at, reason: row.decided_why ?? "" },
  };
}

async function rowOf(db: Kysely<Database>, id: number): Promise<Row | null> {
  const found = await sql<Row>`select ${COLUMNS} from findings f where f.finding = ${id}`.execute(
    db,
  );
  return found.rows[0] ?? null;
}

function beforeOf(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  const match = CURSOR.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (match !== null) return Number(match[1]);
  const problems = [{ pointer: "/cursor", code: "bad_cursor", message: "is not one of ours" }];
  throw new AppError("invalid", "The cursor is not one of ours. Begin again without it.", {
    problems,
  });
}

export function findingsStore(db: Kysely<Database>, digest: Digest): FindingsStore {
  return {
    async findings({ states, patterns, selector, limit, cursor }) {
      const devices =
        selector === null
          ? sql`true`
          : sql`f.devices && array(select d.device from devices d
                left join device_status s on s.device = d.device
                where ${selectorSql(readSelector(selector, "record"), "record")})`;
      const found = await sql<Row>`
        select ${COLUMNS} from findings f
        where f.finding < ${beforeOf(cursor)} and f.state = any(${[...(states ?? OPEN)]})
          and (${patterns === null} or f.pattern = any(${[...(patterns ?? [])]})) and ${devices}
        order by f.finding desc limit ${limit + 1}`.execute(db);
      const rows = found.rows.slice(0, limit);
      const last = found.rows.length > limit ? rows.at(-1) : undefined;
      const next =
        last === undefined ? null : Buffer.from(`f1:${last.finding}`).toString("base64url");
      return { items: rows.map(viewOf), next };
    },

    async finding(id, actor) {
      return await transact(db, async (trx) => {
        const row = await rowOf(trx, id);
        if (row === null) return null;
        await addEvents(trx, actor, [
          { device: null, type: "FindingRead", data: { finding: row.finding } },
        ]);
        return viewOf(row);
      });
    },

    firstLook: () => firstLookReport(db),

    async decide(id, as, reason, actor) {
      return await transact(db, async (trx) => await settle(trx, id, as, reason, actor));
    },

    evaluateDue: (failed) => evaluateDue(db, digest, failed),
  };
}

async function settle(
  trx: Trx,
  id: number,
  as: Decision,
  reason: string,
  actor: Actor,
): Promise<FindingView> {
  const closes = as === "swap" || as === "mistake";
  // First, as a pass has its device before it waits for the detection. A decision that is refused takes this back, too.
  if (closes) await takeBackAll(trx, id, actor);
  // An evaluation that is under way would put back what it had read.
  await lockDetection(trx);
  const row = await rowOf(trx, id);
  if (row === null) throw new AppError("not_found", `there is no finding ${id}`);
  if (row.decision === as) return viewOf(row);
  if (row.content.state.kind === "closed") {
    throw new AppError(
      "finding_closed",
      `Finding ${id} is closed as ${row.content.state.as}. What goes on since opens another one.`,
    );
  }
  const { key } = row.content;
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(trx);
  const at = rows[0]?.now.getTime() ?? 0;
  const before = { ...NO_FINDINGS, open: new Map([[key, row.content]]) };
  const after = decide(before, key, closes ? as : "actioned", at);
  const decided = closes ? after.closed[0] : after.open.get(key);
  if (decided === undefined) throw new AppError("internal", "a finding was lost in its decision");
  await sql`
    update findings
    set content = ${JSON.stringify(decided)}::jsonb, state = ${decided.state.kind}, changed_at = now(),
        closed_at = case when ${closes} then now() end,
        decision = ${as}, decided_by = ${actor.owner}, decided_at = now(), decided_why = ${reason}
    where finding = ${id}`.execute(trx);
  if (closes) await sql`delete from fraud_waiting where key = ${key}`.execute(trx);
  const data = { finding: id, as, reason, before: row.content.state.kind };
  const device = await sql<{ device: number | null }>`
    select devices[1] as device from findings where finding = ${id}`.execute(trx);
  await addEvents(trx, actor, [
    { device: device.rows[0]?.device ?? null, type: "FindingDecided", data },
  ]);
  const decidedRow = await rowOf(trx, id);
  return viewOf(decidedRow ?? row);
}
