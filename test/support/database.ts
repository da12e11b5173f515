/** A database of its own for a test file: a clone of the migrated template, or an empty one. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import type { OpenDatabase } from "../../src/store/database.ts";
import type { EmbeddedConnection } from "../../src/store/embedded/server.ts";
import { TEMPLATE } from "./global-database.ts";

export interface TestDatabase extends OpenDatabase {
  /** For a second `openDatabase({ connection })`, as another process would have it. */
  readonly connection: EmbeddedConnection;
  /** Drops the database. Throws, after dropping it, when a connection other than `pool`'s was left open. */
  close(): Promise<void>;
}

/** How long a server process may take to notice that its client has gone. */
const GOODBYE_MS = 2_000;

/**
 * Call it in `beforeAll`, and `close` in `afterAll`.
 * @param options.empty without the schema, for tests of migrations
 */
export async function testDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = inject("server");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const from = options.empty === true ? "template0" : TEMPLATE;
  await asServer(server, (client) =>
    client.query(`create database ${name} template ${from} strategy file_copy`),
  );
  const connection = { ...server, database: name };
  const opened = await openDatabase({ connection });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await opened.close();
    await asServer(server, async (client) => {
      const left = await connectionsTo(client, name);
      await client.query(`drop database ${name} with (force)`);
      if (left.length > 0) throw new Error(`connections were left open: ${left.join("; ")}`);
    });
  };
  return { ...opened, connection, close: () => (closing ??= close()) };
}

async function connectionsTo(client: pg.Client, database: string): Promise<string[]> {
  const giveUpAt = performance.now() + GOODBYE_MS;
  for (;;) {
    const { rows } = await client.query<{ who: string }>(
      `select application_name || ' ' || coalesce(state, '') || ': ' || left(query, 100) as who
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || performance.now() > giveUpAt) return rows.map(({ who }) => who);
    await sleep(10);
  }
}

async function asServer(
  server: EmbeddedConnection,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
