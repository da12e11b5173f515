/**
 * Statements that come again are prepared by name, once for each connection: planning the few that a pass is made of took
 * three times as long as running them. What comes once or twice, or is one of too many, stays without a name.
 */
import type { PostgresPoolClient } from "kysely";
import type pg from "pg";
import { hashText } from "../lib/hash.ts";

/** Seen so often, a text is taken for one of the program's own and not for one that was put together for a question. */
const OFTEN = 3;
/** A server keeps a plan for each name and connection. */
const NAMES_AT_MOST = 200;
const COUNTED_AT_MOST = 2_000;

const names = new Map<string, string>();
const counts = new Map<string, number>();

/** The name of a statement that is to be prepared; undefined for one that is not. */
export function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  const count = (counts.get(text) ?? 0) + 1;
  if (count < OFTEN || names.size >= NAMES_AT_MOST) {
    if (counts.size >= COUNTED_AT_MOST) counts.clear();
    counts.set(text, count);
    return undefined;
  }
  counts.delete(text);
  const name = `p${hashText(text).slice(0, 16)}`;
  names.set(text, name);
  return name;
}

/**
 * The client as Kysely uses it; cursors are not among that.
 * @param told what is thrown instead of an error of a query
 */
export function preparing(
  client: pg.PoolClient,
  told: (error: unknown) => unknown,
): PostgresPoolClient {
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const name = values.length > 0 ? { name: nameOf(text) } : {};
    try {
      return await client.query({ text, values: [...values], ...name });
    } catch (error) {
      throw told(error);
    }
  };
  return {
    query: query as PostgresPoolClient["query"],
    release: () => {
      client.release();
    },
  };
}
