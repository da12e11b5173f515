/** An ACS that goes away in the middle and comes back, and one whose answers are wrong every now and then. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InjectionInput } from "../../src/acs/simulator/trouble.ts";
import { startSimulator, type Simulator } from "../../src/acs/simulator/server.ts";
import { treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import { blindRepeats, READ, WRITE } from "../support/call-log.ts";
import { storedAgainstShown } from "../support/compare.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry } from "../support/due.ts";
import { startStackOn, type Stack } from "../support/stack.ts";

const COUNT = 40;

let database: TestDatabase;
let folder: string;
let simulator: Simulator;
let stack: Stack;

async function startAcs(port: number): Promise<Simulator> {
  return await startSimulator({
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
    stateFile: join(folder, "simulator.ndjson"),
    count: COUNT,
    latencyMs: 10,
    port,
  });
}

beforeEach(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "plumb-acs-"));
  simulator = await startAcs(0);
  stack = await startStackOn(database.db, simulator, {
    acs: { deadlines: { call: "1s", verify: "1s", prove: "1ms" } },
  });
  await stack.seed();
});

afterEach(async () => {
  await stack.close();
  await simulator.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const allConverged = async (): Promise<boolean> => (await stack.states())["converged"] === COUNT;

/** Faults as the slot's holder counted them; stored at each renewal of its lease. */
async function faults(): Promise<Readonly<Record<string, number>>> {
  const { stats } = (await stack.fleet.fleet()).acs["sim"] ?? {};
  return (stats as { byFault?: Record<string, number> } | undefined)?.byFault ?? {};
}

const noNews = ["failed", "offline", "quarantined"];

async function blamed(): Promise<number> {
  const states = await stack.states();
  return noNews.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

async function openIntents(): Promise<readonly unknown[]> {
  const open = database.db.selectFrom("intents").select("id").where("verdict", "is", null);
  return await open.execute();
}

describe("an ACS that closes its socket in the middle", () => {
  it("costs at most five calls before it is left alone, is held against no device, and is taken up again", async () => {
    stack.startEngine();
    await stack.until("in the middle", () => simulator.stats().writes >= 10);
    const first = simulator.core.calls.after(0, 100_000);
    const { port } = simulator;
    await simulator.stop();
    await sleep(4_000);
    // The one that was cut may be among them, or count as the first of five.
    expect((await faults())["connection"]).toBeGreaterThanOrEqual(5);
    expect((await faults())["connection"]).toBeLessThanOrEqual(6);
    expect(await blamed()).toBe(0);

    simulator = await startAcs(port);
    await stack.until(
      "all converged",
      async () => {
        expect(await blamed()).toBe(0);
        return await allConverged();
      },
      90_000,
    );
    expect((await faults())["connection"]).toBeLessThanOrEqual(7);
    expect(blindRepeats(first, simulator.core.calls.after(0, 100_000))).toEqual([]);
    expect(simulator.stats().maxInFlight).toBe(1);
    expect(await openIntents()).toEqual([]);
    expect(stack.telemetry.captures).toEqual([]);
  }, 120_000);
});

/** What each kind of wrong answer is called when it is caught. */
const FAULTS: Readonly<Record<string, string>> = {
  html: "garbled",
  empty: "empty",
  truncated: "garbled",
  "wrong-operation": "wrong_type",
  "other-device": "wrong_device",
  "soap-fault": "acs_fault",
};

/** What we call the calls that were answered so. */
const DOING: Readonly<Record<string, string>> = { [READ]: "a read", [WRITE]: "a write (set)" };

describe("an ACS whose answers to reads and writes are wrong nearly every second time", () => {
  const KINDS: readonly InjectionInput["kind"][] = [
    ...(["html", "empty", "truncated", "wrong-operation", "other-device", "soap-fault"] as const),
  ];

  /** Trouble waits 15 s and doubt 10 s until it asks again; here everybody who waits asks at once. */
  async function hasten(): Promise<void> {
    await hurry(database.db, ["urgent", "returning", "rollout", "drift"]);
    await sleep(200);
  }

  it("is not believed once: the fleet converges, and what is stored is what the CPEs hold (I2, I3)", async () => {
    for (const kind of KINDS) {
      const often = { kind, count: 1_000_000, probability: 0.1 };
      simulator.inject({ ...often, operation: READ });
      // As an answer to a write this one would be a write to that other device.
      if (kind !== "other-device") simulator.inject({ ...often, operation: WRITE });
    }
    const engine = stack.startEngine();
    await stack.until(
      "all converged in spite of it",
      async () => {
        expect(await blamed()).toBe(0);
        await hasten();
        return await allConverged();
      },
      90_000,
    );
    await engine.stop();

    const calls = simulator.core.calls.after(0, 100_000);
    expect(blindRepeats(calls)).toEqual([]);
    expect(simulator.stats().maxInFlight).toBe(1);
    expect(await openIntents()).toEqual([]);
    const wrong = calls.filter(({ outcome }) => FAULTS[outcome] !== undefined);
    for (const kind of KINDS) {
      expect(wrong.filter(({ outcome }) => outcome === kind).length, kind).toBeGreaterThan(0);
    }

    const given = wrong.map(
      ({ operation, outcome }) => `acs/${FAULTS[outcome] ?? ""}/${DOING[operation] ?? ""}`,
    );
    const caught = stack.telemetry.captures.map(({ fingerprint }) => fingerprint.join("/"));
    expect(counted(caught)).toEqual(counted(given));

    const { compared, differing } = await storedAgainstShown(database.db, simulator.url);
    expect(compared).toBeGreaterThan(COUNT * 3);
    expect(differing).toEqual([]);
    const history = await database.db
      .selectFrom("observation_changes")
      .innerJoin("devices", "devices.device", "observation_changes.device")
      .select(["serial", "logical", "after"])
      .where("logical", "in", ["wan.ppp.credential", "wimax.auth.identity"])
      .execute();
    expect(history.length).toBeGreaterThan(COUNT / 2);
    for (const { serial, after } of history) {
      // Its own user name, the old one or the new one, and at no time that of a neighbour.
      expect(JSON.stringify(after).toLowerCase()).toContain(serial.toLowerCase());
    }
  }, 120_000);

  const counted = (names: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
});
