/** What a simulated GenieACS remembers, over a socket: asked for in one call, aged by its own clock, no CPE touched. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Recall } from "../../src/ports/acs-memory.ts";
import {
  acs,
  CONTEXT,
  DEVICE,
  open,
  pass,
  read,
  ROWS,
  SERIAL,
  simulator,
  tamper,
  USER,
} from "./genieacs-rig.ts";

const MINUTE = 60_000;

async function recall(wanted: readonly Recall[]) {
  const result = await acs.recall?.(wanted, CONTEXT);
  if (result?.kind !== "recalled") throw new Error(JSON.stringify(result));
  return result;
}
const wanting = (...names: string[]): Recall => ({ device: DEVICE, names, identityPath: SERIAL });

describe("the memory of a GenieACS", () => {
  beforeEach(() => open(1));
  afterEach(() => simulator.stop());

  it("is what was last read, and as old as that", async () => {
    await read(USER, ROWS);
    pass(10 * MINUTE);
    const [device, ...others] = (await recall([wanting(USER, ROWS)])).devices;
    expect(others).toEqual([]);
    expect(device?.id).toBe(DEVICE.id);
    expect(device?.snapshot.covered).toEqual([ROWS]);
    expect(device?.snapshot.values.get(USER)).toMatchObject({ kind: "value" });
    expect(device?.ageMs).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(device?.ageMs).toBeLessThan(11 * MINUTE);
  });

  it("asks no CPE: what was changed there is not seen", async () => {
    await read(USER);
    const before = (await recall([wanting(USER)])).devices[0]?.snapshot.values.get(USER);
    tamper(USER, "mallory@isp.example");
    const calls = simulator.stats().calls;
    expect((await recall([wanting(USER)])).devices[0]?.snapshot.values.get(USER)).toEqual(before);
    expect(simulator.stats().calls).toBe(calls + 1);
  });

  it("holds nothing of one that was never read, nor of a name that nobody asked for", async () => {
    expect((await recall([wanting(USER)])).devices).toEqual([]);
    await read(SERIAL);
    const [device] = (await recall([wanting(USER, "Device.DeviceInfo.SoftwareVersion")])).devices;
    expect(device?.snapshot.values.has(USER)).toBe(false);
  });

  it("holds nothing of before a factory reset", async () => {
    await read(USER);
    const entry = simulator.core.acs.find("SIM000001");
    if (entry === undefined) throw new Error("no CPE");
    pass(MINUTE);
    simulator.core.acs.perform(entry, { kind: "factoryReset" });
    pass(10 * MINUTE);
    expect((await recall([wanting(USER)])).devices).toEqual([]);
  });
});

describe("the memory of many devices", () => {
  beforeEach(() => open(80));
  afterEach(() => simulator.stop());

  it("is asked for in questions that no proxy refuses, of which each says how many devices it was about", async () => {
    const all = simulator.core.acs.entries.map(({ device }): Recall => {
      const { oui, productClass } = device.model;
      const identity = { oui, productClass, serial: device.serial };
      return { ...wanting(USER, ROWS), device: { ...DEVICE, id: device.id, identity } };
    });
    let left: readonly Recall[] = all;
    let questions = 0;
    while (left.length > 0) {
      const { asked } = await recall(left);
      expect(asked).toBeGreaterThan(10);
      left = left.slice(asked);
      questions += 1;
    }
    expect(questions).toBeLessThanOrEqual(4);
    expect(simulator.core.nbi.crashes).toBe(0);
  });
});
