/**
 * Restarts of ours and an ACS that is down: nothing is done that would not have been done anyway, and nobody is blamed
 * (I10; statements 2 and 20 of the better engine). In the world's time, with calls of 3 s in the mean.
 */
import { afterEach, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import { CALL_CLASSES, type CallClass } from "../../src/model/call-class.ts";
import { startWorld, type World } from "../support/world.ts";

const COUNT = Number(process.env["FLEET"] ?? 60);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Calls without an answer until the breaker opens, and what it then leaves between two of them. */
const BREAKER = { calls: 5, everyMs: 30_000 };
const DEADLINE_MS = 20_000;
/** Passes that may be under way. */
const IN_HAND = 8;
/** Passes that the database does not take. */
const LOST = 20;

let world: World;

afterEach(async () => {
  await world.close();
});

async function converged(): Promise<void> {
  world = await startWorld({
    acs: { deadlines: { call: `${DEADLINE_MS / 1_000}s`, verify: "5m", prove: "1m" } },
    simulator: { count: COUNT, latencyMs: 2_650, latencySigma: 0.5 },
  });
  await world.stack.seed();
}

const allConverged = async (): Promise<boolean> =>
  (await world.stack.states())["converged"] === COUNT;

it("a restart makes no call that was not due: kill -9, and again (I10, statement 2)", async () => {
  await converged();
  const first = world.start();
  await world.until("all converged", allConverged, 24 * HOUR, MINUTE);
  await world.clock.advance(10 * MINUTE);
  const { calls: before } = world.acs.stats();
  const due = await world.database.db
    .selectFrom("work")
    .select("device")
    .where("due_at", "<", new Date(world.clock.now().getTime() + 10 * MINUTE))
    .execute();
  first.kill();
  world.start();
  await world.clock.advance(10 * MINUTE);
  const made = world.acs.stats().calls - before;
  process.stdout.write(
    `statement 2, ${COUNT} CPEs in sync: ${made} calls in the 10 min after a kill -9, ${due.length} devices were due ` +
      `(simulated; target: those that were due)\n`,
  );
  expect(due).toEqual([]);
  expect(made).toBe(0);
}, 300_000);

it("an ACS that is down costs 5 calls and then one each 30 s, changes no state, and serves what is urgent first when it is back (statement 20)", async () => {
  await converged();
  world.start();
  const { acs, clock, database, stack } = world;
  const due = async (cls: CallClass): Promise<number> => {
    const rows = await database.db
      .selectFrom("work")
      .select("device")
      .where("class", "=", CALL_CLASSES.indexOf(cls))
      .where("due_at", "<=", clock.now())
      .execute();
    return rows.length;
  };
  // Else the ones of the beginning would rightly go before it.
  await world.until(
    "what is left is not urgent",
    async () => (await due("urgent")) === 0,
    24 * HOUR,
    MINUTE,
  );
  expect(await due("drift"), "left to be done").toBeGreaterThan(2);
  const failuresBefore = await marks();
  let asked = 0;
  world.onLostCall = () => {
    asked += 1;
  };
  world.setAcsDown(true);
  const opening = BREAKER.calls * (DEADLINE_MS + 10_000) + 10_000;
  await clock.advance(opening);
  const wasted = asked;
  const downMs = HOUR;
  await clock.advance(downMs);
  const probes = asked - wasted;
  expect(await marks(), "no failure, no quarantine").toEqual(failuresBefore);
  const device = acs.acs.entries.at(-1)?.device;
  if (device === undefined) throw new Error("no CPE");
  const username = `urgent-${device.serial.toLowerCase()}`;
  const credentials = { username, realm: "isp.example", password: new Secret("a-new-one") };
  await stack.put(device.id, { credentials });
  const before = acs.stats().calls;
  world.setAcsDown(false);
  const upMs = clock.monotonicMs();
  const order = () =>
    acs.calls
      .after(0, 100_000)
      .slice(before)
      .filter(({ serial }) => serial !== "");
  await world.until(
    "the urgent one is asked",
    () => order().some(({ serial }) => serial === device.serial),
    10 * MINUTE,
  );
  const own = order().find(({ serial }) => serial === device.serial);
  const others = order().filter(({ startMs }) => startMs < (own?.startMs ?? 0)).length;
  const waitedMs = (own?.startMs ?? Infinity) - upMs;
  await world.until("all converged", allConverged, 24 * HOUR, MINUTE);
  const expected = downMs / (BREAKER.everyMs + DEADLINE_MS);
  process.stdout.write(
    `statement 20, ACS down for ${Math.round((opening + downMs) / MINUTE)} min: ${wasted} calls until the breaker was open ` +
      `(target 5), then ${probes} in an hour (one each 30 s after the last one's deadline of ` +
      `${DEADLINE_MS / 1_000} s: ${expected.toFixed(0)}); urgent work ${(waitedMs / 1_000).toFixed(1)} s after it was back ` +
      `(target 35), after ${others} other calls (simulated)\n`,
  );
  expect(wasted).toBe(BREAKER.calls);
  expect(probes).toBeLessThanOrEqual(downMs / BREAKER.everyMs + 1);
  expect(probes).toBeGreaterThanOrEqual(Math.floor(expected) - 1);
  expect(waitedMs).toBeLessThanOrEqual(35_000 + DEADLINE_MS);
  // The call that found it, and the one that its pass sent while the urgent device was claimed.
  expect(others).toBeLessThanOrEqual(2);

  /** Of all devices: what failed, and who is held back. */
  async function marks() {
    return await database.db
      .selectFrom("device_status")
      .select(["device", "failures", "reachable"])
      .where((eb) => eb.or([eb("state", "=", "quarantined"), eb("reachable", "=", false)]))
      .execute();
  }
}, 300_000);

it("a pass that the database did not take is made again within seconds, and not when its own lease ends", async () => {
  await converged();
  const { stack } = world;
  const record = stack.engine.record.bind(stack.engine);
  let lost = 0;
  // As when the lease has run out for a moment, and is renewed: the first passes are not taken.
  Object.assign(stack.engine, {
    record: async (pass: Parameters<typeof record>[0]) => {
      if (lost < LOST) {
        lost += 1;
        return false;
      }
      return await record(pass);
    },
  });
  world.start();
  await world.until("they are lost", () => lost >= LOST, HOUR);
  await world.clock.advance(10_000);
  const held = await world.database.db
    .selectFrom("work")
    .select("device")
    .where("holder", "is not", null)
    .execute();
  expect(held.length, "devices in hand").toBeLessThanOrEqual(IN_HAND);
  await world.until("all converged", allConverged, 24 * HOUR, MINUTE);
}, 300_000);
