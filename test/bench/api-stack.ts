/** A whole server for the API's figures, with an engine over a simulated ACS that is up, slow or down. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configFrom, startServer, type RunningServer } from "../../src/app/server.ts";
import { Caller } from "../support/caller.ts";
import { OPERATOR } from "../support/stack.ts";
import { benchSimulator, type BenchSimulator } from "./bench-stack.ts";

/** ms for each call of the ACS; null: nobody listens at its address. */
export const ACS_STATES = { up: 20, slow: 10_000, down: null } as const;
export type AcsState = keyof typeof ACS_STATES;

export interface ApiStack {
  readonly server: RunningServer;
  /** Billing's. */
  readonly caller: Caller;
  /** Addresses of desired documents, one for each CPE. */
  readonly paths: readonly string[];
  /** Calls that the ACS has got; 0 where it is down. */
  calls(): Promise<number>;
  close(): Promise<void>;
}

interface Listed {
  readonly devices: readonly { readonly id: string; readonly serial: string }[];
}

/** A PUT is a transaction on the way to the CPE: the engine works on what was put while more is put. */
export async function apiStack(
  state: AcsState,
  devices: number,
  atOnce: number,
): Promise<ApiStack> {
  const latencyMs = ACS_STATES[state];
  const simulator = await benchSimulator([
    ...["--count", String(devices), "--models", "huawei-bm632w"],
    ...["--latency", String(latencyMs ?? 20)],
  ]);
  const fleet = await simulator.get<Listed>("/sim/devices");
  if (latencyMs === null) await simulator.stop();
  const folder = mkdtempSync(join(tmpdir(), "plumb-bench-"));
  const env = { PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" };
  const server = await startServer(configFrom(env));
  await seed(server, simulator, fleet);
  const { token } = await server.access.issue(
    "billing",
    ["devices:read", "desired:write:credentials"],
    { ratePerSecond: 100_000 },
  );
  server.startEngine();
  const caller = new Caller(server.url, token, atOnce);
  return {
    server,
    caller,
    paths: fleet.devices.map(({ id }) => `/v1/devices/${encodeURIComponent(id)}/desired`),
    calls: async () =>
      latencyMs === null ? 0 : (await simulator.get<{ calls: number }>("/sim/stats")).calls,
    async close() {
      caller.close();
      await server.stop();
      if (latencyMs !== null) await simulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function seed(
  { stores }: RunningServer,
  { acsUrl }: BenchSimulator,
  { devices }: Listed,
): Promise<void> {
  const spec = {
    ...{ kind: "friendly", address: acsUrl, mode: "write", dutyCycle: 100 },
    ...{ proving: "automatic", deadlines: { call: "30s", verify: "1s", prove: "1ms" } },
  };
  const registered = devices.map(({ id, serial }) => {
    const identity = { oui: "202BC1", productClass: "BM632w", serial };
    return { name: id, labels: {}, identity, acs: "sim", hold: null, spec: { acs: "sim" } };
  });
  await stores.fleet.apply(
    { records: [{ kind: "Acs", name: "sim", labels: {}, spec }], devices: registered },
    OPERATOR,
    { dryRun: false, expect: null },
  );
}
