/**
 * We were down for a day, or the database was restored from a backup: what we want may be yesterday's, so devices are read
 * and none is written until a person has looked.
 */
import { afterEach, expect, it } from "vitest";
import type { Remembered } from "../../src/controller/lane.ts";
import { Secret } from "../../src/lib/secret.ts";
import { OPERATOR } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
const COUNT = 5;
let world: World;

afterEach(async () => {
  await world.close();
});

const states = () => world.stack.states();
const writes = (): number => world.acs.acs.entries.reduce((sum, entry) => sum + entry.writes, 0);
const inForce = () =>
  world.database.db
    .selectFrom("stops")
    .select(["acs", "reason", "by_owner", "writes_only"])
    .where("ended_at", "is", null)
    .execute();

async function converged(remembered?: Remembered) {
  world = await startWorld({
    simulator: { count: COUNT, models: ["talk-frequency-table"], latencyMs: 500 },
  });
  await world.stack.seed();
  const process = world.start(remembered === undefined ? {} : { remembered });
  await world.until(
    "all converged",
    async () => (await states())["converged"] === COUNT,
    4 * HOUR,
    10_000,
  );
  await world.clock.advance(60_000);
  return process;
}

/** Billing goes on while we are down. */
async function wantMore(): Promise<void> {
  const [entry] = world.acs.acs.entries;
  const credentials = {
    username: "newcomer",
    realm: "isp.example",
    password: new Secret("pw-new"),
  };
  await world.stack.put(entry?.device.id ?? "", { credentials });
}

it("after 23 h it goes on by itself", async () => {
  const process = await converged();
  process.kill();
  await wantMore();
  await world.clock.advance(23 * HOUR);
  world.start();
  await world.until(
    "the change is made",
    async () => (await states())["converged"] === COUNT,
    HOUR,
  );
  expect(await inForce()).toEqual([]);
}, 300_000);

it("after 25 h it reads and writes nothing, until a person names the number of devices", async () => {
  const dead = await converged();
  dead.kill();
  await wantMore();
  const before = { writes: writes(), calls: world.acs.stats().calls };
  await world.clock.advance(25 * HOUR);
  world.start();
  await world.clock.advance(20 * 60_000);
  const read = world.acs.stats().calls - before.calls;
  const [stop, ...others] = await inForce();
  process.stdout.write(
    `down for 25 h: ${writes() - before.writes} writes (target 0), ${read} reads and status calls, ` +
      `${JSON.stringify(await states())}; "${stop?.reason ?? ""}"\n`,
  );
  expect(others).toEqual([]);
  expect(stop).toMatchObject({ acs: "sim", by_owner: "plumbline", writes_only: true });
  expect(stop?.reason).toContain(`nobody served sim for 25 h`);
  expect(stop?.reason).toContain(
    `${COUNT} devices are read and none is written (1 had something open)`,
  );
  expect(writes()).toBe(before.writes);
  expect(read).toBeGreaterThanOrEqual(COUNT);
  // Those that are as they should be are shown so; only what would be written is held.
  expect(await states()).toMatchObject({ converged: COUNT - 1, held: 1 });
  const [entry] = world.acs.acs.entries;
  const device = await world.stack.fleet.device(await world.stack.keyOf(entry?.device.id ?? ""));
  expect(device).toMatchObject({ state: "held", reason: "WritesStopped" });

  const resume = (expected: number) => world.stack.fleet.resume({ acs: "sim" }, OPERATOR, expected);
  await expect(resume(1)).rejects.toMatchObject({ code: "count_unconfirmed" });
  expect(await resume(COUNT)).toEqual({ ended: 1, devices: COUNT });
  await world.until(
    "the change is made",
    async () => (await states())["converged"] === COUNT,
    HOUR,
  );
  expect(writes()).toBeGreaterThan(before.writes);
}, 300_000);

it("a database that says less than the data folder was restored, however short ago that was", async () => {
  const folder = new Map<string, Date>();
  const remembered: Remembered = {
    servedAt: (acs) => folder.get(acs) ?? null,
    served: (acs, at) => void folder.set(acs, at),
  };
  const first = await converged(remembered);
  const backup = await world.database.db
    .selectFrom("acs_slots")
    .select("served_at")
    .executeTakeFirstOrThrow();
  await world.clock.advance(HOUR / 2);
  first.kill();
  // The same process, or one after it, finds its own database: nothing is stopped.
  await world.clock.advance(HOUR / 4);
  const second = world.start({ remembered });
  await world.clock.advance(10 * 60_000);
  second.kill();
  expect(await inForce()).toEqual([]);

  await world.database.db.updateTable("acs_slots").set(backup).execute();
  await wantMore();
  const before = writes();
  await world.clock.advance(HOUR / 4);
  world.start({ remembered });
  await world.clock.advance(20 * 60_000);
  const [stop] = await inForce();
  expect(stop?.reason).toContain("the database was restored");
  expect(writes()).toBe(before);
}, 300_000);
