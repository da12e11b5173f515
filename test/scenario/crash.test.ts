/** kill -9 in the middle, again and again: it goes on, and nothing is written twice without a read between. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };
const COUNT = 40;
const KILLS = 3;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: COUNT, latencyMs: 10 },
    acs: { deadlines: { call: "1s", verify: "1s", prove: "1ms" } },
  });
  await stack.seed();
});

afterAll(async () => {
  await stack.close();
  await database.close();
});

function startChild(): ChildProcess {
  const script = join(import.meta.dirname, "..", "support", "engine-child.ts");
  const args = [JSON.stringify(database.connection), join(stack.folder, "keyring.json")];
  return spawn(process.execPath, ["--import", "tsx", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function writesReach(count: number): Promise<void> {
  await stack.until(`${count} writes`, () => stack.simulator.stats().writes >= count, 60_000);
}

describe("a controller that is killed with kill -9", () => {
  it("goes on after each start, reads before it writes again, and loses nothing (I3)", async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const child = startChild();
      await writesReach(kill * 8);
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
    }
    const last = startChild();
    await stack.until(
      "all converged",
      async () => (await stack.states())["converged"] === COUNT,
      60_000,
    );
    last.kill("SIGTERM");
    await new Promise((resolve) => last.once("exit", resolve));

    const calls = stack.simulator.core.calls.after(0, 100_000);
    for (const { device } of stack.simulator.core.acs.entries) {
      const own = calls
        .filter((call) => call.serial === device.serial)
        .sort((a, b) => a.startMs - b.startMs);
      own.forEach((call, i) => {
        if (call.operation !== "FTSetDeviceParameters") return;
        expect(own[i + 1]?.operation, `${device.serial}: a read follows each write`).not.toBe(
          "FTSetDeviceParameters",
        );
      });
    }
    expect(stack.simulator.stats().maxInFlight).toBe(1);
    const open = await database.db
      .selectFrom("intents")
      .select("id")
      .where("verdict", "is", null)
      .execute();
    expect(open).toEqual([]);
  }, 120_000);

  it("gives its lease back when it is asked to end, so that the next one starts at once", async () => {
    const slot = await database.db
      .selectFrom("acs_slots")
      .select("holder")
      .executeTakeFirstOrThrow();
    expect(slot.holder).toBe("");
  });
});
