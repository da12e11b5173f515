/** A holder that falls silent inside a transaction: the slot is not its own for longer than its lease says. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CallStats } from "../../../src/controller/call-stats.ts";
import { systemClock } from "../../../src/app/clock.ts";
import { leaseHolds, leases } from "../../../src/store/engine/leases.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";

const STATS = {
  ...new CallStats(systemClock).read(false),
  slowed: null,
  limit: 1,
  capabilities: null,
  differences: null,
};

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe("a holder that is frozen between two statements", () => {
  it("cannot keep another process from taking over (I1)", async () => {
    const slot = leases(database.db);
    const lease = await slot.acquireLease("main", 0, "first", 200, 100);
    if (lease === null) throw new Error("no lease");
    const frozen = database.db.transaction().execute(async (trx) => {
      await sql`select ${leaseHolds(lease)} as ok`.execute(trx);
      // Longer than the database waits for it.
      await sleep(5_000);
      await sql`select 1`.execute(trx);
    });
    let awake = false;
    const ended = frozen
      .then(
        () => "went on",
        () => "was ended",
      )
      .finally(() => {
        awake = true;
      });
    await sleep(500);
    const taken = await slot.acquireLease("main", 0, "second", 200, 100);
    expect(taken).toMatchObject({ holder: "second", fence: lease.fence + 1 });
    expect(awake, "it did not wait for the first one to wake").toBe(false);
    expect(await ended).toBe("was ended");
  }, 20_000);
});

describe("a pass whose transaction takes long", () => {
  it("keeps no renewal waiting, and no other process gets the slot before it ends", async () => {
    const slot = leases(database.db);
    const lease = await slot.acquireLease("slow", 0, "first", 300, 0);
    if (lease === null) throw new Error("no lease");
    let renewed = false;
    let ended = false;
    let lockTaken = (): void => undefined;
    const locked = new Promise<void>((resolve) => (lockTaken = resolve));
    const pass = database.db.transaction().execute(async (trx) => {
      await sql`select ${leaseHolds(lease)} as ok`.execute(trx);
      lockTaken();
      const giveUpAt = performance.now() + 2_000;
      while (!renewed && performance.now() < giveUpAt) await sleep(10);
      expect(renewed, "renewed beside the pass").toBe(true);
      await sleep(600);
      ended = true;
    });
    await locked;
    renewed = await slot.renewLease(lease, 300, STATS);
    await sleep(400);
    const taken = await slot.acquireLease("slow", 0, "second", 300, 0);
    expect(ended, "the pass went before the one who took over").toBe(true);
    expect(taken).toMatchObject({ holder: "second" });
    await pass;
  }, 20_000);
});
