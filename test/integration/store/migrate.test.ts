import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/store/database.ts";
import { migrate, migrationsFolder, pending } from "../../../src/store/migrate.ts";
import { testDatabase } from "../../support/database.ts";
import type { TestDatabase } from "../../support/database.ts";

const BEGIN = "create table towers (id int primary key);\ninsert into towers values (1), (2);";
const MORE = "alter table towers add column height_m int;\ncreate index on towers (height_m);";
const FILES = { "0001_begin.sql": BEGIN, "0002_more.sql": MORE };

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await testDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), "plumbline-migrations-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "plumbline-migrations-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** Everything in the schema, to see that a refusal left it alone. */
async function schema(): Promise<unknown[]> {
  const { rows } = await sql`select table_name, column_name from information_schema.columns
    where table_schema = 'public' order by 1, 2`.execute(database.db);
  return rows;
}

describe("migrating", () => {
  it("runs every file of many statements, once, in the order of their numbers", async () => {
    await write({ ...FILES, "README.md": "not a migration" });
    expect(await pending(database.db, folder)).toEqual(["0001_begin", "0002_more"]);
    expect(await migrate(database.db, folder)).toEqual({ ran: ["0001_begin", "0002_more"] });
    expect(await pending(database.db, folder)).toEqual([]);
    expect(await migrate(database.db, folder)).toEqual({ ran: [] });
    const { rows } = await sql`select id, height_m from towers order by id`.execute(database.db);
    expect(rows).toEqual([
      { id: 1, height_m: null },
      { id: 2, height_m: null },
    ]);
  });

  it("runs only what is new in a database that has run the rest", async () => {
    await write({ "0001_begin.sql": BEGIN });
    await migrate(database.db, folder);
    await write(FILES);
    expect(await migrate(database.db, folder)).toEqual({ ran: ["0002_more"] });
  });

  it("lets two processes migrate at once: each file runs in one of them", async () => {
    await write({ ...FILES, "0003_slow.sql": "select pg_sleep(0.3);" });
    const other = await openDatabase({ connection: database.connection });
    const reports = await Promise.all([
      migrate(database.db, folder),
      migrate(other.db, folder),
    ]).finally(() => other.close());
    expect(reports.flatMap(({ ran }) => ran)).toEqual(["0001_begin", "0002_more", "0003_slow"]);
  });

  it("reads line ends of another system as the same file", async () => {
    await write(FILES);
    await migrate(database.db, folder);
    await write({ ...FILES, "0001_begin.sql": BEGIN.replaceAll("\n", "\r\n") });
    expect(await pending(database.db, folder)).toEqual([]);
  });

  it("does not mind a wall clock that was set back between two versions", async () => {
    await write(FILES);
    await migrate(database.db, folder);
    await sql`update kysely_migration set timestamp = '2040-01-01T00:00:00.000Z' where name = '0001_begin'`.execute(
      database.db,
    );
    await write({ ...FILES, "0003_next.sql": "create table masts (id int)" });
    expect(await migrate(database.db, folder)).toEqual({ ran: ["0003_next"] });
  });

  it("has a folder of its own, from which a database is made", async () => {
    const { ran } = await migrate(database.db, migrationsFolder());
    expect(ran.length).toBeGreaterThan(0);
    expect(await pending(database.db, migrationsFolder())).toEqual([]);
  });
});

describe("a refusal changes nothing", () => {
  const cases = [
    {
      name: "a database of a newer version is refused by the name of what is unknown",
      files: { "0001_begin.sql": BEGIN, "0003_next.sql": "create table masts (id int)" },
      want: { code: "database_newer", message: /0002_more/ },
    },
    {
      name: "an applied file that was changed is refused",
      files: { ...FILES, "0002_more.sql": `${MORE}\n-- edited` },
      want: { code: "internal", message: /0002_more\.sql is not the file that ran/ },
    },
    {
      name: "a new file with a number before an applied one is refused",
      files: { ...FILES, "0000_late.sql": "create table masts (id int)" },
      want: { code: "internal", message: /0000_late\.sql comes before 0002_more/ },
    },
    {
      name: "a failing statement takes the files before it back, and is named with its line",
      files: {
        ...FILES,
        "0003_next.sql": "create table masts (id int)",
        "0004_bad.sql": "\n\nselect nothing",
      },
      want: { code: "internal", message: /0004_bad\.sql line 3 failed.*"nothing"/ },
    },
    {
      name: "two files with one number are refused",
      files: { ...FILES, "0002_twin.sql": "select 1" },
      want: { code: "internal", message: /0002_more\.sql and 0002_twin\.sql/ },
    },
  ];

  it.for(cases)("$name", async ({ files, want }) => {
    await write(FILES);
    await migrate(database.db, folder);
    const before = await schema();
    await write(files);
    const error = await migrate(database.db, folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: want.code });
    expect((error as Error).message).toMatch(want.message);
    expect(await schema()).toEqual(before);
  });

  it("an empty database stays empty when the first file fails", async () => {
    await write({ "0001_begin.sql": `${BEGIN} select 1 / 0;` });
    await expect(migrate(database.db, folder)).rejects.toMatchObject({ code: "internal" });
    expect(await pending(database.db, folder)).toEqual(["0001_begin"]);
    const tables = (await schema()) as { table_name: string }[];
    expect(tables.filter(({ table_name }) => !table_name.startsWith("kysely"))).toEqual([]);
  });
});
