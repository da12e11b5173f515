/** A fleet that converges through a GenieACS: the engine over a real socket and a real database. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { Secret } from "../../src/lib/secret.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 20;
let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    kind: "genieacs",
    acs: { concurrency: 4, deadlines: { call: "5s", verify: "2s", prove: "1ms" } },
    simulator: { count: COUNT, offlineShare: 0.3, latencyMs: 5 },
  });
  await stack.seed();
});

afterAll(async () => {
  await stack.close();
  await database.close();
});

async function settled(): Promise<boolean> {
  const states = await stack.states();
  const { offline } = stack.simulator.stats();
  return states["converged"] === COUNT - offline && (states["offline"] ?? 0) === offline;
}

async function listed(collection: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${stack.simulator.nbiUrl}/${collection}/`);
  return (await answer.json()) as unknown[];
}

/** What its GenieACS was asked about one CPE. */
function callsOf(serial: string): readonly string[] {
  const calls = stack.simulator.core.calls.after(0, 100_000);
  return calls.filter((call) => call.serial === serial).map(({ operation }) => operation);
}

describe("a fleet behind a GenieACS, 30 % of it switched off", () => {
  it("converges every reachable CPE and shows the others as offline", async () => {
    const engine = stack.startEngine();
    await stack.until("all reachable converged", settled, 90_000);
    await engine.stop();
    expect(stack.telemetry.captures).toEqual([]);
    expect(stack.simulator.core.nbi.crashes).toBe(0);
    expect(stack.simulator.stats().maxInFlight).toBeLessThanOrEqual(4);
  }, 120_000);

  it("leaves no task and no fault behind, for those that were there and those that were not", async () => {
    expect(await listed("tasks")).toEqual([]);
    expect(await listed("faults")).toEqual([]);
  });

  it("holds on each CPE what its record says, and on each other one what it held before", () => {
    const { acs } = stack.simulator.core;
    for (const entry of acs.entries) {
      const { serial } = entry.device;
      const holds = JSON.stringify([...entry.state.cpe.overlay.values()]);
      if (acs.online(entry)) expect(holds).toContain(`sub${serial.toLowerCase()}`);
      else expect(entry.writes, serial).toBe(0);
    }
  });

  it("wrote nothing that it had not read from the CPE before, and read it again after", () => {
    const { acs } = stack.simulator.core;
    const written = acs.entries.filter(({ writes }) => writes > 0);
    expect(written.length).toBeGreaterThan(COUNT / 3);
    for (const entry of written) {
      const tasks = callsOf(entry.device.serial).filter((call) => call.startsWith("task "));
      expect(tasks.length, entry.device.serial).toBeGreaterThanOrEqual(3);
      expect(new Set(tasks)).toEqual(new Set(["task provisions"]));
    }
  });

  it("stores every write as done or accepted, and verified by a later read", async () => {
    const rows = await database.db.selectFrom("intents").select(["outcome", "verdict"]).execute();
    expect(rows.length).toBeGreaterThan(COUNT / 2);
    for (const { outcome, verdict } of rows) {
      expect(["done", "accepted", "not_sent"]).toContain(outcome);
      expect(["verified", "not_sent"]).toContain(verdict);
    }
  });

  it("converges those that get their power back, and a second pass writes nothing (I7)", async () => {
    stack.simulator.setPower(true, { share: 1 });
    await hurry(database.db);
    const engine = stack.startEngine();
    await stack.until("all converged", settled, 90_000);
    const { writes } = stack.simulator.stats();
    await hurry(database.db);
    await stack.until("all read again", () => nothingDue(database.db));
    await engine.stop();
    expect(stack.simulator.stats().writes).toBe(writes);
    expect((await stack.states())["converged"]).toBe(COUNT);
    expect(await listed("tasks")).toEqual([]);
  }, 120_000);

  it("takes a change back that a CPE was not there for, and makes it when the CPE is back (I9)", async () => {
    const id = "001CAA-WIMAX%2D25%2Ev2-SIM000004";
    const engine = stack.startEngine();
    await hurry(database.db);
    const readAgain = async () => (await nothingDue(database.db)) && (await settled());
    await stack.until("all converged, and read a moment ago", readAgain, 60_000);
    stack.simulator.setTrouble({ connectionRequests: "refused" });
    const password = new Secret("pw-new");
    await stack.put(id, { credentials: { username: "newcomer", realm: "isp.example", password } });
    const written = () =>
      database.db
        .selectFrom("intents")
        .innerJoin("devices", "devices.device", "intents.device")
        .select(["outcome", "verdict"])
        .where("device_id", "=", id)
        .orderBy("intents.id", "desc")
        .executeTakeFirst();
    await stack.until("taken back", async () => (await written())?.outcome === "away", 30_000);
    expect(await written()).toEqual({ outcome: "away", verdict: "away" });
    // Others are read as well, in vain.
    await sql`
      update work set due_at = now() where device in (select device from devices order by device limit 3)`.execute(
      database.db,
    );
    const away = async () => ((await stack.states())["offline"] ?? 0) > 3;
    await stack.until("others are away as well", away, 30_000);
    await stack.until("nothing waits", async () => (await listed("tasks")).length === 0, 30_000);

    stack.simulator.setTrouble({ connectionRequests: "answered" });
    const backAndSettled = async (): Promise<boolean> => {
      // Those that were found away wait for minutes until they are looked for again.
      await hurry(database.db, ["probe"]);
      return await settled();
    };
    await stack.until("converged after all", backAndSettled, 60_000);
    await engine.stop();
    expect(await written()).toMatchObject({ verdict: "verified" });
    expect(stack.telemetry.captures).toEqual([]);
  }, 120_000);

  it("sets back what somebody changed at the CPE, though the cache still shows it right", async () => {
    const entry = stack.simulator.core.acs.find("SIM000004");
    if (entry === undefined) throw new Error("no CPE");
    const path = "Device.PPP.Interface.1.Username";
    const before = entry.state.cpe.overlay.get(path)?.value;
    stack.simulator.core.acs.tamper(entry, [{ path, value: "mallory@isp.example" }]);
    await hurry(database.db);
    const engine = stack.startEngine();
    await stack.until(
      "set back",
      () => entry.state.cpe.overlay.get(path)?.value === before,
      60_000,
    );
    await engine.stop();
  });
});
