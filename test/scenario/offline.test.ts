/**
 * CPEs that are away: what they cost, and how soon they are served when they are back (I9; statements 5 and 6 of the
 * better engine). In the world's time: a call takes 3 s in the mean, a live read of a CPE that is away 20 s.
 */
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import { percentile } from "../bench/figure.ts";
import { startWorld, type World } from "../support/world.ts";

const COUNT = Number(process.env["FLEET"] ?? 50);
const HOUR = 3_600_000;
/** The statement speaks of 72; every test run takes a few. */
const AWAY_HOURS = Number(process.env["AWAY_HOURS"] ?? 3);
const SLOW = { latencyMs: 2_650, latencySigma: 0.5, offlineLatencyMs: 20_000, count: COUNT };

let world: World;

afterEach(async () => {
  await world.close();
});

const calls = () => world.acs.calls.after(0, 1_000_000);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

async function putNew(id: string, serial: string): Promise<void> {
  const username = `back-${serial.toLowerCase()}`;
  const credentials = { username, realm: "isp.example", password: new Secret(`pw-${username}`) };
  await world.stack.put(id, { credentials });
}

/** When the first change after `sinceMs` was about to be sent, by the world's clock. */
async function intendedMs(id: string, sinceMs: number): Promise<number> {
  const zeroMs = world.clock.now().getTime() - world.clock.monotonicMs();
  const first = await world.database.db
    .selectFrom("intents")
    .innerJoin("devices", "devices.device", "intents.device")
    .select("intended_at")
    .where("device_id", "=", id)
    .where("intended_at", ">=", new Date(zeroMs + sinceMs))
    .orderBy("intended_at")
    .executeTakeFirst();
  if (first === undefined) throw new Error(`${id} got nothing`);
  return first.intended_at.getTime() - zeroMs;
}

describe("CPEs that are away", () => {
  it.each([0.4, 0.8])(
    "cost at most a twentieth of the ACS's time, with %d of the fleet away (statement 5)",
    async (offlineShare) => {
      world = await startWorld({ simulator: { ...SLOW, offlineShare } });
      await world.stack.seed();
      world.start();
      const hours = 4 * AWAY_HOURS;
      await world.clock.advance(hours * HOUR);
      const { entries } = world.acs.acs;
      const away = new Set(
        entries.filter((entry) => !world.acs.acs.online(entry)).map(({ device }) => device.serial),
      );
      const spentMs = calls()
        .filter(({ serial }) => away.has(serial))
        .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      const share = spentMs / (hours * HOUR);
      const states = await world.stack.states();
      process.stdout.write(
        `statement 5, ${COUNT} CPEs, ${offlineShare * 100} % away for ${hours} h (simulated): ` +
          `${(share * 100).toFixed(2)} % of the ACS's time (target 5), ${states["converged"]} converged, ` +
          `${states["offline"]} offline\n`,
      );
      expect(share).toBeLessThanOrEqual(0.05);
      expect(states["converged"]).toBe(COUNT - away.size);
      expect(states["offline"]).toBe(away.size);
    },
    600_000,
  );

  it.each(["friendly", "genieacs"] as const)(
    "get what waits for them soon after the first sign of life, after a long time (%s; statement 6)",
    async (kind) => {
      world = await startWorld({ kind, simulator: { ...SLOW, latencyMs: 1_000 } });
      await world.stack.seed();
      world.start();
      const { acs, clock, stack } = world;
      await world.until(
        "all converged",
        async () => (await stack.states())["converged"] === COUNT,
        24 * HOUR,
        60_000,
      );
      const gone = { share: 0.4, salt: "long" };
      acs.setPower(false, gone);
      const away = acs.acs.entries.filter((entry) => !acs.acs.online(entry));
      await clock.advance((AWAY_HOURS - 1) * HOUR);
      for (const { device } of away) await putNew(device.id, device.serial);
      await clock.advance(HOUR);
      const backMs = clock.monotonicMs();
      acs.setPower(true, gone);
      const isDone = async (): Promise<boolean> => (await stack.states())["converged"] === COUNT;
      const tookMs = await world.until("all are served", isDone, 48 * HOUR, 10_000);
      const waits: number[] = [];
      const notices: number[] = [];
      for (const { device } of away) {
        const first = calls().find(
          ({ serial, startMs }) => serial === device.serial && startMs >= backMs,
        );
        if (first === undefined) throw new Error(`${device.id} was not asked`);
        waits.push((await intendedMs(device.id, backMs)) - first.endMs);
        notices.push(first.startMs - backMs);
      }
      const p95 = percentile(waits, 0.95);
      process.stdout.write(
        `statement 6, ${away.length} of ${COUNT} CPEs back after ${AWAY_HOURS} h, all at once (${kind}, simulated): the change ` +
          `starts ${seconds(percentile(waits, 0.5))} s p50, ${seconds(p95)} s p95 after the first sign of life (target 30); ` +
          `that is seen ${seconds(percentile(notices, 0.5))} s p50, ${seconds(percentile(notices, 0.95))} s p95 after the ` +
          `power is back; all proven after ${seconds(tookMs)} s\n`,
      );
      expect(p95).toBeLessThanOrEqual(30_000);
    },
    600_000,
  );
});
