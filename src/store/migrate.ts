/**
 * Brings a database to the schema of this version.
 *
 * Kysely's Migrator keeps the list of what ran and holds an advisory lock, so two processes may migrate at once: one
 * waits and then finds nothing to do. All pending files run in one transaction. A file is sent as it is: `pg` uses the
 * simple protocol when there are no parameters, which takes many statements (30 tables with 28 indexes in 61 ms).
 */
import { Migrator, sql } from "kysely";
import type { Kysely, Migration } from "kysely";
import { AppError, messageOf } from "../lib/errors.ts";
import { lineAndColumn, readMigrations } from "./migration-files.ts";
import type { MigrationFile } from "./migration-files.ts";
import type { Database } from "./tables.ts";

export { migrationsFolder } from "./migration-files.ts";

export interface MigrationReport {
  /** Names in the order in which they ran, for example `0001_begin`; empty when there was nothing to do. */
  readonly ran: readonly string[];
}

/**
 * All or nothing: when a file fails, none of this call's files has run.
 *
 * @throws AppError `database_newer` when the database knows a migration that the folder has not, and `internal` when
 *   an applied file was changed, a new one has a number before an applied one, or one fails; nothing is changed then
 */
export async function migrate(db: Kysely<Database>, folder: string): Promise<MigrationReport> {
  const files = await readMigrations(folder);
  const seen = await check(db, files);
  if (seen.length === 0) return { ran: [] };

  // Kysely's own test of the order goes by wall clock times, and a clock that was set back would fail it for ever.
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(asMigrations(files)) },
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await check(db, files); // another process, of a newer version, may have migrated since we looked
    throw failed(
      error,
      files.find(({ name }) => name === failedName(results)),
    );
  }
  return { ran: (results ?? []).map(({ migrationName }) => migrationName) };
}

/** Names of the files that `migrate` would run now. Changes nothing, and throws as `migrate` does. */
export async function pending(db: Kysely<Database>, folder: string): Promise<string[]> {
  return check(db, await readMigrations(folder));
}

/** What was applied, compared with what is in the folder. Only reads. */
async function check(db: Kysely<Database>, files: readonly MigrationFile[]): Promise<string[]> {
  const applied = await loadApplied(db);
  for (const [name, hash] of applied) {
    const file = files.find((each) => each.name === name);
    if (file === undefined) throw newer(name);
    if (hash !== null && hash !== file.hash) throw changed(name);
  }
  const last = [...applied.keys()].sort().at(-1) ?? "";
  const missing = files.map(({ name }) => name).filter((name) => !applied.has(name));
  const late = missing.find((name) => name < last);
  if (late !== undefined) {
    throw new AppError(
      "internal",
      `${late}.sql comes before ${last}, which has run. Give it a higher number.`,
    );
  }
  return missing;
}

/** Hash by name. Null for a migration that something else than `migrate` recorded. */
async function loadApplied(db: Kysely<Database>): Promise<Map<string, string | null>> {
  const { rows: found } = await sql<{ names: boolean; hashes: boolean }>`
    select to_regclass('kysely_migration') is not null as names,
           to_regclass('migration_hashes') is not null as hashes`.execute(db);
  if (found[0]?.names !== true) return new Map();
  const query = found[0].hashes
    ? sql<{ name: string; hash: string | null }>`
        select name, hash from kysely_migration left join migration_hashes using (name)`
    : sql<{ name: string; hash: string | null }>`select name, null as hash from kysely_migration`;
  const { rows } = await query.execute(db);
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}

function asMigrations(files: readonly MigrationFile[]): Record<string, Migration> {
  return Object.fromEntries(files.map((file) => [file.name, { up: (db) => runFile(db, file) }]));
}

async function runFile(db: Kysely<unknown>, file: MigrationFile): Promise<void> {
  await sql`create table if not exists migration_hashes (name text primary key, hash text not null)`.execute(
    db,
  );
  await sql.raw(file.sql).execute(db);
  await sql`insert into migration_hashes values (${file.name}, ${file.hash})`.execute(db);
}

function failedName(results: readonly { migrationName: string; status: string }[] | undefined) {
  return results?.find(({ status }) => status === "Error")?.migrationName;
}

function newer(name: string): AppError {
  return new AppError(
    "database_newer",
    `The database has the migration ${name}, which this version does not know. Nothing was changed. ` +
      "Start the newer version, or restore a backup from before it.",
    { details: { migration: name } },
  );
}

function changed(name: string): AppError {
  return new AppError(
    "internal",
    `${name}.sql is not the file that ran in this database. Nothing was changed. ` +
      "Bring the released file back, and put the change into a new migration.",
    { details: { migration: name } },
  );
}

function failed(error: unknown, file: MigrationFile | undefined): AppError {
  if (error instanceof AppError) return error;
  const position = Number((error as { position?: unknown }).position);
  const at = file && position > 0 ? lineAndColumn(file.sql, position) : undefined;
  const where = file ? `${file.name}.sql${at ? ` line ${at.line}` : ""}` : "A migration";
  const message = `${where} failed, and none of this call has run: ${messageOf(error)}`;
  const problem = {
    file: `${file?.name ?? ""}.sql`,
    ...at,
    code: "invalid",
    message: messageOf(error),
  };
  return new AppError("internal", message, { problems: file ? [problem] : [], cause: error });
}
