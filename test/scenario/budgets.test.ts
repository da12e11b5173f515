/**
 * A map fix of ours that is wrong makes the whole fleet look drifted, and so may somebody else's script: single corrections
 * add up, and what goes past the budget of its cause is held (I12). `FLEET` makes it larger.
 */
import { afterEach, expect, it } from "vitest";
import { isRecord } from "../../src/model/logical.ts";
import { Secret } from "../../src/lib/secret.ts";
import { held, TALK } from "../support/cpe-values.ts";
import { OPERATOR } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";
import { MAP_FILES } from "../unit/mapping/fixtures.ts";

const HOUR = 3_600_000;
/** Enough for the least budget of a cause of ours, and for that of drift. */
const FEW = Number(process.env["FLEET"] ?? 20);
const COUNT = Number(process.env["FLEET"] ?? 60);
const MAP = "talk-frequency-table";
/** The smaller of 50 devices and 10 % of the fleet. */
const OURS = Math.max(5, Math.min(50, Math.floor(FEW / 10)));
/** 50 devices, or 10 % of a larger fleet. */
const DRIFT = Math.max(50, Math.floor(COUNT / 10));
let world: World;

afterEach(async () => {
  await world.close();
});

const states = () => world.stack.states();
const entries = () => world.acs.acs.entries;
/** Each is looked at, and what may be written is. */
async function lookAtAll(): Promise<void> {
  for (const { device } of entries())
    await world.stack.fleet.wake(await world.stack.keyOf(device.id), OPERATOR);
  await settled();
}
/** Long enough for the maps to be read anew, for the first of its kind to prove them, and for the others to follow. */
async function settled(): Promise<void> {
  await world.clock.advance(480_000);
}
const stops = () =>
  world.database.db
    .selectFrom("stops")
    .select(["reason", "cause", "writes_only"])
    .where("ended_at", "is", null)
    .execute();

async function converged(count: number): Promise<readonly number[]> {
  world = await startWorld({
    simulator: { count, models: [MAP], latencyMs: 10 },
  });
  await world.stack.seed({ credentials: false });
  world.start();
  await world.until(
    "all converged",
    async () => (await states())["converged"] === count,
    24 * HOUR,
    60_000,
  );
  return entries().map(({ writes }) => writes);
}

/** The list in Hz on the wire: every right list looks wrong now. */
function wrongMap(): Readonly<Record<string, unknown>> {
  const file = MAP_FILES.find(
    ({ document }) => isRecord(document) && JSON.stringify(document).includes(`"name":"${MAP}"`),
  );
  const { spec } = structuredClone(file?.document) as {
    spec: { bind: Record<string, unknown>; verify?: unknown };
  };
  delete spec.verify;
  spec.bind["radio.scan-list"] = {
    lens: [
      { each: [{ scale: { wire: "Hz" } }] },
      { csv: { sep: ",", order: "keep" } },
      { at: "Device.X_GP_WiMAX.FrequencyTable" },
    ],
  };
  return spec;
}

it("a wrong map fix reaches no more devices than its budget; what customers wait for goes on", async () => {
  const before = await converged(FEW);
  const writtenNow = (): number =>
    entries().filter(({ writes }, at) => writes > (before[at] ?? 0)).length;
  await world.stack.applyMap(MAP, wrongMap(), FEW);
  await settled();
  const written = writtenNow();
  const [stop, ...others] = await stops();
  process.stdout.write(
    `wrong map fix over ${FEW} devices: ${written} written (target at most ${OURS}), ` +
      `${JSON.stringify(await states())}; "${stop?.reason ?? ""}"\n`,
  );
  expect(written).toBe(OURS);
  expect(others).toEqual([]);
  expect(stop).toMatchObject({
    writes_only: true,
    cause: expect.stringMatching(/^map /) as string,
  });
  expect((await states())["held"]).toBe(FEW - OURS);

  // Somebody asked for this one: it is another cause, and passes.
  const waiting = entries().findIndex(({ writes }, at) => writes === before[at]);
  const entry = entries()[waiting];
  if (entry === undefined) throw new Error("no CPE waits");
  const credentials = { username: "customer", realm: "isp.example", password: new Secret("pw-c") };
  await world.stack.put(entry.device.id, { credentials });
  await world.until(
    "the customer is served",
    () => held(entry, TALK.user) === "customer@isp.example",
    HOUR,
  );

  // By count: so many more are corrected, and no others.
  const heldNow = (await states())["held"] ?? 0;
  const resumed = world.stack.fleet.resume({ acs: "sim" }, OPERATOR, heldNow + 1);
  await expect(resumed).rejects.toMatchObject({ code: "count_unconfirmed" });
  await world.stack.fleet.resume({ acs: "sim" }, OPERATOR, heldNow);
  await settled();
  expect(writtenNow()).toBe(FEW);
  expect(await stops()).toEqual([]);
}, 120_000);

it("resets and tampering of a few are corrected; a rise beyond the budget is held", async () => {
  const before = await converged(COUNT);
  const writtenNow = (): number =>
    entries().filter(({ writes }, at) => writes > (before[at] ?? 0)).length;
  const few = entries().slice(0, 10);
  for (const entry of few)
    world.acs.acs.tamper(entry, [{ path: TALK.frequencies, value: "2600000" }]);
  await lookAtAll();
  expect(await stops()).toEqual([]);
  expect(writtenNow()).toBe(few.length);
  for (const entry of entries().slice(10))
    world.acs.acs.tamper(entry, [{ path: TALK.frequencies, value: "2600000" }]);
  await lookAtAll();
  const written = writtenNow();
  process.stdout.write(
    `${COUNT} devices turned away within a day: ${few.length} corrected at first, ${written} in all ` +
      `(target ${DRIFT}), ${JSON.stringify(await states())}\n`,
  );
  expect(written).toBe(DRIFT);
  expect((await stops())[0]).toMatchObject({ cause: "drift" });
}, 120_000);
