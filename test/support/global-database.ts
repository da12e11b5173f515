/**
 * One PostgreSQL for the whole run, in a temporary folder, with one migrated template. Each test file clones the
 * template (`database.ts`), which takes some 20 ms. Without fsync: nothing here outlives the run.
 */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbedded } from "../../src/store/embedded/server.ts";
import type { EmbeddedConnection } from "../../src/store/embedded/server.ts";
import { migrate, migrationsFolder } from "../../src/store/migrate.ts";
import type { Database } from "../../src/store/tables.ts";
import { dataFolder } from "./data-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server; its own database is empty and serves to create and drop others. */
    server: EmbeddedConnection;
  }
}

/** Nobody may stay connected to it: PostgreSQL clones only what is not in use. */
export const TEMPLATE = "plumbline_template";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await dataFolder();
  const server = await openEmbedded({
    dataDir: folder.dataDir,
    log: (level, message, facts) => {
      if (level === "error") process.stderr.write(`${message} ${JSON.stringify(facts ?? {})}\n`);
    },
    losesDataOnPowerCut: true,
  });
  const teardown = async () => {
    await server.stop();
    await folder.remove(); // with whatever lies outside it
  };
  try {
    await makeTemplate(server.connection);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("server", server.connection);
  return teardown;
}

async function makeTemplate(connection: EmbeddedConnection): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const pool = new pg.Pool({ ...connection, database: TEMPLATE });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, migrationsFolder());
  } finally {
    await db.destroy();
  }
}
