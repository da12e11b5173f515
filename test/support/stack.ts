/**
 * The whole path for a test: a simulated ACS on a socket, a database, the engine between them. Nothing is faked; durations
 * are short instead.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { startSimulator, type Simulator } from "../../src/acs/simulator/server.ts";
import type { SimulatorOptions } from "../../src/acs/simulator/options.ts";
import { shippedMapsWith, treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import { waking } from "../../src/app/waking.ts";
import { startEngine, type Engine, type Ground } from "../../src/app/wire.ts";
import { AppError } from "../../src/lib/errors.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { MapSet } from "../../src/mapping/mapper.ts";
import type { FieldSet, MapRecord } from "../../src/model/records.ts";
import type { EngineStore } from "../../src/ports/engine-store.ts";
import type { Actor, FleetStore } from "../../src/ports/fleet-store.ts";
import type { Capture, Telemetry } from "../../src/ports/telemetry.ts";
import { remapBetween } from "../../src/service/maps.ts";
import { engineStore } from "../../src/store/engine/index.ts";
import { fleetStore } from "../../src/store/fleet/index.ts";
import { makeKeyring } from "../../src/store/keyring.ts";
import { openSecret } from "../../src/store/secrets.ts";
import type { Database } from "../../src/store/tables.ts";

export const OPERATOR: Actor = { owner: "operator", tokenId: "test", requestId: "test" };
export const BILLING: Actor = { owner: "billing", tokenId: "test", requestId: "test" };

export interface Recorder extends Telemetry {
  readonly lines: string[];
  readonly captures: Capture[];
}

export function recorder(): Recorder {
  const lines: string[] = [];
  const captures: Capture[] = [];
  return {
    lines,
    captures,
    log: (level, message, facts) =>
      lines.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`),
    capture: (capture) => captures.push(capture),
    isolate: (_tags, work) => work(),
    close: () => Promise.resolve(),
  };
}

export interface Stores {
  readonly engine: EngineStore;
  readonly fleet: FleetStore;
}

/** Both sides of the store over one database, with a key ring of their own. */
export async function testStores(
  db: Kysely<Database>,
): Promise<Stores & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "plumb-test-"));
  const file = join(folder, "keyring.json");
  const keyring = await makeKeyring(file);
  const engine = engineStore({
    db,
    digest: (label, text) => keyring.digest(label, text),
    open: (row) => openSecret(keyring, row),
    resolve: (reference) => {
      if (JSON.stringify(reference) === '{"env":"PLUMB_SECRET_PARKING"}')
        return new Secret("parking-password");
      throw new AppError("secret_unavailable", "no such secret in this test");
    },
    complain: (_acs, error) => {
      throw error;
    },
    undetected: (error) => {
      throw error;
    },
  });
  return { engine, fleet: fleetStore(db, keyring), folder };
}

export interface StackOptions {
  /** Which of its faces the simulator is talked to by. */
  readonly kind?: "friendly" | "genieacs";
  readonly acs?: Readonly<Record<string, unknown>>;
  readonly halted?: () => string | null;
  /** Other maps than those that ship. */
  readonly mapsOf?: (records: readonly MapRecord[]) => MapSet;
}

/** Where a simulator can be asked for its CPEs. */
interface Listed {
  readonly url: string;
  /** Where there is no socket to ask. */
  readonly devices?: readonly SimulatedCpe[];
}

/** A CPE as the simulator lists it. */
export interface SimulatedCpe {
  readonly id: string;
  readonly oui: string;
  readonly productClass: string;
  readonly serial: string;
  readonly site: string;
}

export interface Stack extends Stores {
  /** Holds `keyring.json`. */
  readonly folder: string;
  readonly telemetry: Recorder;
  /** @param store of this engine, where it is not that of the stack */
  startEngine(ground?: Ground, store?: EngineStore): Engine;
  /** It is gone without having ended: nobody wakes or stops it any more. */
  forget(engine: Engine): void;
  /** As an operator: a map over those that ship. @param touched the number of devices that it changes the reading of */
  applyMap(name: string, spec: Readonly<Record<string, unknown>>, touched: number): Promise<void>;
  /** Registers every simulated CPE and wants of each what the demo wants. */
  seed(options?: {
    readonly credentials?: boolean;
    readonly frequency?: boolean;
    /** Another simulator than the one that the stack stands on, and the record of that ACS. */
    readonly from?: Listed;
    readonly acs?: string;
  }): Promise<void>;
  put(id: string, fields: FieldSet): Promise<void>;
  keyOf(id: string): Promise<number>;
  states(): Promise<Readonly<Record<string, number>>>;
  /** Polls until it holds; fails with the last counts. */
  until(what: string, holds: () => Promise<boolean> | boolean, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

const ACS = "sim";

const BANDS: Readonly<Record<string, string>> = {
  BM632w: "w35",
  "WIMAX-25.v2": "w25",
  SWU_9100: "w25",
};
const PLANS = [
  { name: "w25", spec: { channelsKhz: [2505000, 2515000, 2525000], bandwidthKhz: 10000 } },
  { name: "w35", spec: { channelsKhz: [3532500, 3537500, 3542500], bandwidthKhz: 5000 } },
];

async function listed(url: string): Promise<readonly SimulatedCpe[]> {
  const answer = await fetch(`${url}/sim/devices`);
  return ((await answer.json()) as { devices: SimulatedCpe[] }).devices;
}

/** Over a simulator that listens elsewhere. */
export async function startStackOn(
  db: Kysely<Database>,
  simulator: Listed & { readonly acsUrl: string },
  options: StackOptions = {},
): Promise<Stack> {
  const stores = await testStores(db);
  const telemetry = recorder();
  const engines = new Set<Engine>();
  const spec = {
    kind: options.kind ?? "friendly",
    address: options.kind === "genieacs" ? `${simulator.url}/nbi` : simulator.acsUrl,
    mode: "write",
    dutyCycle: 100,
    proving: "automatic",
    deadlines: { call: "2s", verify: "1s", prove: "1ms" },
    ...options.acs,
  };
  const mapsOf = options.mapsOf ?? shippedMapsWith();
  const fleet = waking(
    stores.fleet,
    () => {
      for (const engine of engines) engine.controller.wake();
    },
    async () => {
      for (const engine of engines) await engine.controller.refresh();
    },
  );
  const apply = async (
    plan: Partial<Parameters<FleetStore["apply"]>[0]>,
    expect: number | null = null,
  ) =>
    await fleet.apply(
      { records: [], devices: [], remap: remapBetween(mapsOf), ...plan },
      OPERATOR,
      { dryRun: false, expect },
    );
  await apply({ records: [{ kind: "Acs", name: ACS, labels: {}, spec }] });

  const stack: Stack = {
    ...stores,
    fleet,
    telemetry,
    async applyMap(name, spec, expect) {
      await apply({ records: [{ kind: "ParameterMap", name, labels: {}, spec }] }, expect);
    },
    startEngine(ground, store = stores.engine) {
      const halted = options.halted ?? (() => null);
      const engine = startEngine(store, mapsOf, telemetry, halted, ground);
      const tracked: Engine = {
        ...engine,
        async stop() {
          engines.delete(tracked);
          await engine.stop();
        },
      };
      engines.add(tracked);
      return tracked;
    },
    forget(engine) {
      engines.delete(engine);
    },
    async seed({ credentials = true, frequency = true, from = simulator, acs = ACS } = {}) {
      const devices = from.devices ?? (await listed(from.url));
      if (frequency) {
        await apply({
          records: PLANS.flatMap(({ name, spec: plan }) => [
            { kind: "FrequencyPlan", name, labels: {}, spec: plan },
            {
              kind: "Profile",
              name,
              labels: {},
              spec: { selector: `band=${name}`, fields: { frequencyPlan: { plan: name } } },
            },
          ]),
        });
      }
      await apply({
        devices: devices.map(({ id, oui, productClass, serial, site }) => {
          const identity = { oui, productClass: productClass === "" ? null : productClass, serial };
          const band = BANDS[productClass];
          const labels = { site, ...(band === undefined ? {} : { band }) };
          return {
            name: id,
            labels,
            identity,
            acs,
            hold: null,
            spec: { acs, ...identity },
          };
        }),
      });
      if (!credentials) return;
      for (const { id, serial } of devices) {
        const username = `sub${serial.toLowerCase()}`;
        const password = new Secret(`pw-${username}`);
        await stack.put(id, { credentials: { username, realm: "isp.example", password } });
      }
    },
    async put(id, fields) {
      const none = { ifMatch: null, ifNoneMatch: false };
      await fleet.putDocument(await stack.keyOf(id), fields, BILLING, none, {
        dryRun: false,
      });
    },
    async keyOf(id) {
      const found = await stores.fleet.resolveDevice(id);
      if (found === null) throw new Error(`no device ${id}`);
      return found.key;
    },
    async states() {
      return (await stores.fleet.fleet()).states;
    },
    async until(what, holds, withinMs = 30_000) {
      const end = performance.now() + withinMs;
      while (!(await holds())) {
        if (performance.now() > end) {
          const held = await db
            .selectFrom("work")
            .selectAll()
            .where("holder", "is not", null)
            .execute();
          const told = telemetry.lines.filter((line) => !line.startsWith("info")).slice(-5);
          const shown = JSON.stringify({ states: await stack.states(), held, told });
          throw new Error(`not within ${withinMs} ms: ${what}; ${shown}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async close() {
      for (const engine of [...engines]) await engine.stop();
      rmSync(stores.folder, { recursive: true, force: true });
    },
  };
  return stack;
}

/** The same with a simulator in this process. */
export async function startStack(
  db: Kysely<Database>,
  options: StackOptions & { readonly simulator?: Partial<SimulatorOptions> } = {},
): Promise<Stack & { readonly simulator: Simulator }> {
  const trees = { treesDir: treesFolder(), wsdlFile: wsdlFile() };
  const simulator = await startSimulator({
    count: 20,
    latencyMs: 2,
    ...options.simulator,
    ...trees,
  });
  const stack = await startStackOn(db, simulator, options);
  const close = async (): Promise<void> => {
    await stack.close();
    await simulator.stop();
  };
  return { ...stack, simulator, close };
}
