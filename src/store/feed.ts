/**
 * The feed of events. Numbers are given in the order of commits by whoever reads first (`number_events` of the migration),
 * one reader at a time, so nothing that is committed late comes before a number that somebody has seen.
 */
import { sql, type Kysely } from "kysely";
import { AppError } from "../lib/errors.ts";
import type { FeedEvent, FeedQuery, FeedStore } from "../ports/feed-store.ts";
import { readSelector, selectorSql } from "./selector-sql.ts";
import type { Database } from "./tables.ts";
import { snapshot, type Trx } from "./transaction.ts";

/** Numbers that one page looks through, however few of them it shows. */
const LOOKED_THROUGH = 20_000;

interface FeedRow {
  seq: number;
  type: string;
  at: Date;
  device_id: string | null;
  actor: string;
  request_id: string | null;
  data: Record<string, unknown>;
}

const COLUMNS = sql`f.seq, e.type, e.at, d.device_id, e.actor, e.request_id, e.data`;
const TABLES = sql`
  event_feed f join events e on e.id = f.event and e.at = f.at left join devices d on d.device = e.device`;

function feedEventOf(row: FeedRow): FeedEvent {
  const { seq, type, at, actor, data } = row;
  return { seq, type, at, device: row.device_id, actor, requestId: row.request_id, data };
}

/** Between these numbers, oldest first. */
export async function feedRows(
  trx: Trx,
  after: number,
  through: number,
  { limit, selector, access, findings }: Omit<FeedQuery, "after">,
): Promise<readonly FeedEvent[]> {
  const chosen =
    selector === null ? sql`` : sql`and ${selectorSql(readSelector(selector, "record"), "record")}`;
  const hidden = [...(access ? [] : ["Token", "Key", "Webhook"]), ...(findings ? [] : ["Finding"])];
  const seen = hidden.length === 0 ? sql`` : sql`and e.type !~ ${`^(${hidden.join("|")})s?[A-Z]`}`;
  const found = await sql<FeedRow>`
    select ${COLUMNS} from ${TABLES}
    where f.seq > ${after} and f.seq <= ${through} ${seen} ${chosen}
    order by f.seq limit ${limit}`.execute(trx);
  return found.rows.map(feedEventOf);
}

/** In a statement of its own: it has to see what is committed now. */
export async function numberEvents(db: Kysely<Database>): Promise<void> {
  await sql`select number_events()`.execute(db);
}

async function bounds(trx: Trx): Promise<{ readonly oldest: number; readonly newest: number }> {
  const found = await sql<{ newest: number; oldest: number }>`
    select h.seq as newest, coalesce((select min(seq) - 1 from event_feed), h.seq) as oldest
    from event_head h`.execute(trx);
  return found.rows[0] ?? { oldest: 0, newest: 0 };
}

function refuseLost(after: number, { oldest, newest }: { oldest: number; newest: number }): void {
  if (after >= oldest && after <= newest) return;
  const why =
    after < oldest
      ? `events after ${after} are not kept any more: read the fleet as it is, then go on after ${newest}`
      : `${after} was never given: this database is another one, or was restored; go on after ${newest}`;
  throw new AppError("before_history", why, {
    details: { oldest: String(oldest), newest: String(newest) },
  });
}

export function feedStore(db: Kysely<Database>): FeedStore {
  return {
    async events(query) {
      await numberEvents(db);
      return await snapshot(db, async (trx) => {
        const range = await bounds(trx);
        const after = query.after ?? range.oldest;
        refuseLost(after, range);
        const through = Math.min(range.newest, after + LOOKED_THROUGH);
        const items = await feedRows(trx, after, through, query);
        const last = items.length === query.limit ? items.at(-1) : undefined;
        const next = last?.seq ?? through;
        return { items, next, more: next < range.newest };
      });
    },
    async newest() {
      await numberEvents(db);
      return await snapshot(db, async (trx) => (await bounds(trx)).newest);
    },
  };
}
