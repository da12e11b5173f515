/** A change that a customer waits for, put while a whole fleet is queued (I8). */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { systemClock } from "../../src/app/clock.ts";
import { shippedMapsWith } from "../../src/app/shipped.ts";
import { httpApp } from "../../src/http/app.ts";
import { accessOf } from "../../src/service/access.ts";
import { byDevice } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 200;
const PUTS = 12;
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

describe("credentials that are put while 200 devices wait", () => {
  it("reach the ACS after the call in flight and hardly any other, with 40 % of the fleet offline", async () => {
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
    const { entries } = stack.simulator.core.acs;
    const asked = new Set(callsNow().map(({ serial }) => serial));
    // From the end of the queue, where first come first served would take longest.
    const chosen = entries
      .filter((entry) => stack.simulator.core.acs.online(entry) && !asked.has(entry.device.serial))
      .slice(-PUTS);
    const between: number[] = [];
    for (const { device } of chosen) {
      const username = `new-${device.serial.toLowerCase()}@isp.example`;
      const answer = await app.request(`/v1/devices/${encodeURIComponent(device.id)}/desired`, {
        method: "PUT",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ credentials: { username, password: "a-new-one" } }),
      });
      expect(answer.status).toBe(201);
      const ended = callsNow().length;
      await stack.until("it is asked", () =>
        callsNow().some(({ serial }) => serial === device.serial),
      );
      const log = callsNow();
      const first = byDevice(log).get(device.serial)?.[0]?.startMs ?? 0;
      const began = log.slice(ended).filter(({ startMs }) => startMs < first);
      between.push(began.length);
      const states = await stack.states();
      expect(
        (states["queued"] ?? 0) + (states["unknown"] ?? 0),
        "work was waiting",
      ).toBeGreaterThan(20);
    }
    expect(Math.max(...between), `calls before its own: ${between.join(", ")}`).toBeLessThanOrEqual(
      AT_MOST,
    );
    await stack.until("all of them are proven", async () => {
      const details = chosen.map(async ({ device }) => {
        return await stack.fleet.device(await stack.keyOf(device.id));
      });
      return (await Promise.all(details)).every(({ state }) => state === "converged");
    });
    await engine.stop();
    expect(stack.simulator.stats().maxInFlight).toBe(1);
  });
});
