/** A Friendly simulator with one CPE on a socket, and the adapter over it: what the files about the site itself share. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import type { FriendlyOptions } from "../../src/acs/friendly/client.ts";
import { startSimulator, type Simulator } from "../../src/acs/simulator/server.ts";
import type { SimulatorOptions } from "../../src/acs/simulator/options.ts";
import type { Acs, AcsDevice, CallContext } from "../../src/ports/acs.ts";
import { withoutOperation } from "../support/friendly-wsdl.ts";

export const WSDL = "manifests/acs/friendly-acsws.wsdl";
export const CONTEXT: CallContext = {
  class: "read",
  changeId: "chg-1",
  signal: new AbortController().signal,
};

/** A file with our description, less some operations. */
export function descriptionWithout(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "friendly-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "acsws.wsdl");
  writeFileSync(file, withoutOperation(readFileSync(WSDL, "utf8"), ...names));
  return file;
}

export interface Site {
  readonly simulator: Simulator;
  readonly device: AcsDevice;
  readonly acs: Acs;
}

export async function openSite(
  simulated: Partial<SimulatorOptions> = {},
  more: (simulator: Simulator) => Partial<FriendlyOptions> = () => ({}),
): Promise<Site> {
  const simulator = await startSimulator({
    treesDir: "manifests/cpes",
    wsdlFile: WSDL,
    count: 1,
    latencyMs: 0,
    ...simulated,
  });
  const [entry] = simulator.core.acs.entries;
  if (entry === undefined) throw new Error("a fleet of nothing");
  const { id, serial, model } = entry.device;
  const options: FriendlyOptions = {
    url: simulator.acsUrl,
    wsdl: WSDL,
    auth: { kind: "none" },
    appId: "plumbline-test",
    transport: httpTransport({ deadlineMs: 2_000, now: () => new Date() }),
    ...more(simulator),
  };
  const device: AcsDevice = {
    id,
    acs: "main",
    labels: {},
    identity: { oui: model.oui, productClass: model.productClass, serial },
    modelName: null,
  };
  const acs = await createAcs("friendly", options, { mode: () => "write", inScope: () => true });
  return { simulator, device, acs };
}

/** Names of the calls that the simulator got. */
export function calledAt({ simulator }: Site): string[] {
  return simulator.core.calls.after(0, 1_000).map(({ operation }) => operation);
}
