/** A simulated GenieACS on a socket with the adapter before it, plain calls beside it, and a clock that a test moves. */
import { expect } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import { findNode, heldValue } from "../../src/acs/simulator/cpe-state.ts";
import { startSimulator, type Simulator } from "../../src/acs/simulator/server.ts";
import { systemClock } from "../../src/app/clock.ts";
import { treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import type { Clock } from "../../src/lib/time.ts";
import type { WriteValue } from "../../src/model/parameter.ts";
import type { Acs, AcsDevice, CallContext } from "../../src/ports/acs.ts";

export const SERIAL = "Device.DeviceInfo.SerialNumber";
export const USER = "Device.PPP.Interface.1.Username";
export const PASSWORD = "Device.PPP.Interface.1.Password";
export const BANDWIDTH = "Device.X_GP_WiMAX.Bandwidth";
export const STATUS = "Device.PPP.Interface.1.Status";
export const ROWS = "Device.PPP.Interface.";

export const DEVICE: AcsDevice = {
  id: "001CAA-WIMAX%2D25%2Ev2-SIM000001",
  identity: { oui: "001CAA", productClass: "WIMAX-25.v2", serial: "SIM000001" },
  modelName: null,
  acs: "sim",
  labels: {},
};
export const TASKS = "/devices/001CAA-WIMAX%252D25%252Ev2-SIM000001/tasks";
export const CONTEXT: CallContext = {
  class: "drift",
  changeId: "chg-1",
  signal: new AbortController().signal,
};

/** Time goes by when somebody sleeps on our side, or when a test says so; nobody waits for it. */
let shiftMs = 0;
export const clock: Clock = {
  now: () => new Date(Date.now() + shiftMs),
  monotonicMs: () => performance.now() + shiftMs,
  sleep: (ms) => {
    shiftMs += ms;
    return Promise.resolve();
  },
};
export const pass = (ms: number): void => {
  shiftMs += ms;
};

export let simulator: Simulator;
export let acs: Acs;

export async function open(count: number, models = ["talk-frequency-table"]): Promise<void> {
  simulator = await startSimulator({
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
    models,
    count,
    latencyMs: 2,
    respawnMs: 150,
    clock: { ...clock, sleep: (ms, signal) => systemClock.sleep(ms, signal) },
  });
  const transport = httpTransport({ deadlineMs: 5_000, now: () => clock.now() });
  const options = { url: simulator.nbiUrl, auth: { kind: "none" } as const, transport, clock };
  acs = await createAcs("genieacs", options, { mode: () => "write", inScope: () => true });
}

export interface Raw {
  readonly status: number;
  readonly phrase: string;
  readonly body: string;
}

/** A plain call; status 0 when the connection is cut. */
export async function raw(method: string, path: string, body?: unknown): Promise<Raw> {
  try {
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(simulator.nbiUrl + path, { method, body: text });
    return { status: answer.status, phrase: answer.statusText, body: await answer.text() };
  } catch {
    return { status: 0, phrase: "", body: "" };
  }
}
export const post = (task: unknown) => raw("POST", `${TASKS}?connection_request`, task);
export const rawSet = (path: string, value: unknown, more: object = {}) =>
  post({ name: "setParameterValues", parameterValues: [[path, value]], ...more });
export const listed = async (collection: string): Promise<Record<string, unknown>[]> =>
  JSON.parse((await raw("GET", `/${collection}/`)).body) as Record<string, unknown>[];
export const remembered = async (path: string): Promise<unknown> => {
  const document: unknown = (await listed("devices"))[0];
  return `${path}._value`
    .split(".")
    .reduce<unknown>(
      (node, name) => (node as Record<string, unknown> | undefined)?.[name],
      document,
    );
};

export function held(path: string): string | null | undefined {
  const entry = simulator.core.acs.find("SIM000001");
  if (entry === undefined) throw new Error("no CPE");
  const { cpe } = simulator.core.acs.look(entry);
  const node = findNode(cpe, path);
  return node === undefined ? undefined : heldValue(cpe, node, clock.now().getTime());
}
export function tamper(path: string, value: string): void {
  const entry = simulator.core.acs.find("SIM000001");
  if (entry !== undefined) simulator.core.acs.tamper(entry, [{ path, value }]);
}
export const boots = (): number => simulator.core.acs.find("SIM000001")?.state.cpe.boots ?? 0;

export const read = (...names: string[]) => acs.read(DEVICE, names, SERIAL, CONTEXT);
export const set = (...values: WriteValue[]) => acs.write(DEVICE, { kind: "set", values }, CONTEXT);
/** As the engine does: nothing is written that was not read before. */
export async function readAndSet(...values: WriteValue[]) {
  await read(...values.map(({ path }) => path));
  return await set(...values);
}

export async function expectNothingLeft(): Promise<void> {
  expect(await listed("tasks")).toEqual([]);
  expect(await listed("faults")).toEqual([]);
}
