/** Answers that belong to another question, writes that vanish, modes and stops: what is believed, and what is sent. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import type { SimulatorOptions } from "../../src/acs/simulator/options.ts";
import { Secret } from "../../src/lib/secret.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, pauseOver } from "../support/due.ts";
import { OPERATOR, startStack, type Stack, type StackOptions } from "../support/stack.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

async function begin(
  options: StackOptions & { simulator?: Partial<SimulatorOptions> },
): Promise<void> {
  stack = await startStack(database.db, options);
}

beforeEach(async () => {
  database = await testDatabase();
});

afterEach(async () => {
  await stack.close();
  await database.close();
});

const all = (count: number) => async (): Promise<boolean> =>
  (await stack.states())["converged"] === count;
const idOf = (index: number): string => stack.simulator.core.acs.entries[index]?.device.id ?? "";
const writesOf = (index: number): number => stack.simulator.core.acs.entries[index]?.writes ?? -1;

async function wake(id: string): Promise<void> {
  await stack.fleet.wake(await stack.keyOf(id), OPERATOR);
}

async function detail(id: string) {
  return await stack.fleet.device(await stack.keyOf(id));
}

describe("an ACS that mixes up answers when calls overlap", () => {
  const COUNT = 40;

  /** Somebody who does not heed the warning: applies the record anew whenever a wrong answer has closed the gate. */
  async function openAgain(): Promise<void> {
    const view = await stack.fleet.acsView("sim");
    if (view?.closed == null) return;
    const evidenceBudget = view.spec["evidenceBudget"] === "24h" ? "25h" : "24h";
    const spec = { ...view.spec, evidenceBudget };
    const records = [{ kind: "Acs", name: "sim", labels: {}, spec }];
    await stack.fleet.apply({ records, devices: [] }, OPERATOR, { dryRun: false, expect: null });
  }

  it("with the gate opened to 4: every wrong answer is caught, none reaches observed state (I2)", async () => {
    await begin({
      simulator: { count: COUNT, latencyMs: 5, mixUps: 0.2 },
      acs: { concurrency: 4 },
    });
    await stack.seed();
    stack.startEngine();
    await stack.until(
      "all converged in spite of it",
      async () => {
        await openAgain();
        if (stack.simulator.stats().mixedUp <= 10) await hurry(database.db);
        return stack.simulator.stats().mixedUp > 10 && (await all(COUNT)());
      },
      // Four calls at once and a fifth of them mixed up: on a busy box that takes its time.
      180_000,
    );
    const { mixedUp } = stack.simulator.stats();
    expect(mixedUp).toBeGreaterThan(10);
    expect(stack.telemetry.captures.length).toBeGreaterThan(0);
    const stored = await database.db
      .selectFrom("observation_changes")
      .innerJoin("devices", "devices.device", "observation_changes.device")
      .select(["serial", "logical", "after"])
      .execute();
    for (const { serial, logical, after } of stored) {
      if (!/credential|identity|serial/.test(logical)) continue;
      expect(JSON.stringify(after).toLowerCase(), `${serial} ${logical}`).toContain(
        serial.toLowerCase(),
      );
    }
  }, 240_000);

  it("with the gate at 1 there is no overlap, so no answer goes astray", async () => {
    await begin({ simulator: { count: COUNT, mixUps: 1 } });
    await stack.seed();
    stack.startEngine();
    await stack.until("all converged", all(COUNT), 60_000);
    expect(stack.simulator.stats().mixedUp).toBe(0);
    expect(stack.telemetry.captures).toEqual([]);
  });
});

describe("a write whose answer never came (I3)", () => {
  const cases = [
    { name: "was done: the read shows it, and it is not sent again", kind: "cut-after", writes: 1 },
    {
      name: "was not done: the device is read, and it is sent once more",
      kind: "cut-before",
      writes: 1,
    },
    { name: "got the answer of another operation", kind: "wrong-operation", writes: 1 },
    { name: "timed out after it was done", kind: "hang", writes: 1 },
  ] as const;

  it.each(cases)(
    "$name",
    async ({ kind, writes }) => {
      await begin({
        simulator: { count: 1, models: ["talk-frequency-table"] },
        acs: { deadlines: { call: "1s", verify: "1s", prove: "1ms" } },
      });
      await stack.seed({ frequency: false, credentials: false });
      stack.simulator.inject({ kind, operation: "FTSetDeviceParameters" });
      await stack.put(idOf(0), {
        credentials: { username: "new", realm: "isp.example", password: new Secret("pw") },
      });
      stack.startEngine();
      await stack.until(
        "unverified first",
        async () => (await detail(idOf(0))).reason === "WriteUnknown",
      );
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await wake(idOf(0));
      await stack.until("converged", all(1), 40_000);
      expect(writesOf(0)).toBe(writes);
    },
    60_000,
  );
});

describe("a CPE that accepts writes and ignores them (I15)", () => {
  it("is written twice at most, then quarantined for a day with the reason", async () => {
    await begin({
      simulator: { count: 1, models: ["talk-frequency-table"], ignoredWriteShare: 1 },
    });
    await stack.seed({ credentials: false });
    stack.startEngine();
    for (let round = 0; round < 8 && (await detail(idOf(0))).state !== "quarantined"; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      await pauseOver(database.db);
      await wake(idOf(0));
    }
    await stack.until("quarantined", async () => (await detail(idOf(0))).state === "quarantined");
    const { reason, nextAt } = await detail(idOf(0));
    expect(reason).toBe("RepeatedFailure");
    expect((nextAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await wake(idOf(0));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(writesOf(0)).toBe(2);
  }, 60_000);
});

describe("an ACS in mode observe", () => {
  it("gets no write whatever is wanted, and the drift is shown with the reason", async () => {
    await begin({ simulator: { count: 10 }, acs: { mode: "observe" } });
    await stack.seed();
    stack.startEngine();
    await stack.until("all looked at", async () => {
      const states = await stack.states();
      return (states["drifted"] ?? 0) + (states["converged"] ?? 0) === 10;
    });
    expect(stack.simulator.stats().writes).toBe(0);
    const { items } = await stack.fleet.devices("state=drifted", 50, null);
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(["ObserveMode"]));
  });
});

describe("a secret that never reads back (I6)", () => {
  it("is assumed when the user name is right, written when its record changes, and never because it reads empty", async () => {
    await begin({ simulator: { count: 1, models: ["huawei-bm632w"] } });
    await stack.seed({ credentials: false, frequency: false });
    const user = `sub${stack.simulator.core.acs.entries[0]?.device.serial.toLowerCase() ?? ""}`;
    const put = async (password: string): Promise<void> => {
      const secret = new Secret(password);
      await stack.put(idOf(0), {
        credentials: { username: user, realm: "isp.example", password: secret },
      });
    };
    await put("first");
    stack.startEngine();
    await stack.until("converged without a write", all(1));
    expect(writesOf(0)).toBe(0);
    await put("second");
    await stack.until(
      "converged after the change",
      async () => writesOf(0) === 1 && (await all(1)()),
    );
    expect(
      JSON.stringify([...(stack.simulator.core.acs.entries[0]?.state.cpe.overlay.values() ?? [])]),
    ).toContain("second");
    await put("second");
    await wake(idOf(0));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stack.until("converged still", all(1));
    expect(writesOf(0)).toBe(1);
  });
});

describe("a service that ended (I11)", () => {
  it("owes its revocation until a read shows the parking credential on the CPE", async () => {
    await begin({
      simulator: { count: 1, models: ["talk-channel-rules"] },
      acs: {
        parkingCredential: {
          username: "parking",
          realm: "isp.example",
          password: { env: "PLUMB_SECRET_PARKING" },
        },
      },
    });
    await stack.seed({ frequency: false });
    stack.startEngine();
    await stack.until("converged", all(1));
    const key = await stack.keyOf(idOf(0));
    await stack.fleet.endDocument(key, { owner: "billing", tokenId: "t", requestId: "r" }, null);
    expect((await detail(idOf(0))).owedRevocations).toHaveLength(1);
    await stack.until("proven", async () => (await detail(idOf(0))).owedRevocations.length === 0);
    expect(
      JSON.stringify([...(stack.simulator.core.acs.entries[0]?.state.cpe.overlay.values() ?? [])]),
    ).toContain("parking");
  });
});

describe("a stop", () => {
  it("holds every call but the one in flight, survives a restart, and lists what the ACS may still execute", async () => {
    await begin({ simulator: { count: 40, latencyMs: 10 } });
    await stack.seed();
    const engine = stack.startEngine();
    await stack.until("some work done", () => stack.simulator.stats().writes >= 5);
    const { outstanding } = await stack.fleet.stop(
      { acs: null, selector: null, reason: "drill" },
      OPERATOR,
    );
    expect(Array.isArray(outstanding)).toBe(true);
    const { writes } = stack.simulator.stats();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await engine.stop();
    expect(stack.simulator.stats().writes - writes).toBeLessThanOrEqual(1);
    const again = stack.startEngine();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { writes: later } = stack.simulator.stats();
    expect(later - writes).toBeLessThanOrEqual(1);
    const devices = (await stack.fleet.fleet()).total;
    await stack.fleet.resume({ acs: null }, OPERATOR, devices);
    await stack.until("some go on", () => stack.simulator.stats().writes > later, 20_000);
    await again.stop();
  }, 60_000);
});
