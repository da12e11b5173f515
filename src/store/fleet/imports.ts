/** Imports and their lines, for whoever lost the answer. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { ErrorCode } from "../../lib/errors.ts";
import type { ImportEnd, ImportStore, ImportView, KeptLine } from "../../ports/import-store.ts";
import type { Database } from "../tables.ts";

const KEPT_DAYS = 30;
/** Imports that are past their time go away with those that come, so many at a time: each may have ten thousand lines. */
const FORGET = 5;

interface Row extends Omit<ImportView, "end" | "counts"> {
  readonly ended: ImportEnd["kind"] | null;
  readonly code: ErrorCode | null;
  readonly message: string | null;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
}

function viewOf(row: Row): ImportView {
  const { ended, code, message, created, changed, unchanged, refused, ...rest } = row;
  const end = (): ImportEnd | null => {
    if (ended === null || ended === "done") return ended === null ? null : { kind: ended };
    return { kind: ended, code: code ?? "internal", message: message ?? "" };
  };
  return { ...rest, counts: { created, changed, unchanged, refused }, end: end() };
}

async function views(db: Kysely<Database>, which: RawBuilder<unknown>): Promise<ImportView[]> {
  const { rows } = await sql<Row>`
    select i.id, i.owner, i.at, i.lines, i.wanted, i.ended, i.code, i.message, i.ended_at as "endedAt",
      (extract(epoch from now() - i.seen_at) * 1000)::float8 as "silentMs",
      n.created, n.changed, n.unchanged, n.refused
    from (select * from imports i where ${which}) i
    cross join lateral (
      select count(*) filter (where outcome = 'created')::int as created,
        count(*) filter (where outcome = 'changed')::int as changed,
        count(*) filter (where outcome = 'unchanged')::int as unchanged,
        count(*) filter (where outcome = 'refused')::int as refused
      from import_lines l where l.import = i.id) n
    order by i.at desc, i.id`.execute(db);
  return rows.map(viewOf);
}

/** The part of the fleet's store that keeps imports. */
export function imports(db: Kysely<Database>): ImportStore {
  return {
    async beginImport(id, lines, { owner, requestId }) {
      await sql`
        delete from imports where id in (
          select id from imports where at < now() - ${KEPT_DAYS} * interval '1 day'
          order by at limit ${FORGET} for update skip locked)`.execute(db);
      await db.insertInto("imports").values({ id, owner, lines, request_id: requestId }).execute();
    },

    async noteImport(id, done, wanted) {
      const rows = JSON.stringify(done);
      await sql`
        with got_on as (
          update imports set seen_at = now(), wanted = coalesce(${wanted}::int, wanted) where id = ${id})
        insert into import_lines (import, line, device, outcome, operation, problem)
        select ${id}, x.line, x.device, x.outcome, x.operation, nullif(x.problem, 'null'::jsonb)
        from jsonb_to_recordset(${rows}::jsonb)
          as x (line int, device text, outcome text, operation text, problem jsonb)
        on conflict (import, line) do nothing`.execute(db);
    },

    async endImport(id, end) {
      const { code, message } = end.kind === "done" ? { code: null, message: null } : end;
      await sql`
        update imports set ended = ${end.kind}, code = ${code}, message = ${message}, ended_at = now(), seen_at = now()
        where id = ${id} and ended is null`.execute(db);
    },

    async import(id, owner) {
      const [found] = await views(db, sql`i.id = ${id} and i.owner = ${owner}`);
      return found ?? null;
    },

    async imports(owner, limit) {
      return await views(
        db,
        sql`i.id in (select id from imports where owner = ${owner} order by at desc, id limit ${limit})`,
      );
    },

    async importLines(id, { after, limit, outcome }) {
      const { rows } = await sql<KeptLine>`
        select line, device, outcome, operation, problem from import_lines
        where import = ${id} and line > ${after} and (${outcome}::text is null or outcome = ${outcome}) order by line limit ${limit}`.execute(
        db,
      );
      return rows;
    },
  };
}
