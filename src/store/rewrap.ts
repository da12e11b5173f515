/** Puts the data keys of all sealed secrets under the newest key of the ring, batch by batch. */
import { sql, type Kysely } from "kysely";
import type { Keyring } from "./keyring.ts";
import { SEALED_TABLES, type SealedTable } from "./sealed-tables.ts";
import type { Database } from "./tables.ts";
import { transact, type Trx } from "./transaction.ts";

/** Rows that one transaction holds: a PUT that wants one of them waits some milliseconds. */
const BATCH = 200;

type Row = Record<string, unknown> & { key_id: string; sealed_key: Buffer };

const columns = ({ key }: SealedTable) => sql.join(key.map(({ column }) => sql.ref(column)));

/** One walk through the primary key; `after` is where the last batch ended. */
async function take(
  trx: Trx,
  table: SealedTable,
  newest: string,
  after: readonly unknown[] | null,
): Promise<readonly Row[]> {
  const further =
    after === null
      ? sql``
      : sql`and (${columns(table)}) > (${sql.join(
          table.key.map(({ type }, at) => sql`${after[at]}::${sql.raw(type)}`),
        )})`;
  const found = await sql<Row>`
    select ${columns(table)}, key_id, sealed_key from ${sql.table(table.name)}
    where key_id <> ${newest} ${further}
    order by ${columns(table)} limit ${BATCH} for update skip locked`.execute(trx);
  return found.rows;
}

async function put(trx: Trx, table: SealedTable, keyring: Keyring, rows: readonly Row[]) {
  const next = rows.map((row) => {
    const { key_id, sealed_key, ...key } = row;
    const made = keyring.rewrap(table.aad(row), { keyId: key_id, sealedKey: sealed_key });
    return { ...key, new_id: made.keyId, new_key: made.sealedKey.toString("base64") };
  });
  const types = table.key.map(({ column, type }) => sql`${sql.ref(column)} ${sql.raw(type)}`);
  const same = table.key.map(
    ({ column }) => sql`${sql.ref(`t.${column}`)} = ${sql.ref(`n.${column}`)}`,
  );
  await sql`
    update ${sql.table(table.name)} t set key_id = n.new_id, sealed_key = decode(n.new_key, 'base64')
    from jsonb_to_recordset(${JSON.stringify(next)}::jsonb) as n(${sql.join(types)}, new_id text, new_key text)
    where ${sql.join(same, sql` and `)}`.execute(trx);
}

/** @returns null when the signal ended it */
export async function rewrapAll(
  db: Kysely<Database>,
  keyring: Keyring,
  told: (rewrapped: number) => void,
  signal: AbortSignal,
): Promise<number | null> {
  let done = 0;
  for (const table of SEALED_TABLES) {
    // What was passed over because somebody held it is looked at again, until nothing is left.
    while (await left(db, table, keyring.newestId)) {
      for (let after: readonly unknown[] | null = null; ;) {
        if (signal.aborted) return null;
        const from: readonly unknown[] | null = after;
        const rows: readonly Row[] = await transact(db, async (trx) => {
          const taken = await take(trx, table, keyring.newestId, from);
          if (taken.length > 0) await put(trx, table, keyring, taken);
          return taken;
        });
        const last = rows.at(-1);
        if (last === undefined) break;
        done += rows.length;
        told(done);
        after = table.key.map(({ column }) => last[column]);
      }
    }
  }
  return done;
}

async function left(db: Kysely<Database>, { name }: SealedTable, newest: string): Promise<boolean> {
  const found = await sql`
    select from ${sql.table(name)} where key_id <> ${newest} limit 1`.execute(db);
  return found.rows.length > 0;
}
