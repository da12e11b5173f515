/** Two controllers on one ACS and one database, also when one of them is frozen for longer than its lease. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { blindRepeats, WRITE } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { startLink } from "../support/link.ts";
import { eventually, killPlumbs, startNode, type Plumb } from "../support/plumb-process.ts";
import { OPERATOR, startStack, type Stack } from "../support/stack.ts";

const COUNT = 30;
/** With calls of at most 1 s a lease lasts 5 s, and who takes over waits one deadline more. */
const FROZEN_MS = Number(process.env["FREEZE_MS"] ?? 9_000);

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeEach(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: COUNT, latencyMs: 20 },
    acs: { deadlines: { call: "1s", verify: "1s", prove: "1ms" } },
  });
  await stack.seed();
});

afterEach(async () => {
  await killPlumbs();
  await stack.close();
  await database.close();
});

async function startReplica(connection = database.connection): Promise<Plumb> {
  const args = [JSON.stringify(connection), join(stack.folder, "keyring.json")];
  const replica = startNode("test/support/engine-child.ts", args);
  await eventually("it started", () => replica.out().includes("started"));
  return replica;
}

/** The first one holds the ACS. Nothing is done before the second is there: alone, the first might be through by then. */
async function startBoth(connection = database.connection): Promise<[Plumb, Plumb]> {
  await stack.fleet.stop({ acs: null, selector: null, reason: "waits for both" }, OPERATOR);
  const first = await startReplica(connection);
  await eventually("it holds the ACS", async () => (await holderOf([first])) === first);
  const second = await startReplica();
  await stack.fleet.resume({ acs: null }, OPERATOR, COUNT);
  return [first, second];
}

const slot = async () =>
  await database.db.selectFrom("acs_slots").select(["holder", "fence"]).executeTakeFirst();

/** The pid stands in the name of a holder. */
async function holderOf(replicas: readonly Plumb[]): Promise<Plumb | undefined> {
  const { holder = "" } = (await slot()) ?? {};
  return replicas.find(({ pid }) => holder.includes(`/${pid}/`));
}

const allConverged = async (): Promise<boolean> => (await stack.states())["converged"] === COUNT;

async function unsettled() {
  return await database.db
    .selectFrom("intents")
    .select(["id", "outcome", "verdict"])
    .where("verdict", "is", null)
    .execute();
}

function seenByTheAcs(): void {
  const { maxInFlight, longestOverlapMs } = stack.simulator.stats();
  expect({ maxInFlight, longestOverlapMs }).toEqual({ maxInFlight: 1, longestOverlapMs: 0 });
  expect(blindRepeats(stack.simulator.core.calls.after(0, 100_000))).toEqual([]);
}

describe("two controllers on one ACS", () => {
  it("make one call at a time between them, and converge the fleet (I1)", async () => {
    const replicas = await startBoth();
    await stack.until("all converged", allConverged);
    for (const replica of replicas) expect((await replica.stop()).code).toBe(0);
    seenByTheAcs();
    expect(await unsettled()).toEqual([]);
    expect((await slot())?.holder).toBe("");
  });

  it("hand over at once when the holder is asked to end", async () => {
    const replicas = await startBoth();
    await stack.until("some work done", () => stack.simulator.stats().writes >= 5);
    const holder = await holderOf(replicas);
    expect((await holder?.stop())?.code).toBe(0);
    const { calls } = stack.simulator.stats();
    await eventually("the other goes on", () => stack.simulator.stats().calls > calls, 3_000);
    await stack.until("all converged", allConverged);
    seenByTheAcs();
  });

  it(
    "stay apart when the holder is frozen in a write for longer than its lease and then goes on (I1, I3)",
    async () => {
      const replicas = await startBoth();
      await stack.until("some work done", () => stack.simulator.stats().writes >= 5);
      const { writes } = stack.simulator.stats();
      stack.simulator.inject({ kind: "slow", operation: WRITE, delayMs: 300 });
      await stack.until("a write is taken", () => stack.simulator.stats().writes > writes);
      const frozen = await holderOf(replicas);
      const fence = (await slot())?.fence ?? 0;
      expect(frozen).toBeDefined();
      frozen?.signal("SIGSTOP");
      await sleep(FROZEN_MS);
      const other = await holderOf(replicas);
      expect(other, "the other one took over").toBeDefined();
      expect(other).not.toBe(frozen);
      expect((await slot())?.fence).toBe(fence + 1);
      await stack.until("all converged", allConverged);
      expect(await unsettled()).toEqual([]);
      frozen?.signal("SIGCONT");
      await sleep(1_500);
      expect(await unsettled(), "it reopens nothing that was settled without it").toEqual([]);
      // Work for both, now that both are awake.
      await hurry(database.db);
      await eventually("all read again", () => nothingDue(database.db));
      expect(await allConverged()).toBe(true);

      seenByTheAcs();
      const own = frozen?.pid ?? 0;
      const stale = await database.db
        .selectFrom("work")
        .select("device")
        .where("holder", "like", `%/${own}/%`)
        .execute();
      expect(stale, "it holds no device").toEqual([]);
      for (const replica of replicas) expect((await replica.stop()).code).toBe(0);
    },
    FROZEN_MS + 60_000,
  );

  it.each(["cut", "silence"] as const)(
    "stay apart when the holder's link to the database is lost (%s) for longer than its lease, and comes back (I1)",
    async (how) => {
      const link = await startLink(database.connection);
      const [lost, other] = await startBoth(link.connection);
      await stack.until("it works", () => stack.simulator.stats().writes >= 3);
      const { fence = 0 } = (await slot()) ?? {};
      link[how]();
      const { calls } = stack.simulator.stats();
      await eventually(
        "the other one took over",
        async () => (await holderOf([other])) === other,
        20_000,
      );
      await eventually("and goes on", () => stack.simulator.stats().calls > calls + 5, 20_000);
      expect((await slot())?.fence).toBe(fence + 1);
      link.restore();
      await stack.until("all converged", allConverged, 60_000);
      await hurry(database.db);
      await eventually("all read again", () => nothingDue(database.db), 20_000);
      expect(await allConverged()).toBe(true);
      seenByTheAcs();
      expect(await unsettled()).toEqual([]);
      process.stdout.write(
        `database link lost (${how}): ${stack.simulator.stats().calls} calls, at most ` +
          `${stack.simulator.stats().maxInFlight} at once, fences ${fence} to ${fence + 1} (simulated)\n`,
      );
      expect((await other.stop()).code).toBe(0);
      expect((await lost.stop()).code).toBe(0);
      await link.close();
    },
    120_000,
  );
});
