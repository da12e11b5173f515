/** What the lease model runs on: one ACS with a few devices, and how it is to be called. */
import type { AcsSettings } from "../../src/model/acs-settings.ts";
import type { FleetStore } from "../../src/ports/fleet-store.ts";
import { OPERATOR } from "./stack.ts";
import { ACS_SETTINGS } from "./acs-settings.ts";

/** A lease lasts 7 s with it, and who takes over waits 2 s more. */
const DEADLINE_MS = 2_000;

export async function applyFleet(
  fleet: FleetStore,
  acs: string,
  serials: readonly string[],
): Promise<void> {
  const address = "http://127.0.0.1:1/";
  const records = [
    { kind: "Acs", name: acs, labels: {}, spec: { kind: "friendly", address, mode: "write" } },
  ];
  const devices = serials.map((serial) => {
    const identity = { oui: "0019E0", productClass: "WIXB", serial };
    const name = `0019E0-WIXB-${serial}`;
    return { name, labels: {}, identity, acs, hold: null, spec: { acs, ...identity } };
  });
  const forReal = { dryRun: false, expect: null };
  await fleet.apply({ records, devices, remap: () => () => false }, OPERATOR, forReal);
}

export function settingsOf(name: string, concurrency: number): AcsSettings {
  return { ...ACS_SETTINGS, name, concurrency, callDeadlineMs: DEADLINE_MS };
}
