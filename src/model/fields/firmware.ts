/** Firmware: the version that the CPE should run. What brings it there is a download of a `FirmwareImage` record. */
import { z } from "zod";
import type { FieldDef } from "./field.ts";

export interface Firmware {
  readonly version: string;
}

export const firmware: FieldDef<"firmware", Firmware> = {
  name: "firmware",
  meaning: "software version that the CPE should run, as the CPE itself spells it",
  schema: z.strictObject({ version: z.string().min(1).max(256) }),
  carriers: [{ required: ["device.software-version"], optional: [] }],
  phase: 30,
  urgent: false,
  toLogical: (value) => new Map([["device.software-version", value.version]]),
};
