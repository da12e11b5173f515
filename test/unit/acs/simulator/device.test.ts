import { describe, expect, it } from "vitest";
import { step } from "../../../../src/acs/simulator/cpe.ts";
import {
  applyEvent,
  settle,
  type DeviceEvent,
  type DeviceState,
} from "../../../../src/acs/simulator/device.ts";
import { cpeOf } from "./models.ts";

const TIMING = { rebootMs: 100, downloadMs: 0 };

function deviceOf(change: Partial<DeviceState> = {}): DeviceState {
  const cpe = cpeOf();
  return {
    cpe,
    known: cpe,
    knownAtMs: 0,
    powered: true,
    awayUntilMs: 0,
    transfer: null,
    pending: [],
    ...change,
  };
}

const queue = (id: number, value: string, readyAtMs: number, dueAtMs = readyAtMs): DeviceEvent => ({
  kind: "queue",
  transaction: {
    id,
    op: { kind: "set", values: [{ path: "Device.X_Signal", value }] },
    readyAtMs,
    dueAtMs,
  },
});
const reboot = (id: number, atMs: number): DeviceEvent => ({
  kind: "queue",
  transaction: { id, op: { kind: "reboot" }, readyAtMs: atMs, dueAtMs: atMs },
});
const POWER_OFF: DeviceEvent = { kind: "power", on: false };
const POWER_ON: DeviceEvent = { kind: "power", on: true };
const SESSION: DeviceEvent = { kind: "session" };

/** The signal value after events at their times, looked at in the end. */
function after(
  events: [number, DeviceEvent][],
  lookAtMs: number,
  start = deviceOf(),
): string | null {
  const device = events.reduce(
    (state, [at, event]) => applyEvent(state, event, at, TIMING).device,
    start,
  );
  const { cpe } = settle(device, lookAtMs, TIMING).device;
  const { reply } = step(cpe, { kind: "get", names: ["Device.X_Signal"] }, lookAtMs);
  return reply.kind === "values" ? (reply.values[0]?.value ?? null) : null;
}

describe("work that the ACS took", () => {
  it.each([
    ["is done at once when it is due at once", [[10, queue(1, "1", 10)]], 10, "1"],
    ["is not done before the ACS is ready", [[10, queue(1, "1", 50)]], 49, "-71"],
    ["is done as soon as it is ready", [[10, queue(1, "1", 50)]], 50, "1"],
    ["without push waits for the next Inform", [[10, queue(1, "1", 10, 300)]], 299, "-71"],
    ["without push is done at the next Inform", [[10, queue(1, "1", 10, 300)]], 300, "1"],
    [
      "is done by any session before that",
      [
        [10, queue(1, "1", 10, 300)],
        [20, SESSION],
      ],
      20,
      "1",
    ],
    [
      "waits while the CPE is off",
      [
        [5, POWER_OFF],
        [10, queue(1, "1", 10)],
      ],
      9_999,
      "-71",
    ],
    [
      "is done when the CPE returns",
      [
        [5, POWER_OFF],
        [10, queue(1, "1", 10)],
        [20, POWER_ON],
      ],
      20,
      "1",
    ],
    [
      "is done in the order in which it was taken",
      [
        [10, queue(1, "1", 50)],
        [11, queue(2, "2", 51)],
      ],
      60,
      "2",
    ],
    [
      "that fell due before a power cut was done before it",
      [
        [10, queue(1, "1", 50)],
        [60, POWER_OFF],
      ],
      60,
      "1",
    ],
    [
      "that falls due in a power cut is done after it",
      [
        [10, queue(1, "1", 50)],
        [40, POWER_OFF],
        [70, POWER_ON],
      ],
      70,
      "1",
    ],
    [
      "waits until a CPE has booted",
      [
        [10, reboot(1, 10)],
        [11, queue(2, "2", 11)],
      ],
      109,
      "-71",
    ],
    [
      "is done once a CPE has booted",
      [
        [10, reboot(1, 10)],
        [11, queue(2, "2", 11)],
      ],
      110,
      "2",
    ],
  ] satisfies [string, [number, DeviceEvent][], number, string][])(
    "%s",
    (_name, events, at, want) => {
      expect(after(events, at)).toBe(want);
    },
  );

  it("ends with the CPE's own word, which nobody was told", () => {
    const applied = applyEvent(deviceOf(), queue(7, "not a number", 10), 10, TIMING);
    expect(applied.settled).toMatchObject([{ id: 7, reply: { kind: "fault", code: 9003 } }]);
    expect(applied.device.pending).toEqual([]);
  });

  it("leaves the ACS's own memory as it was", () => {
    const { device } = applyEvent(deviceOf(), queue(1, "1", 10), 10, TIMING);
    expect(device.known).not.toBe(device.cpe);
    expect(device.known).toEqual(cpeOf());
  });

  it("a power cut restarts the up time", () => {
    const off = applyEvent(deviceOf(), POWER_OFF, 5, TIMING).device;
    const on = applyEvent(off, POWER_ON, 9_000, TIMING).device;
    expect([on.cpe.bootedAtMs, on.cpe.boots]).toEqual([9_000, 1]);
  });
});
