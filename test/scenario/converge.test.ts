/** A fleet that converges: the engine over a real socket and a real database. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStack, type Stack } from "../support/stack.ts";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };
const COUNT = 60;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, { simulator: { count: COUNT, offlineShare: 0.4 } });
  await stack.seed();
});

afterAll(async () => {
  await stack.close();
  await database.close();
});

async function settled(): Promise<boolean> {
  const states = await stack.states();
  expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(COUNT);
  const { offline } = stack.simulator.stats();
  return states["converged"] === COUNT - offline && (states["offline"] ?? 0) === offline;
}

/** Calls by operation for one device, from the ACS's own log. */
function callsOf(serial: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of stack.simulator.core.calls.after(0, 100_000)) {
    if (call.serial === serial) counts[call.operation] = (counts[call.operation] ?? 0) + 1;
  }
  return counts;
}

describe("a fleet with 40 % of its CPEs switched off", () => {
  it("converges every reachable CPE and shows the others as offline, one ACS call at a time (I1)", async () => {
    const engine = stack.startEngine();
    await stack.until("all reachable converged", settled);
    expect(stack.simulator.stats().maxInFlight).toBe(1);
    expect(stack.telemetry.captures).toEqual([]);
    await engine.stop();
  });

  it("costs an offline CPE one question about a sign of life, and nothing else (I9)", () => {
    for (const entry of stack.simulator.core.acs.entries) {
      if (stack.simulator.core.acs.online(entry)) continue;
      expect(callsOf(entry.device.serial)).toEqual({ FTCPEStatus: 1 });
      expect(entry.writes).toBe(0);
    }
  });

  it("needs for each correction the calls of its plan: a write and a read for each step, after one read", async () => {
    const rows = await database.db
      .selectFrom("intents")
      .innerJoin("devices", "devices.device", "intents.device")
      .select(["serial", "verdict", "outcome", "outcome_detail"])
      .execute();
    expect(rows.filter(({ verdict }) => verdict !== "verified")).toEqual([]);
    const proving = await database.db
      .selectFrom("map_proofs")
      .innerJoin("devices", "devices.device", "map_proofs.device")
      .select(["serial", "state"])
      .execute();
    expect(new Set(proving.map(({ state }) => state))).toEqual(new Set(["proven"]));
    const provers = new Set(proving.map(({ serial }) => serial));
    for (const entry of stack.simulator.core.acs.entries) {
      const { serial } = entry.device;
      if (!stack.simulator.core.acs.online(entry)) continue;
      const writes = rows.filter((row) => row.serial === serial).length;
      const calls = callsOf(serial);
      expect(calls["FTSetDeviceParameters"] ?? 0).toBe(writes);
      const reads = calls["FTGetDeviceParameters"] ?? 0;
      // The one that proves its map is read once more; one that waited for that may have to be read again.
      expect(reads - writes, serial).toBeGreaterThanOrEqual(1);
      expect(reads - writes, serial).toBeLessThanOrEqual(provers.has(serial) ? 2 : 2);
    }
  });

  it("holds on each CPE what its record says, passwords included, though they read back empty", () => {
    const { acs } = stack.simulator.core;
    for (const entry of acs.entries) {
      if (!acs.online(entry)) continue;
      const user = `sub${entry.device.serial.toLowerCase()}`;
      const held = JSON.stringify([...entry.state.cpe.overlay.values()]);
      expect(held).toContain(user);
    }
  });

  it("makes no call at a restart that was not due (I10)", async () => {
    const before = stack.simulator.stats().perOp;
    const engine = stack.startEngine();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await engine.stop();
    const after = stack.simulator.stats().perOp;
    // Looks for signs of life are due by themselves; nothing else is.
    expect({ ...after, FTCPEStatus: null }).toEqual({ ...before, FTCPEStatus: null });
  });

  it("converges those that get their power back, found by probes", async () => {
    await hurry(database.db, ["probe"]);
    stack.simulator.setPower(true, { share: 1 });
    const engine = stack.startEngine();
    await stack.until("all converged", settled);
    await engine.stop();
    expect((await stack.states())["converged"]).toBe(COUNT);
  });

  it("writes nothing in a second pass over a converged fleet (I7)", async () => {
    const { writes } = stack.simulator.stats();
    await hurry(database.db);
    const engine = stack.startEngine();
    await stack.until("all read again", () => nothingDue(database.db));
    await engine.stop();
    expect(stack.simulator.stats().writes).toBe(writes);
    expect((await stack.states())["converged"]).toBe(COUNT);
  });
});
