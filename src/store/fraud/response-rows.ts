/** The rows of responses: added once, read with what was asked of the AAA for them. */
import { sql, type Insertable, type Kysely, type Selectable } from "kysely";
import type { ResponseView } from "../../ports/response-store.ts";
import { requestsOf } from "../aaa.ts";
import type { Database } from "../tables.ts";
import type { Trx } from "../transaction.ts";

export type ResponseRow = Selectable<Database["fraud_responses"]>;

export type NewResponse = Omit<
  Insertable<Database["fraud_responses"]>,
  "response" | "decided_at" | "changed_at"
>;

/** @returns its number */
export async function addResponse(trx: Trx, row: NewResponse): Promise<number> {
  const added = await trx
    .insertInto("fraud_responses")
    .values(row)
    .returning("response")
    .executeTakeFirstOrThrow();
  return added.response;
}

/** Oldest first. */
export async function responsesTo(
  db: Kysely<Database>,
  finding: number,
): Promise<readonly ResponseView[]> {
  const rows = await db
    .selectFrom("fraud_responses")
    .selectAll()
    .where("finding", "=", finding)
    .orderBy("response")
    .execute();
  if (rows.length === 0) return [];
  const asked = await requestsOf(
    db,
    sql`r.response in (select response from fraud_responses where finding = ${finding})`,
  );
  return rows.map((row) => ({
    ...{ id: row.response, step: row.step, automatic: row.automatic, mode: row.mode },
    ...{ verdict: row.verdict, reason: row.reason, state: row.state, sessions: row.sessions },
    ...{ by: row.actor, why: row.why, decidedAt: row.decided_at, changedAt: row.changed_at },
    undoneBy: row.undone_by,
    aaa: asked.filter(({ response }) => response === row.response),
  }));
}
