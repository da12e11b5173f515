/** What is to be evaluated by the queue; rows of `fraud_due`. */
import { sql } from "kysely";
import type { FocusKind } from "../../fraud/rules/rule.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";

/**
 * What is due already is due anew: whoever is at it has looked before this came, and must not take it off.
 * Comes after every lock of detection that its transaction takes, as the one who evaluates waits for these rows with it.
 * @param inTime PostgreSQL's interval
 */
export async function enqueue(
  trx: Trx,
  kind: FocusKind,
  ids: readonly string[],
  inTime = "0 s",
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    insert into fraud_due as d (kind, id, due_at)
    select distinct ${kind}, unnest(${list(ids)}::text[]), now() + ${inTime}::interval order by 2
    on conflict (kind, id) do update set gen = d.gen + 1, due_at = least(d.due_at, excluded.due_at)`.execute(
    trx,
  );
}
