/**
 * A CPE reaches its ACS over the very link whose credential or frequency is changed: such a change goes last and alone, never
 * two at once, and nothing more is sent before the device has come back and shows what it took.
 */
import { afterEach, expect, it } from "vitest";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import { byDevice, READ, WRITE } from "../support/call-log.ts";
import { startWorld, type World } from "../support/world.ts";

const COUNT = 4;
const AWAY_MS = 90_000;
const HOUR = 3_600_000;
let world: World;

afterEach(async () => {
  await world.close();
});

it(`a device that is away for ${AWAY_MS / 1_000} s after each such write gets one at a time, and no other before it is back`, async () => {
  world = await startWorld({
    simulator: {
      count: COUNT,
      latencyMs: 1_000,
      models: ["talk-frequency-table", "talk-channel-rules"],
    },
  });
  const { acs, clock, stack } = world;
  const away = new Map<Entry, number>();
  const trips: { readonly serial: string; readonly fromMs: number; readonly toMs: number }[] = [];
  acs.acs.onEvent = (serial, event) => {
    const entry = acs.acs.find(serial);
    if (entry === undefined || event.kind !== "queue" || event.transaction.op.kind !== "set")
      return;
    const fromMs = clock.monotonicMs();
    trips.push({ serial, fromMs, toMs: fromMs + AWAY_MS });
    away.set(entry, (away.get(entry) ?? 0) + 1);
    acs.acs.setPower(entry, false);
    void clock.sleep(AWAY_MS).then(() => acs.acs.setPower(entry, true));
  };
  await stack.seed();
  world.start();
  const tookMs = await world.until(
    "all converged",
    async () => (await stack.states())["converged"] === COUNT,
    12 * HOUR,
    10_000,
  );
  const calls = byDevice(acs.calls.after(0, 1_000_000));
  const early = trips.filter(({ serial, fromMs, toMs }) =>
    (calls.get(serial) ?? []).some(
      ({ operation, startMs }) => operation === WRITE && startMs > fromMs && startMs < toMs,
    ),
  );
  const unread = [...calls].filter(([, own]) =>
    own.some(
      ({ operation }, at) =>
        operation === WRITE &&
        own.slice(at + 1).find((next) => next.operation === WRITE || next.operation === READ)
          ?.operation === WRITE,
    ),
  );
  const intents = await world.database.db
    .selectFrom("intents")
    .select(["device", "fields", "verdict", "step"])
    .orderBy("id")
    .execute();
  const together = intents.filter(({ fields }) => fields.length > 1);
  process.stdout.write(
    `${trips.length} writes that cut the link for ${AWAY_MS / 1_000} s each, on ${COUNT} devices: ${early.length} followed by ` +
      `another one while the device was away, ${together.length} with two fields in a call (targets 0); all converged after ` +
      `${Math.round(tookMs / 60_000)} min, events ${JSON.stringify(await failures())}\n`,
  );
  expect(trips.length).toBeGreaterThan(COUNT);
  expect(early).toEqual([]);
  expect(unread).toEqual([]);
  expect(together).toEqual([]);
  expect(new Set(intents.map(({ verdict }) => verdict))).toEqual(new Set(["verified"]));
  expect(await failures()).toEqual([]);
}, 600_000);

/** Devices that anything is held against: having been away is no failure (I9). */
async function failures(): Promise<readonly string[]> {
  const rows = await world.database.db
    .selectFrom("device_status")
    .select(["reason", "failures"])
    .execute();
  return rows
    .filter(({ failures: held }) => Object.keys(held).length > 0)
    .map(({ reason }) => reason);
}
