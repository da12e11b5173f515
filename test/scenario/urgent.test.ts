/** A change that a customer waits for, put while a whole fleet is queued (I8). */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { systemClock } from "../../src/app/clock.ts";
import { shippedMapsWith } from "../../src/app/shipped.ts";
import type { Engine } from "../../src/app/wire.ts";
import { httpApp } from "../../src/http/app.ts";
import { accessOf } from "../../src/service/access.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 200;
const PUTS = 12;
/** Customers who wait at the same time: so many that each is begun at once. */
const FEW = 3;
/** Passes that the engine may have in hand beside it, each with a call that was waiting before it. */
const IN_HAND = 8;
/** The call in flight, and one or two that begin while the PUT is stored, claimed and loaded. */
const AT_MOST = 4;

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeEach(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: {
      count: COUNT,
      latencyMs: 40,
      offlineShare: 0.4,
      // Those that have a frequency plan to be corrected: drift, and nothing that is urgent.
      models: ["huawei-bm632w", "talk-frequency-table", "talk-channel-rules"],
    },
  });
  await stack.seed({ credentials: false });
});

afterEach(async () => {
  await stack.close();
  await database.close();
});

const callsNow = () => stack.simulator.core.calls.after(0, 100_000);

interface Cpe {
  readonly id: string;
  readonly serial: string;
}

/** Has the engine at work on the fleet, and gives what billing uses to PUT credentials. */
async function atWork(): Promise<{
  readonly engine: Engine;
  readonly putCredentials: (device: Cpe) => Promise<void>;
}> {
  const access = accessOf({ store: stack.fleet, now: () => new Date() });
  const { token } = await access.issue("billing", ["desired:write:credentials"]);
  const engine = stack.startEngine();
  const app = httpApp({
    store: stack.fleet,
    telemetry: stack.telemetry,
    clock: systemClock,
    version: "0.0.0-test",
    mapsOf: shippedMapsWith(),
    shuttingDown: () => false,
  });
  await stack.until("it is at work", () => stack.simulator.stats().calls >= 10);
  return {
    engine,
    putCredentials: async (device) => {
      const username = `new-${device.serial.toLowerCase()}@isp.example`;
      const answer = await app.request(`/v1/devices/${encodeURIComponent(device.id)}/desired`, {
        method: "PUT",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ credentials: { username, password: "a-new-one" } }),
      });
      expect(answer.status).toBe(201);
    },
  };
}

/** Calls of others that began after `ended` calls had ended and before its own next one. */
async function callsBefore({ serial }: Cpe, ended: number): Promise<number> {
  const own = () =>
    callsNow()
      .slice(ended)
      .find((call) => call.serial === serial);
  await stack.until("it is asked", () => own() !== undefined);
  const { startMs: next = 0 } = own() ?? {};
  return callsNow()
    .slice(ended)
    .filter(({ startMs }) => startMs < next).length;
}

/** Ids of those that passes have in hand. */
async function inHand(only: "all" | "urgent" | "lesser" = "all"): Promise<ReadonlySet<string>> {
  const rows = await database.db
    .selectFrom("work")
    .innerJoin("devices", "devices.device", "work.device")
    .select(["device_id", "work.class"])
    .where("work.holder", "is not", null)
    .execute();
  const held = rows.filter((row) => only === "all" || (row.class === 0) === (only === "urgent"));
  return new Set(held.map(({ device_id }) => device_id));
}

/** Reachable ones, in the order of the fleet, that no pass has in hand and that nobody has asked yet. */
async function waiting(): Promise<readonly Cpe[]> {
  const held = await inHand();
  const asked = new Set(callsNow().map(({ serial }) => serial));
  const { acs } = stack.simulator.core;
  return acs.entries
    .filter((entry) => acs.online(entry) && !asked.has(entry.device.serial))
    .map(({ device }) => device)
    .filter(({ id }) => !held.has(id));
}

describe("credentials that are put while 200 devices wait", () => {
  it("reach the ACS after the call in flight and hardly any other, with 40 % of the fleet offline", async () => {
    const { engine, putCredentials } = await atWork();
    const chosen: Cpe[] = [];
    const between: number[] = [];
    while (chosen.length < PUTS) {
      await stack.until("few others are urgent", async () => (await inHand("urgent")).size < FEW);
      const left = await waiting();
      expect(left.length, "work was waiting").toBeGreaterThan(20);
      // From the end of the fleet: nothing else makes it the next one.
      const device = left.at(-1);
      if (device === undefined) break;
      chosen.push(device);
      await putCredentials(device);
      between.push(await callsBefore(device, callsNow().length));
    }
    expect(Math.max(...between), `calls before its own: ${between.join(", ")}`).toBeLessThanOrEqual(
      AT_MOST,
    );
    await stack.until("all of them are proven", async () => {
      const details = chosen.map(async ({ id }) => await stack.fleet.device(await stack.keyOf(id)));
      return (await Promise.all(details)).every(({ state }) => state === "converged");
    });
    await engine.stop();
    expect(stack.simulator.stats().maxInFlight).toBe(1);
  });

  it("take a device with them that a pass for something lesser has in hand, before the others are done", async () => {
    const { engine, putCredentials } = await atWork();
    const chosen = (await waiting()).slice(-PUTS);
    await stack.until("passes are under way", async () => (await inHand("lesser")).size > 1);
    // Urgent ones enough for many calls, all of which go before any of a lesser class.
    for (const device of chosen) await putCredentials(device);
    const held = await inHand("lesser");
    const late = stack.simulator.core.acs.entries.find(({ device }) => held.has(device.id))?.device;
    if (late === undefined) throw new Error("no lesser pass waits at the gate");
    await putCredentials(late);
    expect(await callsBefore(late, callsNow().length)).toBeLessThanOrEqual(IN_HAND);
    await engine.stop();
  });
});
