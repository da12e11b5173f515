/**
 * CPEs that come back one by one behind an ACS without last contacts (Friendly): what a RADIUS start is worth beside the
 * probes (I9; statement 6 of the better engine). In the world's time: a call takes 3 s in the mean, duty cycle 50 %.
 */
import { afterEach, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import { percentile } from "../bench/figure.ts";
import { startWorld, type World } from "../support/world.ts";

const COUNT = Number(process.env["FLEET"] ?? 24);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Until a CPE that has its power back has logged in at the AAA. */
const LOGIN_MS = 30_000;
/** Between one that comes back and the next. */
const EVERY_MS = 5 * MINUTE;

let world: World;

afterEach(async () => {
  await world.close();
});

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/** Half of the fleet away, each with a new credential that waits; then back, one by one. @returns ms from power to change */
async function comeBack(radius: boolean): Promise<number[]> {
  world = await startWorld({
    simulator: {
      count: COUNT,
      latencyMs: 2_650,
      latencySigma: 0.5,
      offlineLatencyMs: 20_000,
      offlineShare: 0.5,
    },
  });
  const { acs, clock, database, stack } = world;
  await stack.seed();
  world.start();
  const away = acs.acs.entries
    .filter((entry) => !acs.acs.online(entry))
    .map(({ device }) => device);
  const settled = async (): Promise<boolean> => {
    const states = await stack.states();
    return states["converged"] === COUNT - away.length && states["offline"] === away.length;
  };
  await world.until("the others are converged", settled, 24 * HOUR, MINUTE);
  const zeroMs = clock.now().getTime() - clock.monotonicMs();
  const waits: number[] = [];
  for (const { id, serial } of away) {
    const username = `back-${serial.toLowerCase()}`;
    await stack.put(id, {
      credentials: { username, realm: "isp.example", password: new Secret("a-new-one") },
    });
    const powerMs = clock.monotonicMs();
    acs.setPower(true, { ids: [id] });
    await clock.advance(LOGIN_MS);
    // It logs in with what it still holds, which no read of ours has seen: its id stands for it.
    if (radius) await stack.fleet.signsOfLife([{ kind: "start", agoMs: 0, device: id }]);
    const intended = async (): Promise<number | null> => {
      const first = await database.db
        .selectFrom("intents")
        .innerJoin("devices", "devices.device", "intents.device")
        .select("intended_at")
        .where("device_id", "=", id)
        .orderBy("intended_at")
        .executeTakeFirst();
      return first === undefined ? null : first.intended_at.getTime() - zeroMs;
    };
    await world.until(
      `${id} is served`,
      async () => (await intended()) !== null,
      24 * HOUR,
      15_000,
    );
    waits.push(((await intended()) ?? Infinity) - powerMs);
    await clock.advance(Math.max(0, powerMs + EVERY_MS - clock.monotonicMs()));
  }
  return waits;
}

it("a RADIUS start makes a change start within 30 s of it, where probes alone take minutes (statement 6)", async () => {
  const told = (await comeBack(true)).map((ms) => ms - LOGIN_MS);
  await world.close();
  const looked = await comeBack(false);
  const p95 = percentile(told, 0.95);
  process.stdout.write(
    `statement 6, ${told.length} of ${COUNT} CPEs back one by one (friendly, simulated): the change starts ` +
      `${seconds(percentile(told, 0.5))} s p50, ${seconds(p95)} s p95 after a RADIUS start (target 30), that comes ` +
      `${LOGIN_MS / 1_000} s after the power; by probes alone ${seconds(percentile(looked, 0.5))} s p50, ` +
      `${seconds(percentile(looked, 0.95))} s p95 after the power\n`,
  );
  expect(p95).toBeLessThanOrEqual(30_000);
  expect(percentile(looked, 0.5)).toBeGreaterThan(2 * percentile(told, 0.5));
}, 1_200_000);
