/** A small model for tables of cases, and the shipped ones. */
import { fileURLToPath } from "node:url";
import { credentialOverlay } from "../../../../src/acs/simulator/cpe.ts";
import type { CpeState } from "../../../../src/acs/simulator/cpe-state.ts";
import { parseModel, type CpeModel } from "../../../../src/acs/simulator/cpe-model.ts";

export const TREES = fileURLToPath(new URL("../../../../manifests/cpes", import.meta.url));
export const WSDL = fileURLToPath(
  new URL("../../../../manifests/acs/friendly-acsws.wsdl", import.meta.url),
);

export const SMALL = parseModel(
  [
    "# model\tsmall",
    "# root\tDevice",
    "# oui\t00AA00",
    "# productClass\tSmall",
    "# credential\tjoined\tDevice.PPP.Interface.1.Username\tDevice.PPP.Interface.1.Password",
    "# trigger\tinsert-rule\tDevice.Table.InsertRule\tDevice.Table.Rule",
    "Device.\tr",
    " DeviceInfo.\tr",
    "  ManufacturerOUI\tr\t-",
    "  SerialNumber\tr\tstring\tSN1",
    "  UpTime\tr\tunsignedInt\t7",
    "  NeverRead\tw\t-",
    '  Empty\tw\tstring\t""',
    " PPP.\tr",
    "  Interface.\tw",
    "   1.\tw",
    "    Enable\tw\tboolean\ttrue",
    "    MaxMRUSize\tw\tunsignedInt\t1492",
    '    Password\tw\tstring\t""',
    "    Reset\tw\tboolean\tfalse",
    "    Status\tr\tstring\tUp",
    "    Username\tw\tstring\told@isp.example",
    "  InterfaceNumberOfEntries\tr\tunsignedInt\t1",
    " Table.\tr",
    '  InsertRule\tw\tstring\t""',
    "  Rule01\tw\tstring\t2505000,10000",
    "  Rule03\tw\tstring\t2525000,10000",
    " X_Signal\tw\tint\t-71",
    " X_Shown.\tr",
    "  Password\tw\tstring\tvisible",
    "",
  ].join("\n"),
  "small.tsv",
);

/** Booted at 0; `serial` S1. */
export function cpeOf(model: CpeModel = SMALL, change: Partial<CpeState> = {}): CpeState {
  return {
    model,
    serial: "S1",
    ignoresWrites: false,
    bootedAtMs: 0,
    boots: 0,
    resets: 0,
    flashes: 0,
    flash: "runs",
    dead: false,
    overlay: credentialOverlay(model, { user: "u1", realm: "isp.example", password: "p1" }),
    ...change,
  };
}
