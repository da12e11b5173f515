/** What the demo wants of its fleet: records by manifest, credentials by HTTP PUT as the writer `billing`. */
import { PlumbClient } from "../client/http.ts";
import type { StoredRecord } from "../ports/fleet-store.ts";
import type { RunningServer } from "./server.ts";

export const SIMULATED = "simulated";
const API = "plumbline/v1";
const DEVICES_A_CALL = 500;
const PUTS_AT_ONCE = 8;

interface SimulatedDevice {
  readonly id: string;
  readonly oui: string;
  readonly productClass: string;
  readonly serial: string;
  readonly site: string;
}

/** Radio plans by product class: what each kind of terminal should scan. */
const BANDS: Readonly<Record<string, string>> = {
  BM632w: "wimax-3500",
  "WIMAX-25.v2": "wimax-2500",
  SWU_9100: "wimax-2500",
};

const PLANS = [
  { name: "wimax-2500", channelsKhz: [2_505_000, 2_515_000, 2_525_000], bandwidthKhz: 10_000 },
  { name: "wimax-3500", channelsKhz: [3_532_500, 3_537_500, 3_542_500], bandwidthKhz: 5_000 },
];

/** A seeding that was cut off leaves `seeding`; doing it again changes nothing that is already so. */
export function isSeeded(acs: StoredRecord): boolean {
  return acs.labels["demo"] === "ready";
}

function acsManifest(address: string, stage: "seeding" | "ready"): object {
  return {
    apiVersion: API,
    kind: "Acs",
    metadata: { name: SIMULATED, labels: { demo: stage } },
    spec: {
      kind: "friendly",
      address,
      mode: "write",
      dutyCycle: 100,
      proving: "automatic",
      deadlines: { call: "5s", verify: "10s", prove: "1s" },
    },
  };
}

const planManifests = PLANS.map(({ name, ...spec }) => ({
  apiVersion: API,
  kind: "FrequencyPlan",
  metadata: { name },
  spec,
}));

const profileManifests = PLANS.map(({ name }) => ({
  apiVersion: API,
  kind: "Profile",
  metadata: { name },
  spec: { selector: `band=${name}`, fields: { frequencyPlan: { plan: name } } },
}));

function deviceManifest({ id, oui, productClass, serial, site }: SimulatedDevice): object {
  const band = BANDS[productClass];
  return {
    apiVersion: API,
    kind: "Device",
    metadata: { name: id, labels: { site, ...(band === undefined ? {} : { band }) } },
    spec: { acs: SIMULATED, oui, ...(productClass === "" ? {} : { productClass }), serial },
  };
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  asked: AbortSignal,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && !asked.aborted; item = items[next++]) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** A fleet is put in one go here. */
const HURRIED = { ratePerSecond: 10_000 };

/** Through the API, as an operator and as billing; each of them with a token of its own. Stops when `asked` aborts. */
export async function seed(
  running: RunningServer,
  simulator: { readonly url: string; readonly acsUrl: string },
  asked: AbortSignal,
  say: (words: string) => void,
): Promise<void> {
  const started = performance.now();
  const operator = await running.access.issue("operator", ["admin"], HURRIED);
  const billing = await running.access.issue(
    "billing",
    ["devices:read", "desired:write:credentials"],
    HURRIED,
  );
  const asOperator = new PlumbClient({ url: running.url, token: operator.token });
  const asBilling = new PlumbClient({ url: running.url, token: billing.token });
  const answer = await fetch(`${simulator.url}/sim/devices`);
  const { devices } = (await answer.json()) as { devices: SimulatedDevice[] };

  await asOperator.call("POST /v1/manifests", {
    json: {
      documents: [acsManifest(simulator.acsUrl, "seeding"), ...planManifests, ...profileManifests],
    },
  });
  for (let at = 0; at < devices.length; at += DEVICES_A_CALL) {
    const documents = devices.slice(at, at + DEVICES_A_CALL).map(deviceManifest);
    await asOperator.call("POST /v1/manifests", { json: { documents } });
  }
  say(`${devices.length} devices registered by manifest`);
  await inParallel(devices, PUTS_AT_ONCE, asked, async ({ id, serial }) => {
    const tail = serial.toLowerCase();
    const credentials = { username: `sub${tail}@isp.example`, password: `demo-${tail}-only` };
    await asBilling.putDesired(id, { credentials });
  });
  // Asked to end in the middle: the next start finishes what is missing.
  if (asked.aborted) return;
  await asOperator.call("POST /v1/manifests", {
    json: { documents: [acsManifest(simulator.acsUrl, "ready")] },
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  say(`credentials of ${devices.length} subscribers put by billing; seeded in ${seconds} s`);
}
