/** `Device`: who a CPE is, which ACS talks to it, what it is called. What it should be is in its desired documents. */
import { z } from "zod";
import { parseDeviceId, printDeviceId } from "../../model/device.ts";
import type { KindDef } from "./kind.ts";
import { line, recordName } from "./parts.ts";

const spec = z.strictObject({
  oui: z
    .string()
    .regex(/^[0-9A-Fa-f]{6}$/, "must be six hexadecimal digits, in quotes")
    .transform((text) => text.toUpperCase())
    .meta({ description: "Manufacturer OUI, six hexadecimal digits, in quotes" }),
  productClass: line(64)
    .optional()
    .meta({ description: "As the CPE says it in its Inform; left out if it has none" }),
  serial: line(64).meta({ description: "Serial number, in quotes if it is all digits" }),
  acs: recordName.meta({ description: "Name of the Acs record that reaches it" }),
  hold: z
    .strictObject({
      reason: line(500).meta({ description: "Shown wherever the device is shown" }),
      until: z.iso
        .datetime({ offset: true, error: "must be a moment like 2026-12-01T06:00:00Z" })
        .optional()
        .meta({ description: "RFC 3339; without it, until released" }),
    })
    .optional()
    .meta({ description: "While it is there, nothing is written to the device" }),
});

export type DeviceSpec = z.output<typeof spec>;

export const device: KindDef<"Device", DeviceSpec> = {
  kind: "Device",
  path: "devices",
  meaning: "one CPE: its identity, its ACS, its labels, a hold",
  spec,
  check(metadata, { oui, productClass, serial }) {
    const id = printDeviceId({ oui, productClass: productClass ?? null, serial });
    if (parseDeviceId(metadata.name) === undefined || metadata.name === id) return [];
    const message = `is the id of another device; this one is ${id}`;
    return [{ pointer: "/metadata/name", code: "crossed_identity", message }];
  },
  references: ({ acs }) => [{ kind: "Acs", name: acs, pointer: "/spec/acs" }],
};
