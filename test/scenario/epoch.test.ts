/**
 * Factory reset, another firmware, a mere reboot: a password never reads back, so what was remembered of it holds for one
 * life of the device only, and is written again when something speaks for its loss (I6).
 */
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import { held, TALK } from "../support/cpe-values.ts";
import { OPERATOR } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
const COUNT = 6;
let world: World;

afterEach(async () => {
  await world.close();
});

async function converged(kind: "friendly" | "genieacs"): Promise<readonly Entry[]> {
  const simulator = { count: COUNT, models: ["talk-frequency-table"], latencyMs: 500 };
  world = await startWorld({ kind, simulator });
  await world.stack.seed();
  world.start();
  await allConverged();
  return world.acs.acs.entries;
}

const allConverged = async (): Promise<number> =>
  await world.until(
    "all converged",
    async () => (await world.stack.states())["converged"] === COUNT,
    24 * HOUR,
    10_000,
  );

/** Looks at each of them now, and lets it end. */
async function lookAtAll(): Promise<void> {
  for (const { device } of world.acs.acs.entries)
    await world.stack.fleet.wake(await world.stack.keyOf(device.id), OPERATOR);
  await world.clock.advance(2 * 60_000);
  await allConverged();
}

/** Writes of one device since a moment, by field. */
async function writesSince(
  entry: Entry,
  sinceMs: number,
): Promise<Readonly<Record<string, number>>> {
  const rows = await world.database.db
    .selectFrom("intents")
    .innerJoin("devices", "devices.device", "intents.device")
    .select("fields")
    .where("device_id", "=", entry.device.id)
    .where(
      "intended_at",
      ">",
      new Date(world.clock.now().getTime() - world.clock.monotonicMs() + sinceMs),
    )
    .where(sql<boolean>`outcome in ('done', 'accepted', 'unknown')`)
    .execute();
  const counts: Record<string, number> = {};
  for (const field of rows.flatMap(({ fields }) => fields))
    counts[field] = (counts[field] ?? 0) + 1;
  return counts;
}

const isRight = (entry: Entry): boolean => {
  const name = `sub${entry.device.serial.toLowerCase()}`;
  return (
    held(entry, TALK.user) === `${name}@isp.example` && held(entry, TALK.password) === `pw-${name}`
  );
};

describe.each(["friendly", "genieacs"] as const)("behind a %s", (kind) => {
  it("a factory reset is noticed, and user name, password and list are restored with one write each (I6)", async () => {
    const entries = await converged(kind);
    const reset = entries.slice(0, 3);
    const sinceMs = world.clock.monotonicMs();
    await world.clock.advance(60_000);
    const taken = entries.map(({ writes }) => writes);
    for (const entry of reset) {
      world.acs.acs.queue(entry, { kind: "factoryReset" }, true);
      world.acs.acs.look(entry);
    }
    expect(reset.filter(isRight)).toEqual([]);
    await world.clock.advance(10 * 60_000);
    if (kind === "friendly") await lookAtAll();
    else await world.until("restored, though nobody asked", () => reset.every(isRight), HOUR);
    await allConverged();
    const writes = await Promise.all(entries.map((entry) => writesSince(entry, sinceMs)));
    process.stdout.write(
      `${kind}: ${reset.length} of ${COUNT} CPEs reset: writes ${JSON.stringify(writes)} (target 1 for each field ` +
        `of a reset CPE, 0 for others)\n`,
    );
    expect(reset.every(isRight)).toBe(true);
    expect(writes).toEqual(
      entries.map((entry) => (reset.includes(entry) ? { credentials: 1, frequencyPlan: 1 } : {})),
    );
    expect(entries.map(({ writes: now }, index) => now - (taken[index] ?? 0)).slice(3)).toEqual([
      0, 0, 0,
    ]);
  }, 300_000);

  it("a reboot, a power cut or another firmware alone writes nothing (I6)", async () => {
    const entries = await converged(kind);
    const before = entries.map(({ writes }) => writes);
    const [booted, cut, upgraded] = entries;
    if (booted === undefined || cut === undefined || upgraded === undefined)
      throw new Error("no CPEs");
    world.acs.acs.queue(booted, { kind: "reboot" }, true);
    world.acs.acs.setPower(cut, false);
    world.acs.acs.tamper(upgraded, [{ path: TALK.firmware, value: "2.0.0" }]);
    await world.clock.advance(60_000);
    world.acs.acs.setPower(cut, true);
    await lookAtAll();
    await lookAtAll();
    // The reboot itself is a call to the CPE.
    expect(entries.map(({ writes }, index) => writes - (before[index] ?? 0))).toEqual([
      1, 0, 0, 0, 0, 0,
    ]);
    const states = await world.database.db
      .selectFrom("secret_states")
      .innerJoin("devices", "devices.device", "secret_states.device")
      .select(["device_id", "origin", "epoch"])
      .where("device_id", "=", upgraded.device.id)
      .execute();
    expect(states).toMatchObject([{ origin: "assumed", epoch: { software: "2.0.0" } }]);
  }, 300_000);

  it("a firmware that took our list along took the password too: it is written once more, and once (I6)", async () => {
    const [entry] = await converged(kind);
    if (entry === undefined) throw new Error("no CPE");
    const sinceMs = world.clock.monotonicMs();
    await world.clock.advance(60_000);
    world.acs.acs.tamper(entry, [
      { path: TALK.firmware, value: "2.0.0" },
      { path: TALK.frequencies, value: "2600000" },
      { path: TALK.password, value: "of the factory" },
    ]);
    await lookAtAll();
    await lookAtAll();
    const writes = await writesSince(entry, sinceMs);
    process.stdout.write(
      `${kind}: a firmware that resets: writes ${JSON.stringify(writes)} (target 1 each)\n`,
    );
    expect(isRight(entry)).toBe(true);
    expect(writes).toEqual({ credentials: 1, frequencyPlan: 1 });
  }, 300_000);

  it("a list that somebody changed is set back, and the password is left alone (I6)", async () => {
    const [entry] = await converged(kind);
    if (entry === undefined) throw new Error("no CPE");
    const sinceMs = world.clock.monotonicMs();
    await world.clock.advance(60_000);
    world.acs.acs.tamper(entry, [{ path: TALK.frequencies, value: "2600000" }]);
    await lookAtAll();
    expect(await writesSince(entry, sinceMs)).toEqual({ frequencyPlan: 1 });
  }, 300_000);
});
