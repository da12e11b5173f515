/**
 * The database restarts, fails over, or a firewall drops its connections, in the middle of whatever the engine is at: it goes
 * on with the next connection, loses no change, and writes nothing twice without a read. `LINKS_HOURS` says for how long.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import type { EngineStore } from "../../src/ports/engine-store.ts";
import { blindRepeats } from "../support/call-log.ts";
import { held, TALK } from "../support/cpe-values.ts";
import { startWorld, type World } from "../support/world.ts";

const HOURS = Number(process.env["LINKS_HOURS"] ?? 2);
const COUNT = 16;
const HOUR = 3_600_000;
/** Of the machine's time. In it some hundred calls are made. */
const BREAK_EVERY_MS = 120;

let world: World;

afterEach(async () => {
  await world.close();
});

const convergedCount = async (): Promise<number> => (await world.stack.states())["converged"] ?? 0;

/** As billing does: again, until it is told that it is stored. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      return await work();
    } catch {
      await sleep(10);
    }
  }
  return await work();
}

it(
  `goes on while connections to its database break, ${HOURS} h long, and no change is lost`,
  async () => {
    world = await startWorld({
      simulator: { count: COUNT, models: ["talk-frequency-table"], latencyMs: 800 },
    });
    const { acs, clock, database, stack } = world;
    await stack.seed({ frequency: false });
    world.start();
    const passwords = new Map<string, string>();
    const links = { broken: 0, over: false };
    const breaking = (async () => {
      while (!links.over) {
        await sleep(BREAK_EVERY_MS);
        links.broken += await database.breakConnections(0.7);
      }
    })();
    for (let hour = 0; hour < HOURS; hour += 1) {
      for (const { device } of acs.acs.entries) {
        const password = `pw-${hour}-${device.serial}`;
        const username = `sub${device.serial.toLowerCase()}`;
        const credentials = { username, realm: "isp.example", password: new Secret(password) };
        await insist(() => stack.put(device.id, { credentials }));
        passwords.set(device.serial, password);
        await clock.advance(HOUR / COUNT);
      }
    }
    links.over = true;
    await breaking;
    const tookMs = await world.until(
      "all converged",
      async () => (await insist(convergedCount)) === COUNT,
      HOUR,
    );
    const told = stack.telemetry.lines.filter((line) => !line.startsWith("info")).length;
    const lost = acs.acs.entries.filter(
      (entry) => held(entry, TALK.password) !== passwords.get(entry.device.serial),
    );
    const { calls, maxInFlight } = acs.stats();
    process.stdout.write(
      `${links.broken} connections broken in ${HOURS} h (simulated), ${calls} calls, ${told} lines of trouble: ${lost.length} changes ` +
        `lost (target 0), ${maxInFlight} call in flight (target 1), all converged ${Math.round(tookMs / 1_000)} s after the last\n`,
    );
    expect(links.broken).toBeGreaterThan(HOURS);
    expect(stack.telemetry.captures, "taken for a mistake of ours").toEqual([]);
    expect(lost.map(({ device }) => device.id)).toEqual([]);
    expect(maxInFlight).toBe(1);
    expect(blindRepeats(acs.calls.after(0, 1_000_000)), "written twice without a read").toEqual([]);
  },
  120_000 + HOURS * 30_000,
);

/** How often each of these fails, from now on. */
function fail(times: Partial<Record<keyof EngineStore, number>>): void {
  for (const verb of Object.keys(times) as (keyof EngineStore)[]) {
    const { engine } = world.stack;
    const work = engine[verb].bind(engine) as (...args: unknown[]) => Promise<unknown>;
    const failing = async (...args: unknown[]): Promise<unknown> => {
      const left = times[verb] ?? 0;
      times[verb] = left - 1;
      if (left > 0) throw new Error("the connection broke");
      return await work(...args);
    };
    Object.assign(engine, { [verb]: failing });
  }
}

it.each([
  ["a pass could not be stored, nor its device given back", { record: 1, release: 1 }],
  ["the queue could not be looked at, nor the lease given back", { due: 1, releaseLease: 3 }],
])("where %s, it goes on within seconds", async (_what, times) => {
  world = await startWorld({ simulator: { count: 1, models: ["talk-frequency-table"] } });
  const { clock, stack } = world;
  await stack.seed({ frequency: false });
  fail(times);
  world.start();
  await world.until("converged", async () => (await convergedCount()) === 1, HOUR);
  expect(clock.monotonicMs()).toBeLessThan(60_000);
});
