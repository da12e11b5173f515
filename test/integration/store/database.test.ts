import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDatabase } from "../../../src/store/database.ts";
import { testDatabase } from "../../support/database.ts";
import type { TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe("values", () => {
  it("int8 is a number, timestamptz a Date, a day its text", async () => {
    const { rows } =
      await sql`select count(*) as n, 9007199254740991::int8 as large, '{1,null,3}'::int8[] as ids,
      '2026-01-02 03:04:05+00'::timestamptz as at, '2026-01-02'::date as day`.execute(database.db);
    expect(rows).toEqual([
      {
        n: 1,
        large: 9007199254740991,
        ids: [1, null, 3],
        at: new Date("2026-01-02T03:04:05Z"),
        day: "2026-01-02",
      },
    ]);
  });

  it("an int8 that a number cannot hold is an error, not a rounded number", async () => {
    const query = sql`select 9007199254740993::int8`.execute(database.db);
    await expect(query).rejects.toMatchObject({ code: "internal" });
    const { rows } = await sql`select 1 as one`.execute(database.db);
    expect(rows).toEqual([{ one: 1 }]);
  });
});

describe("a database that does not answer", () => {
  const cases = [
    {
      name: "nothing listens",
      url: "postgresql://someone:hunter2@127.0.0.1:1/x",
      want: /127\.0\.0\.1:1\/x.*Nothing/,
    },
    {
      name: "no such host",
      url: "postgresql://someone:hunter2@plumbline.invalid/x",
      want: /plumbline\.invalid:5432/,
    },
    {
      name: "no such socket",
      url: "postgresql://someone:hunter2@/x?host=/nowhere",
      want: /\/nowhere:5432.*socket/,
    },
  ];
  it.for(cases)(
    "is named with its address and never its password: $name",
    async ({ url, want }) => {
      const error = await openDatabase({ connectionString: url }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: "database_unreachable", retryAfterSeconds: 5 });
      expect((error as Error).message).toMatch(want);
      expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
    },
  );

  it("a database that is not there is told from a server that is not there", async () => {
    const connection = { ...inject("server"), database: "absent" };
    const opening = openDatabase({ connection });
    await expect(opening).rejects.toThrow(/"absent" does not exist.*Create the database/);
  });

  it.for(["mysql://a:hunter2@b/c", "postgresql://a:hunter2@[::", "", "hunter2"])(
    "a text that is no address is refused without quoting it: %s",
    async (connectionString) => {
      const error = await openDatabase({ connectionString }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "bad_config" });
      expect(String(error) + JSON.stringify(error)).not.toContain("hunter2");
    },
  );
});

describe("a lost connection", () => {
  it("does not end the process, idle or in a transaction, and the next query works", async () => {
    const lines: string[] = [];
    const other = await openDatabase(
      { connection: database.connection },
      { log: (_level, message) => lines.push(message) },
    );
    const cut = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
    await cut();
    await expect.poll(() => lines.join()).toContain("A database connection was lost");
    const broken = other.db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      await cut();
      await new Promise((resume) => setTimeout(resume, 50)); // the socket closes between two queries
      await sql`select 1`.execute(trx);
    });
    await expect(broken).rejects.toMatchObject({ code: "database_unreachable" });
    const inQuery = sql`select pg_sleep(60)`.execute(other.db);
    const asleep = () =>
      sql`select 1 from pg_stat_activity where query like 'select pg_sleep%'`.execute(database.db);
    await expect.poll(async () => (await asleep()).rows.length).toBe(1);
    await Promise.all([
      expect(inQuery).rejects.toMatchObject({ code: "database_unreachable" }),
      cut(),
    ]);
    await expect
      .poll(async () => (await sql`select 1 as one`.execute(other.db)).rows)
      .toEqual([{ one: 1 }]);
    // What is wrong with a query, or with a value of ours, is no lost connection.
    await expect(sql`select 1 / 0`.execute(other.db)).rejects.toMatchObject({ code: "22012" });
    await other.close();
    await other.close();
  });
});

describe("a database for one test file", () => {
  it("is dropped with a complaint when a connection was left open", async () => {
    const made = await testDatabase();
    const left = new pg.Client({ ...made.connection, application_name: "forgotten" });
    left.on("error", () => undefined);
    await left.connect();
    await expect(made.close()).rejects.toThrow(/left open: forgotten/);
    const { rows } =
      await sql`select 1 from pg_database where datname = ${made.connection.database}`.execute(
        database.db,
      );
    expect(rows).toEqual([]);
  });

  it("has the schema of the migrations folder", async () => {
    const { rows } = await sql`select name from migration_hashes`.execute(database.db);
    expect(rows.length).toBeGreaterThan(0);
  });
});
