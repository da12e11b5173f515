/**
 * When a CPE booted, and the secrets that it shows, come with the reads that are made anyway. Two simulated CPEs were given
 * one login to the ACS: they are found by that.
 */
import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { READ } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 4;
const LOGIN = "ManagementServer.Password";
let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

afterEach(async () => {
  await stack.close();
  await database.close();
});

const reads = (): number =>
  stack.simulator.core.calls.after(0, 100_000).filter(({ operation }) => operation === READ).length;

/** What is kept of the login of each CPE: `null` that it shows one, an empty text that it shows none. */
async function kept(): Promise<Readonly<Record<string, string>>> {
  const { rows } = await sql<{ serial: string; kept: string }>`
    select d.serial, r.value ->> 'kind' || coalesce(' ' || nullif(r.value ->> 'text', ''), '') as kept
    from observations o join devices d on d.device = o.device, jsonb_each(o.readings) r
    where r.key like ${`%.${LOGIN}`}`.execute(database.db);
  return Object.fromEntries(rows.map((row) => [row.serial, row.kept]));
}

it("is told by each read, of each CPE, with no call more", async () => {
  database = await testDatabase();
  const { db } = database;
  stack = await startStack(db, {
    simulator: { count: COUNT, models: ["talk-frequency-table"], shownSecretsShare: 0.5 },
  });
  const { acs } = stack.simulator.core;
  const showing = acs.entries.filter(({ state }) => state.cpe.showsSecrets === true);
  expect(showing).toHaveLength(2);
  for (const entry of acs.entries) {
    acs.tamper(entry, [{ path: `Device.${LOGIN}`, value: "of-a-template" }]);
  }
  const policy = { kind: "FraudPolicy", name: "default", labels: "{}", spec_hash: "", owner: "o" };
  const spec = JSON.stringify({ rules: { P10: { enabled: true } } });
  await db
    .insertInto("records")
    .values({ ...policy, spec, revision: 1 })
    .execute();
  await stack.seed();
  stack.startEngine();
  await stack.until("converged", async () => (await stack.states())["converged"] === COUNT);

  const { rows: boots } = await sql<{ serial: string; booted: Date }>`
    select distinct d.serial, s.booted_at as booted from device_sightings s join devices d on d.device = s.device`.execute(
    db,
  );
  expect(boots.length).toBeGreaterThanOrEqual(COUNT);
  for (const { serial, booted } of boots) {
    const off = Math.abs(booted.getTime() - (acs.find(serial)?.state.cpe.bootedAtMs ?? 0));
    expect(off, `${serial} booted then`).toBeLessThan(10_000);
  }

  const shown = new Set(showing.map(({ device }) => device.serial));
  const want = Object.fromEntries(
    acs.entries.map(({ device: { serial } }) => [serial, shown.has(serial) ? "null" : "value"]),
  );
  expect(await kept(), "what is asked again, and what is not").toEqual(want);
  const { rows: due } = await sql<{ id: string }>`
    select id from fraud_due where kind = 'secret'`.execute(db);
  const { rows: secrets } = await sql<{ digest: string; boxes: number }>`
    select digest, count(*)::int as boxes from device_secrets where opens = 'acs' group by digest`.execute(
    db,
  );
  expect(secrets).toMatchObject([{ boxes: 2 }]);
  // Beside it waits what a CPE shows no more: the password that it had before.
  expect(due.map(({ id }) => id)).toContain(secrets[0]?.digest);

  const before = reads();
  await hurry(db, ["read"]);
  await stack.until(
    "all were read again",
    async () => reads() >= before + COUNT && (await nothingDue(db)),
  );
  expect(reads() - before, "a read each, as before").toBe(COUNT);
  expect(await kept()).toEqual(want);
}, 120_000);

it("asks no CPE for a secret while nobody wants to know (P10 is off)", async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: COUNT, models: ["talk-frequency-table"], shownSecretsShare: 1 },
  });
  await stack.seed();
  stack.startEngine();
  await stack.until("converged", async () => (await stack.states())["converged"] === COUNT);
  expect(await kept()).toEqual({});
  const { rows } = await sql`select from device_secrets where opens <> 'service'`.execute(
    database.db,
  );
  expect(rows).toEqual([]);
}, 120_000);
