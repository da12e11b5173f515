/** A CPE that no connection request reaches, behind a simulated GenieACS: what is asked of it waits for its Informs. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../../src/model/parameter.ts";
import type { AcsDevice, ReadResult } from "../../src/ports/acs.ts";
import {
  acs,
  BANDWIDTH,
  CONTEXT,
  DEVICE,
  expectNothingLeft,
  held,
  listed,
  open,
  pass,
  SERIAL,
  simulator,
  tamper,
  USER,
} from "./genieacs-rig.ts";

const INFORM_MS = 300_000;
const SOFTWARE = "Device.DeviceInfo.SoftwareVersion";

beforeEach(async () => {
  await open(1);
  simulator.setTrouble({ connectionRequests: "refused" });
});
afterEach(() => simulator.stop());

let ticket: string | null = null;
beforeEach(() => {
  ticket = null;
});

const device = (): AcsDevice => ({ ...DEVICE, reach: { kind: "pull", ticket } });
/** As the engine does: keeps the ticket of what waits, and drops it with the answer. */
async function read(...names: string[]): Promise<ReadResult> {
  const result = await acs.read(device(), names, SERIAL, CONTEXT);
  if (result.kind === "waiting") ticket = result.ticket;
  if (result.kind === "values") ticket = null;
  return result;
}
async function write(change: Change) {
  const outcome = await acs.write(device(), change, CONTEXT);
  ticket = null;
  return outcome;
}
const setUser = (value: string) => write({ kind: "set", values: [{ path: USER, value }] });
const inform = (): void => {
  pass(INFORM_MS + 2_000);
};
async function readThroughInform(...names: string[]): Promise<ReadResult> {
  expect(await read(...names)).toMatchObject({ kind: "waiting" });
  inform();
  return await read(...names);
}
function userIn(result: ReadResult): unknown {
  return result.kind === "values" ? result.snapshot.values.get(USER) : result;
}

describe("a CPE that no connection request reaches", () => {
  it("tells that it was knocked at in vain, with its last contact", async () => {
    expect(await acs.status(DEVICE, CONTEXT)).toMatchObject({ kind: "offline", unreached: true });
    expect(await acs.read(DEVICE, [USER], SERIAL, CONTEXT)).toMatchObject({
      kind: "away",
      unreached: true,
    });
    await expectNothingLeft();
  });

  it("is there while it informs, and is not knocked at", async () => {
    const before = simulator.core.calls.after(0, 1_000).length;
    expect(await acs.status(device(), CONTEXT)).toMatchObject({ kind: "online" });
    const calls = simulator.core.calls.after(0, 1_000).slice(before);
    expect(calls.map(({ operation }) => operation)).toEqual(["GET devices"]);
    simulator.setPower(false, { share: 1 });
    pass(24 * 60 * 60_000);
    expect(await acs.status(device(), CONTEXT)).toMatchObject({ kind: "offline" });
  });

  it("is read at its next Inform, and the values are as old as that", async () => {
    expect(await read(USER)).toMatchObject({
      kind: "waiting",
      ticket: expect.any(String) as string,
    });
    expect(await read(USER)).toMatchObject({ kind: "waiting" });
    expect(await listed("tasks")).toHaveLength(1);
    inform();
    const result = await read(USER);
    expect(userIn(result)).toMatchObject({ kind: "value", text: held(USER) });
    if (result.kind !== "values") throw new Error("no values");
    expect(result.afterMs).toBeGreaterThan(0);
    expect(result.afterMs).toBeLessThanOrEqual(INFORM_MS + 2_000);
    await expectNothingLeft();
  });

  it("is asked again where other names are wanted than those that waited", async () => {
    await read(USER);
    inform();
    expect(await read(USER, BANDWIDTH)).toMatchObject({ kind: "waiting" });
    inform();
    const result = await read(USER, BANDWIDTH);
    expect(result).toMatchObject({ kind: "values" });
  });

  it("is written at its next Inform, and only a read of a later one shows it", async () => {
    await readThroughInform(USER);
    expect(await setUser("anna@isp.example")).toMatchObject({ kind: "accepted" });
    expect(held(USER)).not.toBe("anna@isp.example");
    expect(await read(USER)).toMatchObject({ kind: "waiting", ticket: null });
    inform();
    // The ACS shows what it wrote; the CPE has not been asked since.
    expect(await read(USER)).toMatchObject({
      kind: "waiting",
      ticket: expect.any(String) as string,
    });
    expect(held(USER)).toBe("anna@isp.example");
    tamper(USER, "mallory@isp.example");
    inform();
    expect(userIn(await read(USER))).toMatchObject({ text: "mallory@isp.example" });
    await expectNothingLeft();
  });

  it("gets the last of several changes that waited, and never the others", async () => {
    await readThroughInform(USER);
    await setUser("first@isp.example");
    await setUser("second@isp.example");
    expect(await listed("tasks")).toHaveLength(1);
    inform();
    await read(USER);
    expect(held(USER)).toBe("second@isp.example");
    expect(simulator.core.acs.find("SIM000001")?.writes).toBe(1);
  });

  it("does not get what was withdrawn", async () => {
    await readThroughInform(USER);
    const before = held(USER);
    await setUser("first@isp.example");
    expect(await acs.withdraw?.(device(), CONTEXT)).toEqual({ kind: "withdrawn" });
    await expectNothingLeft();
    inform();
    await read(USER);
    expect(held(USER)).toBe(before);
    // The read that waits by now is ours as well.
    expect(await acs.withdraw?.(device(), CONTEXT)).toEqual({ kind: "withdrawn" });
    expect(await acs.withdraw?.(device(), CONTEXT)).toEqual({ kind: "nothing" });
  });

  it("loses no change to a read whose ticket got lost", async () => {
    await readThroughInform(USER);
    await setUser("anna@isp.example");
    ticket = "000000000000000000000001 1 x";
    expect(await read(USER)).toMatchObject({ kind: "waiting" });
    inform();
    await read(USER);
    expect(held(USER)).toBe("anna@isp.example");
  });

  it("a change that it refuses is taken away, and is not tried for ever", async () => {
    await readThroughInform(BANDWIDTH);
    await write({ kind: "set", values: [{ path: BANDWIDTH, value: "99999999999999999999" }] });
    expect(await read(BANDWIDTH)).toMatchObject({ kind: "waiting" });
    inform();
    const after = await read(BANDWIDTH);
    expect(after).toMatchObject({ kind: "waiting" });
    if (after.kind === "waiting") expect(after.detail).toMatch(/refused 9006/);
    expect(await listed("faults")).toEqual([]);
    inform();
    expect(await read(BANDWIDTH)).toMatchObject({ kind: "values" });
    await expectNothingLeft();
  });

  it("another device's document is not its answer", async () => {
    // As if what proves the device named another one.
    const ask = () => acs.read(device(), [USER], SOFTWARE, CONTEXT);
    const waits = await ask();
    if (waits.kind === "waiting") ticket = waits.ticket;
    inform();
    expect(await ask()).toMatchObject({ kind: "unknown", fault: "wrong_device" });
  });
});
