/** The inventory for people and systems: told by kind, all or nothing, and what it concerns is evaluated anew. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../lib/errors.ts";
import type { InventoryKindName } from "../model/inventory.ts";
import type { Actor } from "../ports/actor.ts";
import type { InventoryItem, InventoryStore } from "../ports/inventory-store.ts";
import { addEvents } from "./fleet/events.ts";
import { reaskAbout, type Touched } from "./fraud/reask.ts";
import type { Database } from "./tables.ts";
import { rehearse, transact, type Trx } from "./transaction.ts";

/** I12: a larger share of a kind is deleted only when the exact number is named. */
const UNASKED_SHARE = 0.05;
const CURSOR = /^i1:(.+)$/su;

export function inventoryStore(db: Kysely<Database>): InventoryStore {
  return {
    async counts() {
      const { rows } = await sql<{ kind: InventoryKindName; items: number; toldAt: Date | null }>`
        select kind, count(*)::int as items, max(told_at) as "toldAt" from inventory group by kind`.execute(
        db,
      );
      return rows;
    },

    async items(kind, limit, cursor) {
      const { rows } = await sql<InventoryItem>`
        select key, about, says, told_at as "toldAt", told_by as "toldBy" from inventory
        where kind = ${kind} and key > ${afterOf(cursor)} order by key limit ${limit + 1}`.execute(
        db,
      );
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      const next = last === undefined ? null : Buffer.from(`i1:${last.key}`).toString("base64url");
      return { items, next };
    },

    async tell(kind, entries, actor, { replace, dryRun, expect }) {
      return await rehearse(db, dryRun, async (trx) => {
        await oneAtATime(trx);
        const json = JSON.stringify(entries);
        const total = await countOf(trx, kind);
        const deleted = replace ? await forgetOthers(trx, kind, json) : [];
        // A rehearsal without a number asks for the number; with one it is held to it.
        if (!dryRun || expect !== null) confirmDeletion(deleted.length, total, expect);
        const written = await write(trx, kind, json, actor);
        const asked = await reaskAbout(trx, kind, [...deleted, ...written]);
        const created = written.filter((one) => one.created).length;
        const changed = written.length - created;
        const change = { created, changed, deleted: deleted.length };
        await note(trx, kind, change, actor);
        return { ...change, unchanged: entries.length - written.length, asked };
      });
    },

    async forget(kind, key, actor) {
      return await transact(db, async (trx) => {
        await oneAtATime(trx);
        const { rows } = await sql<Touched>`
          delete from inventory where kind = ${kind} and key = ${key} returning key, about`.execute(
          trx,
        );
        await reaskAbout(trx, kind, rows);
        await note(trx, kind, { created: 0, changed: 0, deleted: rows.length }, actor);
        return rows.length > 0;
      });
    },
  };
}

/** What is counted and confirmed is what is deleted. */
async function oneAtATime(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.inventory'))`.execute(trx);
}

function afterOf(cursor: string | null): string {
  if (cursor === null) return "";
  const key = CURSOR.exec(Buffer.from(cursor, "base64url").toString("utf8"))?.[1];
  if (key !== undefined && !key.includes("\0")) return key;
  const problems = [{ pointer: "/cursor", code: "bad_cursor", message: "is not one of ours" }];
  throw new AppError("invalid", "The cursor is not one of ours. Begin again without it.", {
    problems,
  });
}

async function countOf(trx: Trx, kind: InventoryKindName): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from inventory where kind = ${kind}`.execute(trx);
  return rows[0]?.total ?? 0;
}

function confirmDeletion(count: number, total: number, expect: number | null): void {
  if (expect === count || (expect === null && count <= total * UNASKED_SHARE)) return;
  const many = `This deletes ${count} of ${total} items`;
  throw new AppError(
    "count_unconfirmed",
    expect === null
      ? `${many}, more than may be deleted unasked. Look which, then confirm the number: --expect ${count}.`
      : `${many}, not ${expect} as confirmed. Look again, then confirm: --expect ${count}.`,
    { details: { count, total, expected: expect } },
  );
}

async function forgetOthers(
  trx: Trx,
  kind: InventoryKindName,
  json: string,
): Promise<readonly Touched[]> {
  const { rows } = await sql<Touched>`
    delete from inventory i where kind = ${kind} and not exists (
      select from jsonb_to_recordset(${json}::jsonb) as x (key text) where x.key = i.key)
    returning key, about`.execute(trx);
  return rows;
}

/** @returns what is new or says something else; a row that nobody wrote before has no `xmax` */
async function write(
  trx: Trx,
  kind: InventoryKindName,
  json: string,
  actor: Actor,
): Promise<readonly (Touched & { readonly created: boolean })[]> {
  const { rows } = await sql<Touched & { created: boolean }>`
    insert into inventory as i (kind, key, about, says, told_by)
    select ${kind}, x.key, x.about, x.says, ${actor.owner}
    from jsonb_to_recordset(${json}::jsonb) as x (key text, about text, says jsonb) order by x.key
    on conflict (kind, key) do update
    set about = excluded.about, says = excluded.says, told_at = now(), told_by = excluded.told_by
    where i.says <> excluded.says
    returning key, about, xmax = 0 as created`.execute(trx);
  return rows;
}

async function note(
  trx: Trx,
  kind: InventoryKindName,
  change: { readonly created: number; readonly changed: number; readonly deleted: number },
  actor: Actor,
): Promise<void> {
  if (change.created + change.changed + change.deleted === 0) return;
  await addEvents(trx, actor, [
    { device: null, type: "InventoryChanged", data: { kind, ...change } },
  ]);
}
