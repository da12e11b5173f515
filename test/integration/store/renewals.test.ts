/** Evidence that is renewed from an ACS's memory: only for a device that nothing happened to. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOTHING_TOLD } from "../../../src/ports/observation.ts";
import { sql } from "kysely";
import type { Lease } from "../../../src/ports/engine-store.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { startStack, type Stack } from "../../support/stack.ts";

const HOUR = 3_600_000;
let database: TestDatabase;
let stack: Stack;
let lease: Lease;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: 1, models: ["talk-frequency-table"] },
  });
  await stack.seed({ frequency: false });
  const engine = stack.startEngine();
  await stack.until("converged", async () => (await stack.states())["converged"] === 1);
  await engine.stop();
  const taken = await stack.engine.acquireLease("sim", 0, "test", 600_000, 1);
  if (taken === null) throw new Error("no lease");
  lease = taken;
});
afterAll(async () => {
  await stack.engine.releaseLease(lease);
  await stack.close();
  await database.close();
});

/** Read and written a day ago, due in half an hour, in nobody's hands. */
async function asItWas(): Promise<void> {
  await sql`update observations set read_at = now() - interval '23 hours'`.execute(database.db);
  await sql`delete from intents`.execute(database.db);
  await sql`
    insert into intents (device, acs, slot, fence, change_id, class, generation, map_hash, plan_hash, step, steps, fields,
      edits, reason, intended_at, outcome, outcome_at, verdict)
    select device, 'sim', 0, 0, 'c', 0, '', '', '', 0, 1, '{}', '[]', '', now() - interval '24 hours', 'done',
      now() - interval '24 hours', 'verified' from devices`.execute(database.db);
  await sql`update work set due_at = now() + interval '30 minutes', holder = null, class = 4`.execute(
    database.db,
  );
  await sql`update device_status set fresh_until = now() + interval '1 hour', state = 'converged', reachable = true`.execute(
    database.db,
  );
}

const soon = () => stack.engine.readsSoon(lease, HOUR, 10, []);

async function renewed(ageMs: number, goodForMs = 20 * HOUR): Promise<boolean> {
  const [work] = await soon();
  if (work === undefined) return false;
  const loaded = await stack.engine.load(work.key);
  if (loaded?.observation == null) throw new Error("never read");
  return await stack.engine.renew(lease, {
    work,
    generation: loaded.status.generation,
    observation: {
      ...{
        readAt: new Date(Date.now() - ageMs),
        mapName: "m",
        mapHash: loaded.observation.mapHash,
      },
      ...{ snapshot: loaded.observation.snapshot, decoded: {}, facts: loaded.record.facts },
      ...{
        changeId: "memory",
        epoch: { bootstrapped: null, hardware: null, software: null },
        credentials: [],
        ...NOTHING_TOLD,
      },
    },
    ...{ evidenceBudgetMs: 24 * HOUR, goodForMs, reason: "remembered" },
  });
}

describe("a device of whose values the ACS knows that they are still what they were", () => {
  it("is read later, and its evidence is as young as what the ACS knows", async () => {
    await asItWas();
    expect(await renewed(HOUR)).toBe(true);
    const { rows } = await sql<{ age: number; due: number; fresh: number }>`
      select extract(epoch from now() - o.read_at)::float8 / 3600 as age,
        extract(epoch from w.due_at - now())::float8 / 3600 as due,
        extract(epoch from s.fresh_until - now())::float8 / 3600 as fresh
      from observations o, work w, device_status s`.execute(database.db);
    expect(rows[0]?.age).toBeCloseTo(1, 1);
    expect(rows[0]?.due).toBeCloseTo(19, 1);
    expect(rows[0]?.fresh).toBeCloseTo(23, 1);
    expect(await soon()).toEqual([]);
  });

  it.for([
    ["is in hand", sql`update work set holder = 'p'`],
    ["is wanted for something else", sql`update work set class = 3`],
    ["is not converged", sql`update device_status set state = 'drifted'`],
    ["is away", sql`update device_status set reachable = false`],
    ["has a write that nobody has settled", sql`update intents set verdict = null`],
    [
      "was written since then (I4)",
      sql`update intents set outcome_at = now() - interval '30 minutes'`,
    ],
    ["was read since then", sql`update observations set read_at = now() - interval '30 minutes'`],
    ["would be read no later by it", sql`update work set due_at = now() + interval '59 minutes'`],
  ] as const)("is left alone where it %s", async ([what, change]) => {
    await asItWas();
    await change.execute(database.db);
    const goodForMs = what.startsWith("would") ? 1.5 * HOUR : 20 * HOUR;
    const { rows: before } = await sql`select due_at from work`.execute(database.db);
    expect(await renewed(HOUR, goodForMs)).toBe(false);
    expect((await sql`select due_at from work`.execute(database.db)).rows).toEqual(before);
  });

  it("is left alone by one whose lease is gone", async () => {
    await asItWas();
    const own = lease;
    lease = { ...lease, fence: lease.fence - 1 };
    expect(await renewed(HOUR)).toBe(false);
    lease = own;
  });
});
