import { describe, expect, it } from "vitest";
import { findNode, type Flash } from "../../../../src/acs/simulator/cpe-state.ts";
import { step } from "../../../../src/acs/simulator/cpe.ts";
import {
  applyEvent,
  reachable,
  settle,
  type DeviceEvent,
  type DeviceState,
} from "../../../../src/acs/simulator/device.ts";
import { downloadOp, versionIn } from "../../../../src/acs/simulator/firmware.ts";
import { parseModel } from "../../../../src/acs/simulator/cpe-model.ts";
import { cpeOf } from "./models.ts";

const TIMING = { rebootMs: 100, downloadMs: 1_000 };
const URL = "http://files.example/fw_2.0.bin";
const MODEL = parseModel(
  [
    "# model\tsmall\n# root\tDevice\n# oui\t001122\n# productClass\tP",
    "Device.\tr\n DeviceInfo.\tr\n  SoftwareVersion\tr\tstring\t1.0\n",
  ].join("\n"),
  "small.tsv",
);

function deviceOf(flash: Flash): DeviceState {
  const cpe = cpeOf(MODEL, { flash });
  const rest = { knownAtMs: 0, powered: true, awayUntilMs: 0, transfer: null, pending: [] };
  return { cpe, known: cpe, ...rest };
}

const download = (atMs: number): DeviceEvent => ({
  kind: "queue",
  transaction: { id: 1, op: downloadOp(URL, "answers"), readyAtMs: atMs, dueAtMs: atMs },
});
const power = (on: boolean): DeviceEvent => ({ kind: "power", on });

function after(
  flash: Flash,
  events: readonly (readonly [number, DeviceEvent])[],
  lookAtMs: number,
) {
  const device = events.reduce(
    (state, [at, event]) => applyEvent(state, event, at, TIMING).device,
    deviceOf(flash),
  );
  const looked = settle(device, lookAtMs, TIMING).device;
  return {
    version: findNode(looked.cpe, "Device.DeviceInfo.SoftwareVersion")?.value,
    boots: looked.cpe.boots,
    there: reachable(looked, lookAtMs),
  };
}

describe("a simulated CPE that is told to download", () => {
  const told = [[10, download(10)]] as const;
  it("is there and runs what it ran while it fetches", () => {
    expect(after("runs", told, 1_009)).toEqual({ version: "1.0", boots: 0, there: true });
  });
  it("goes away for its boot, and runs the version of the file from then on", () => {
    expect(after("runs", told, 1_010)).toEqual({ version: "2.0", boots: 1, there: false });
    expect(after("runs", told, 1_110)).toEqual({ version: "2.0", boots: 1, there: true });
  });
  it("that does not take it boots and runs what it ran", () => {
    expect(after("not-taken", told, 2_000)).toEqual({ version: "1.0", boots: 1, there: true });
  });
  it("that it resets runs it, and has lost what was written to it", () => {
    const [at, event] = told[0];
    const path = "Device.DeviceInfo.X";
    const ours = { path, type: "string", value: "ours", writable: true };
    const overlay = new Map([[path, ours]]);
    const before = deviceOf("resets");
    const written = { ...before, cpe: { ...before.cpe, overlay } };
    const { cpe } = settle(applyEvent(written, event, at, TIMING).device, 2_000, TIMING).device;
    expect(findNode(cpe, "Device.DeviceInfo.SoftwareVersion")?.value).toBe("2.0");
    expect([findNode(cpe, path), cpe.boots, cpe.resets]).toEqual([undefined, 1, 1]);
  });
  it("that it is the end of stays away, also when its power comes back", () => {
    const cycled = [...told, [3_000, power(false)], [4_000, power(true)]] as const;
    expect(after("never-returns", told, 9_000)).toMatchObject({ there: false });
    expect(after("never-returns", cycled, 9_000)).toMatchObject({ there: false });
  });
  it("loses it with its power", () => {
    const cut = [...told, [500, power(false)], [600, power(true)]] as const;
    expect(after("runs", cut, 9_000)).toEqual({ version: "1.0", boots: 1, there: true });
  });
  it("says so when nothing can be fetched, and does not boot", () => {
    const { state, reply } = step(cpeOf(MODEL), downloadOp(URL, "fails-9016"), 1);
    expect(reply).toEqual({ kind: "fault", code: 9016, parameters: [] });
    expect(state.boots).toBe(0);
  });
});

describe("the version of a file", () => {
  it.for([
    ["http://f/x_2.1.0.bin", "2.1.0"],
    ["http://f/a/b_V5R020C10.img?t=1", "V5R020C10"],
    ["http://f/x_1.12%20Build%207.bin", "1.12 Build 7"],
    ["fw-2.0.1.bin", null],
    ["http://f/x_2", null],
    ["http://f/%zz_1.bin", "1"],
  ] as const)("of %s is %s", ([name, version]) => {
    expect(versionIn(name)).toBe(version);
  });
});
