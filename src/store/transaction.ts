/** Transactions of people and billing: repeated when the database broke a deadlock, rolled back when only rehearsed. */
import type { Kysely, Transaction } from "kysely";
import type { Database } from "./tables.ts";

export type Trx = Transaction<Database>;

/** PostgreSQL ends one of two transactions that wait for each other; the other went on, so a repeat gets through. */
const REPEATABLE = new Set(["40P01", "40001"]);
const TRIES = 4;

/** `work` may run several times, each time on a fresh transaction: nothing outside the database may happen in it. */
export async function transact<T>(
  db: Kysely<Database>,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (tries === TRIES || typeof code !== "string" || !REPEATABLE.has(code)) throw error;
    }
  }
}

class Rehearsed<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super("rehearsed");
    this.result = result;
  }
}

/** The plan is the apply with another last step: everything runs, and with `dryRun` nothing stays. */
export async function rehearse<T>(
  db: Kysely<Database>,
  dryRun: boolean,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  if (!dryRun) return await transact(db, work);
  try {
    return await transact(db, async (trx) => {
      throw new Rehearsed(await work(trx));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as T;
    throw error;
  }
}

/** One moment for several reads. */
export async function snapshot<T>(
  db: Kysely<Database>,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  return await db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(work);
}
