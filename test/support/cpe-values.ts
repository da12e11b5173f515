/** What a simulated CPE holds, secrets included, and a hand at it: nothing of that goes through an ACS. */
import { findNode, heldValue } from "../../src/acs/simulator/cpe-state.ts";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";

/** @throws when this CPE has no such parameter */
export function held(entry: Entry, path: string): string | null {
  const node = findNode(entry.state.cpe, path);
  if (node === undefined) throw new Error(`${entry.device.id} has no ${path}`);
  return heldValue(entry.state.cpe, node, 0);
}

/** Where `talk-frequency-table` keeps what the demo wants of it. */
export const TALK = {
  user: "Device.PPP.Interface.1.Username",
  password: "Device.PPP.Interface.1.Password",
  frequencies: "Device.X_GP_WiMAX.FrequencyTable",
  firmware: "Device.DeviceInfo.SoftwareVersion",
} as const;
