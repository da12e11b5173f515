/**
 * What was ordered of services through our own API, and when they were suspended: a swap that is done or scheduled makes a
 * change of box honest. What was scheduled and dropped leaves no row, and excuses nothing.
 */
import { sql } from "kysely";
import type { Order, Service } from "../../fraud/facts/billing.ts";
import type { Trx } from "../transaction.ts";
import type { BindingRow, OwnLog } from "./bindings.ts";
import { list, RETENTION_DAYS } from "./query.ts";

interface Row {
  kind: "swap" | "scheduled" | "suspended" | "resumed" | "stands";
  /** To which a swap goes; the one that is suspended. */
  device: number;
  device_id: string;
  from_device: number | null;
  writer: string | null;
  credential: string | null;
  at: Date;
  recorded_at: Date;
  failed: boolean;
}

/** One statement, and none where nobody is bound. */
export async function ownLogOf(trx: Trx, bound: readonly BindingRow[]): Promise<OwnLog> {
  if (bound.length === 0) return { coming: [], ordersOf: () => [], suspendedOf: () => [] };
  const devices = list(bound.map(({ device }) => device));
  const credentials = list(bound.map(({ credential }) => credential));
  const since = sql`now() - ${RETENTION_DAYS} * interval '1 day'`;
  const { rows } = await sql<Row>`
    with log as (
      select 'swap' as kind, new_device as device, old_device as from_device, writer, null as credential, at,
        at as recorded_at, false as failed
      from swaps
      where (new_device = any(${devices}::bigint[]) or old_device = any(${devices}::bigint[])) and at >= ${since}
      union all
      select 'scheduled', device, null, writer, credential, due_at, made_at, failed_at is not null
      from scheduled_documents where credential = any(${credentials})
      union all
      select case type when 'ServiceSuspended' then 'suspended' else 'resumed' end, device, null, null, null, at, at, false
      from events
      where device = any(${devices}::bigint[]) and type in ('ServiceSuspended', 'ServiceResumed') and at >= ${since}
      union all
      select 'stands', device, null, null, null, min(since), min(since), false
      from suspensions where device = any(${devices}::bigint[]) group by device
    )
    select l.*, d.device_id from log l join devices d on d.device = l.device order by l.at`.execute(
    trx,
  );
  return {
    coming: rows.flatMap(({ kind, device }) => (kind === "scheduled" ? [device] : [])),
    ordersOf: (group) => rows.flatMap((row) => orderOf(row, group)),
    suspendedOf: (group) =>
      timesOf(rows.filter((row) => group.some(({ device }) => device === row.device))),
  };
}

function orderOf(row: Row, group: readonly BindingRow[]): Order[] {
  const isItsOwn = group.some(
    ({ device, writer }) =>
      writer === row.writer && (device === row.device || device === row.from_device),
  );
  const brings =
    group.some(({ credential }) => credential === row.credential) &&
    !group.some(({ device, until_at }) => device === row.device && until_at === null);
  if (row.kind === "swap" ? !isItsOwn : row.kind !== "scheduled" || !brings) return [];
  return [
    {
      kind: "swap",
      at: row.at.getTime(),
      recordedAt: row.recorded_at.getTime(),
      newMacs: [],
      newSerials: [row.device_id],
      toSite: null,
      by: row.writer,
      cancelled: row.failed,
    },
  ];
}

/** Of the boxes of one service, in order. A swap takes a suspension along without an event, so they are looked at as one. */
function timesOf(rows: readonly Row[]): Service["suspended"] {
  const times: { fromAt: number; untilAt: number | null }[] = [];
  let since: number | null = null;
  for (const { kind, at } of rows) {
    if (kind === "suspended") since = at.getTime();
    if (kind !== "resumed") continue;
    // What began before the time that is looked at began before all of it.
    times.push({ fromAt: since ?? 0, untilAt: at.getTime() });
    since = null;
  }
  const stands = rows.find(({ kind }) => kind === "stands");
  if (stands !== undefined) times.push({ fromAt: stands.at.getTime(), untilAt: null });
  return times;
}
