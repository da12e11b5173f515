/** The MAC of each CPE's line comes with the reads that are made anyway, and stands where the rules of misuse look for it. */
import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import { heldValue, nodesBelow } from "../../src/acs/simulator/cpe-state.ts";
import { READ } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";
import type { Simulator } from "../../src/acs/simulator/server.ts";

const MODELS = ["huawei-bm632w", "huawei-eg8145v5", "tplink-ec220-g5-v3"];
const COUNT = 6;

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

afterEach(async () => {
  await stack.close();
  await database.close();
});

it("is shown by every model whose map knows one, each CPE with its own", async () => {
  database = await testDatabase();
  stack = await startStack(database.db, { simulator: { count: COUNT, models: MODELS } });
  await stack.seed();
  stack.startEngine();
  await stack.until("all converged", async () => (await stack.states())["converged"] === COUNT);
  const { rows } = await sql<{ serial: string; macs: string[] }>`
    select distinct on (d.serial) d.serial, s.macs from devices d join device_sightings s on s.device = d.device
    order by d.serial, s.at desc`.execute(database.db);
  const shown = rows.filter(({ macs }) => macs.length > 0);
  for (const { serial, macs } of shown) {
    const entry = stack.simulator.core.acs.entries.find(({ device }) => device.serial === serial);
    const held = entry === undefined ? [] : nodesBelow(entry.state.cpe, "");
    const own = held
      .filter(({ path }) => path.endsWith(".MACAddress"))
      .map((node) => (entry && heldValue(entry.state.cpe, node, 0))?.replaceAll(":", "") ?? "");
    for (const mac of macs) expect(own, `${serial} has it`).toContain(mac);
  }
  const all = shown.flatMap(({ macs }) => macs);
  expect(new Set(all).size, "no two share one").toBe(all.length);
  const reads = stack.simulator.core.calls
    .after(0, 100_000)
    .filter(({ operation }) => operation === READ).length;
  process.stdout.write(
    `${shown.length} of ${COUNT} CPEs of ${MODELS.length} models show the MAC of their line, after ${reads} reads ` +
      `of ${COUNT} devices: ${shown.map(({ serial, macs }) => `${serial} ${macs.join(" ")}`).join(", ")} (simulated)\n`,
  );
  expect(shown.length).toBe(COUNT);
}, 120_000);
