/** Somebody else who keeps changing a field back: it is corrected three times a day, and otherwise reported. */
import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import { nodesBelow, shownValue } from "../../src/acs/simulator/cpe-state.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
const HOURS = 32;

let world: World;

afterEach(async () => {
  await world.close();
});

it("a field that is changed back every two hours is corrected 3 times in 24 h, and the device says why not more often", async () => {
  world = await startWorld({
    acs: { evidenceBudget: "1h" },
    simulator: { count: 1, models: ["talk-frequency-table"] },
  });
  const { acs, clock, stack, database } = world;
  await stack.seed();
  world.start();
  const converged = async (): Promise<boolean> => (await stack.states())["converged"] === 1;
  await world.until("it is converged", converged, 24 * HOUR, 60_000);
  const [entry] = acs.acs.entries;
  if (entry === undefined) throw new Error("no CPE");
  const { cpe } = entry.state;
  const wanted = `sub${entry.device.serial.toLowerCase()}`;
  const node = nodesBelow(cpe, "").find((each) =>
    (shownValue(cpe, each, clock.now().getTime()) ?? "").startsWith(wanted),
  );
  if (node === undefined) throw new Error("the CPE does not show its user name");
  const writesBefore = entry.writes;
  const reasons = new Set<string>();
  for (let hour = 0; hour < HOURS; hour += 2) {
    acs.acs.tamper(entry, [{ path: node.path, value: "somebody-else@isp.example" }]);
    await clock.advance(2 * HOUR);
    const device = await stack.fleet.device(await stack.keyOf(entry.device.id));
    reasons.add(`${device.state} ${device.reason}`);
  }
  const rows = await database.db
    .selectFrom("intents")
    .innerJoin("devices", "devices.device", "intents.device")
    .select("intended_at")
    .where("device_id", "=", entry.device.id)
    .where(sql<boolean>`'credentials' = any(fields)`)
    .execute();
  const times = rows.map(({ intended_at }) => intended_at.getTime());
  const most = Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 24 * HOUR).length),
  );
  process.stdout.write(
    `a field changed back every 2 h for ${HOURS} h: ${entry.writes - writesBefore} corrections, at most ${most} in ` +
      `24 h (target 3); then ${[...reasons].join(", ")} (simulated)\n`,
  );
  expect(most).toBeLessThanOrEqual(3);
  expect(entry.writes - writesBefore).toBeGreaterThan(3);
  expect(reasons).toContain("drifted CorrectedTooOften");
}, 300_000);
