/** One engine in this process, one or more simulated ACSes in processes of their own, and more devices than get their turn. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { DEFAULT_MODELS } from "../../src/acs/simulator/fleet.ts";
import { Secret } from "../../src/lib/secret.ts";
import { OPERATOR, startStackOn, type Stack } from "../support/stack.ts";
import { benchDatabase, benchSimulator, type BenchSimulator } from "./bench-stack.ts";

/** Looked at before the measured time, not in it: counting the fleet costs processor time. */
const LOOK_EVERY_MS = 500;
const WARM_WITHIN_MS = 60_000;
/** Of each ACS, so that code is compiled and the maps of all models are proven. */
const WARM_DEVICES = 5;
/** Longer than a lane may take to learn of changed settings. */
const SETTLE_MS = 3_000;
const PUTS_AT_ONCE = 8;

export interface GateStack {
  readonly simulators: readonly BenchSimulator[];
  /** Every ACS from here on. @param percent of the time that calls may take */
  setDutyCycle(percent: number): Promise<void>;
  /** The engine runs, and each ACS has brought some devices home. */
  warm(): Promise<void>;
  /** Devices for which work is due, and those that have come home. */
  standing(): Promise<{ readonly waiting: number; readonly converged: number }>;
  /** The ACSes are then asked by nobody. */
  stopEngine(): Promise<void>;
  stop(): Promise<void>;
}

const nameOf = (index: number): string => (index === 0 ? "sim" : `sim${index}`);

/** Several ACSes have a model each, as the CPEs of two simulators have the same serials. */
function modelsOf(index: number, acses: number): readonly string[] {
  return acses === 1 ? DEFAULT_MODELS : DEFAULT_MODELS.slice(index, index + 1);
}

/** Several at a time: one after another, each waits for the disk alone. */
async function wantCredentials(stack: Stack, from: BenchSimulator): Promise<void> {
  const { devices } = await from.get<{ devices: { id: string; serial: string }[] }>("/sim/devices");
  const puts = Array.from({ length: PUTS_AT_ONCE }, async () => {
    for (let next = devices.pop(); next !== undefined; next = devices.pop()) {
      const username = `sub${next.serial.toLowerCase()}`;
      const password = new Secret(`pw-${username}`);
      await stack.put(next.id, { credentials: { username, realm: "isp.example", password } });
    }
  });
  await Promise.all(puts);
}

/** @param devices in all, the same number at each ACS */
export async function gateStack(
  acses: number,
  devices: number,
  latencyMs: number,
): Promise<GateStack> {
  const database = await benchDatabase();
  const count = String(devices / acses);
  const simulators = await Promise.all(
    Array.from({ length: acses }, (_, index) => {
      const models = modelsOf(index, acses).join(",");
      const fleet = ["--count", count, "--models", models, "--offline", "0"];
      return benchSimulator([...fleet, "--latency", String(latencyMs)]);
    }),
  );
  const acs = { deadlines: { call: "5s", verify: "10s", prove: "1s" } };
  const [first] = simulators;
  if (first === undefined) throw new Error("no ACS");
  const stack: Stack = await startStackOn(database.db, first, { acs });

  const apply = async (dutyCycle: number): Promise<void> => {
    const records = simulators.map(({ acsUrl }, index) => {
      const access = { kind: "friendly", address: acsUrl, mode: "write", proving: "automatic" };
      return {
        kind: "Acs",
        name: nameOf(index),
        labels: {},
        spec: { ...access, dutyCycle, ...acs },
      };
    });
    await stack.fleet.apply({ records, devices: [] }, OPERATOR, { dryRun: false, expect: null });
  };
  await apply(100);
  for (const [index, from] of simulators.entries()) {
    await stack.seed({ from, acs: nameOf(index), credentials: false });
    await wantCredentials(stack, from);
  }

  return {
    simulators,
    async setDutyCycle(percent) {
      await apply(percent);
      await sleep(SETTLE_MS);
    },
    async warm() {
      stack.startEngine();
      const end = performance.now() + WARM_WITHIN_MS;
      for (let warm = 0; warm < acses;) {
        if (performance.now() > end) throw new Error(JSON.stringify(await stack.states()));
        await sleep(LOOK_EVERY_MS);
        const found = await sql`
          select w.acs from work w join device_status s on s.device = w.device
          where s.state = 'converged' group by 1 having count(*) >= ${WARM_DEVICES}`.execute(
          database.db,
        );
        warm = found.rows.length;
      }
    },
    async standing() {
      const found = await sql<{ waiting: number; converged: number }>`
        select (select count(*)::int from work where due_at <= now()) as waiting,
          (select count(*)::int from device_status where state = 'converged') as converged`.execute(
        database.db,
      );
      return found.rows[0] ?? { waiting: 0, converged: 0 };
    },
    async stopEngine() {
      await stack.close();
    },
    async stop() {
      await stack.close();
      for (const simulator of simulators) await simulator.stop();
      await database.close();
    },
  };
}
