/** `plumb serve` as an operator meets it: what it refuses and with which words, and how it stops. */
import { rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PlumbClient } from "../../../src/client/http.ts";
import { READ, STATUS, WRITE } from "../../support/call-log.ts";
import { dataFolder, removeDataFolders, type DataFolder } from "../../support/data-folder.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { databaseUrl } from "../../support/database-url.ts";
import { eventually, killPlumbs, runPlumb, startPlumb } from "../../support/plumb-process.ts";
import { startStack, type Stack } from "../../support/stack.ts";
import type { Simulator } from "../../../src/acs/simulator/server.ts";

const CANARY = "canary-5d20-of-the-database";

let folder: DataFolder;

beforeAll(async () => {
  folder = await dataFolder();
});

afterEach(async () => {
  await killPlumbs();
});

afterAll(async () => {
  await removeDataFolders();
});

/** Every row of every table as text: what a refused start must leave as it was. */
async function contentOf({ db }: TestDatabase): Promise<string> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const rows = await sql<{ row: string }>`
      select t::text as row from ${sql.table(name)} t order by 1`.execute(db);
    texts.push(`${name}: ${JSON.stringify(rows.rows)}`);
  }
  return texts.join("\n");
}

describe("plumb serve refuses to start", () => {
  it("with DATABASE_URL and without PLUMB_KEYRING_FILE, which it names", async () => {
    const { code, err } = await runPlumb(["serve"], {
      PLUMB_DATA_DIR: folder.dataDir,
      DATABASE_URL: `postgresql://plumb:${CANARY}@127.0.0.1:1/plumb`,
    });
    expect(code).toBe(64);
    expect(err).toContain("PLUMB_KEYRING_FILE is needed with DATABASE_URL");
    expect(err).not.toContain(CANARY);
  });

  it("with every problem of its configuration at once, and no secret in them", async () => {
    const { code, err } = await runPlumb(["serve"], {
      PLUMB_DATA_DIR: folder.dataDir,
      DATABASE_URL: `mysql://plumb:${CANARY}@127.0.0.1/plumb`,
      PORT: "many",
      LOG_LEVEL: "loud",
      SENTRY_DSN: CANARY,
      PLUMB_SECRET_ACS_FILE: join(folder.base, "missing"),
    });
    expect(code).toBe(64);
    const names = ["DATABASE_URL", "PORT", "LOG_LEVEL", "SENTRY_DSN", "PLUMB_SECRET_ACS_FILE"];
    for (const name of [...names, "PLUMB_KEYRING_FILE"]) expect(err).toContain(`${name} `);
    expect(err).not.toContain(CANARY);
  });

  it("with a database that does not answer: host and port are named, the password is not", async () => {
    const { code, err } = await runPlumb(["serve"], {
      PLUMB_DATA_DIR: folder.dataDir,
      PLUMB_KEYRING_FILE: join(folder.base, "keyring.json"),
      DATABASE_URL: `postgresql://plumb:${CANARY}@127.0.0.1:1/plumb`,
    });
    expect(code).toBe(69);
    expect(err).toContain("127.0.0.1:1/plumb");
    expect(err).not.toContain(CANARY);
  });
});

describe("plumb serve on a PostgreSQL of the installation", () => {
  let database: TestDatabase;
  let stack: Stack & { readonly simulator: Simulator };

  const env = (): Record<string, string> => ({
    PLUMB_DATA_DIR: folder.dataDir,
    PLUMB_KEYRING_FILE: join(stack.folder, "keyring.json"),
    DATABASE_URL: databaseUrl(database),
  });
  const callsNow = (): number => stack.simulator.stats().calls;

  async function begin(simulator: Parameters<typeof startStack>[1]): Promise<void> {
    database = await testDatabase();
    stack = await startStack(database.db, simulator);
    await stack.seed();
  }

  afterEach(async () => {
    await killPlumbs();
    await stack.close();
    await database.close();
    await rm(folder.dataDir, { recursive: true, force: true });
  });

  it("refuses one from a newer version, and changes nothing in it", async () => {
    await begin({ simulator: { count: 1 } });
    await sql`insert into kysely_migration (name, timestamp) values ('9999_of_tomorrow', '')`.execute(
      database.db,
    );
    const before = await contentOf(database);
    const { code, err } = await runPlumb(["serve"], env());
    expect(code).toBe(69);
    expect(err).toContain("9999_of_tomorrow");
    expect(err).toContain("Nothing was changed");
    expect(await contentOf(database)).toBe(before);
    expect(callsNow()).toBe(0);
  });

  it("says who may be in its way when its port is taken, and leaves no token behind", async () => {
    await begin({ simulator: { count: 1 } });
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await runPlumb(["serve"], { ...env(), PORT: String(port) });
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(64);
    expect(err).toContain(`port ${port} on 127.0.0.1 is taken; set PORT to another one`);
    expect(err).not.toContain("plumb_");
    expect(callsNow()).toBe(0);
  });

  it("obeys a file STOP within the call in flight, over restarts, with API and database up, and goes on without it", async () => {
    await begin({
      simulator: { count: 20, latencyMs: 250 },
      acs: { deadlines: { call: "2s", verify: "2s", prove: "1ms" } },
    });
    let plumb = startPlumb(["serve"], env());
    const token = (await plumb.says(/shown once: (plumb_\S+)/))[1] ?? "";
    await eventually("it calls", () => callsNow() >= 3);
    const stop = join(folder.dataDir, "STOP");
    await writeFile(stop, "smoke in the server room\n");
    const atStop = callsNow();
    await sleep(1_500);
    const begun = callsNow() - atStop;
    // Looked at ten times a second: of calls that take 250 ms at most one can begin in that time.
    expect(begun).toBeLessThanOrEqual(1);

    const stopped = callsNow();
    expect((await fetch(`${await plumb.url()}/readyz`)).status).toBe(200);
    const client = new PlumbClient({ url: await plumb.url(), token });
    const id = stack.simulator.core.acs.entries[0]?.device.id ?? "";
    await client.ask("PUT", `/v1/devices/${encodeURIComponent(id)}/desired`, {
      json: { firmware: { version: "V9" } },
    });
    expect((await plumb.stop()).code).toBe(0);
    plumb = startPlumb(["serve"], env());
    await plumb.url();
    await sleep(1_500);
    expect(callsNow(), "not one call while the file is there").toBe(stopped);

    await rm(stop);
    stack.simulator.setTrouble({ latencyMs: 2 });
    await stack.until("all served", async () => {
      const states = await stack.states();
      return (states["queued"] ?? 0) === 0 && (states["converged"] ?? 0) >= 15;
    });
    expect(stack.simulator.stats().maxInFlight).toBe(1);
    expect((await plumb.stop()).code).toBe(0);
  });

  it("stays ready while the ACS is down, takes desired state, and still ends quickly", async () => {
    await begin({ simulator: { count: 12 } });
    await stack.simulator.stop();
    const plumb = startPlumb(["serve"], env());
    const token = (await plumb.says(/shown once: (plumb_\S+)/))[1] ?? "";
    const url = await plumb.url();
    const client = new PlumbClient({ url, token });
    await eventually("the breaker is open", async () => {
      const stats = (await client.fleet()).acs["sim"]?.["stats"] as { breakerOpen?: boolean };
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      return stats.breakerOpen === true;
    });
    const id = stack.simulator.core.acs.entries[0]?.device.id ?? "";
    const put = await client.raw("PUT", `/v1/devices/${encodeURIComponent(id)}/desired`, {
      json: { firmware: { version: "V9" } },
    });
    expect(put.status).toBe(201);
    const { code, ms } = await plumb.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
  });

  it("finishes the write in flight when it is asked to end, stores its outcome, and gives the lease back", async () => {
    await begin({ simulator: { count: 4 } });
    stack.simulator.inject({ kind: "slow", operation: WRITE, delayMs: 800 });
    const plumb = startPlumb(["serve"], env());
    // A slow write is done first and answered late: from here on it is in flight.
    await eventually("a write is taken", () => stack.simulator.stats().writes === 1);
    expect(stack.simulator.stats().inFlight).toBe(1);
    const { code, ms } = await plumb.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
    const log = stack.simulator.core.calls.after(0, 1_000);
    expect(log.at(-1)).toMatchObject({ operation: WRITE, outcome: "slow" });
    const intents = await database.db.selectFrom("intents").select("outcome").execute();
    // The one that was in flight is known; what stood behind it in the gate was not sent, and says so.
    const outcomes = intents.map(({ outcome }) => outcome).filter((one) => one !== "not_sent");
    expect(outcomes).toEqual(["accepted"]);
    const slots = await database.db.selectFrom("acs_slots").select("holder").execute();
    expect(slots).toEqual([{ holder: "" }]);
    const held = await database.db
      .selectFrom("work")
      .select("device")
      .where("holder", "is not", null)
      .execute();
    expect(held, "devices that nobody works on are free").toEqual([]);

    const again = startPlumb(["serve"], env());
    await stack.until("all converged", async () => (await stack.states())["converged"] === 4);
    const { serial = "" } = log.at(-1) ?? {};
    const later = stack.simulator.core.calls.after(log.length, 1_000);
    const telling = later.filter((call) => call.serial === serial && call.operation !== STATUS);
    expect(telling[0]?.operation, "read before anything else is done to it").toBe(READ);
    expect((await again.stop()).code).toBe(0);
  });
});

describe("plumb serve with the embedded PostgreSQL", () => {
  it("refuses a data folder that another process owns, and names that process", async () => {
    const own = await dataFolder();
    const first = startPlumb(["serve"], { PLUMB_DATA_DIR: own.dataDir });
    await first.url();
    const { code, err } = await runPlumb(["serve"], { PLUMB_DATA_DIR: own.dataDir });
    expect(code).toBe(69);
    expect(err).toContain(`The process ${first.pid} has used the data folder ${own.dataDir}`);
    expect((await fetch(`${await first.url()}/readyz`)).status).toBe(200);
    expect((await first.stop()).code).toBe(0);
  });
});
