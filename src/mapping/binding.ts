/** What a map says of one logical parameter. Its steps are read one by one, by `pipeline.ts`. */
import { z } from "zod";
import { parseDurationMs } from "../lib/time.ts";
import { companionsSchema } from "./literal.ts";

const effectsSchema = z.strictObject({
  interrupts: z
    .array(z.enum(["mgmt", "wan", "wifi", "radio"]))
    .optional()
    .describe("What it may cut; mgmt is the link to the ACS itself."),
  reboot: z
    .enum(["none", "after", "self"])
    .optional()
    .describe("after: it wants a Reboot behind it; self: the device reboots by itself."),
  applies: z
    .enum(["now", "afterReboot"])
    .optional()
    .describe("afterReboot: it reads the old value until the device has booted."),
  settle: z
    .string()
    .refine((text) => parseDurationMs(text) !== undefined, "wants a duration as 90s or 2m")
    .optional()
    .describe("How long the device may be away after it, as 90s or 2m."),
});

const logicals = z.array(z.string().min(1)).optional();
const orderSchema = z.strictObject({
  disable: companionsSchema.optional().describe("Set in a call before the values."),
  enable: companionsSchema.optional().describe("Set in a call behind the values."),
  before: logicals.describe("Logical parameters that are written after this one, if both are."),
  after: logicals.describe("Logical parameters that are written before this one, if both are."),
});

export const bindingSchemaOf = (step: z.ZodType) =>
  z.strictObject({
    lens: z.array(step).min(1).describe("Steps from the logical value to the device."),
    observeOnly: z.boolean().optional().describe("It is read and never written."),
    effects: effectsSchema.optional().describe("What a write of it cuts while it takes effect."),
    order: orderSchema.optional().describe("What is written first, and what last."),
    requires: logicals.describe(
      "Logical parameters without which this one means nothing: the map has to bind them.",
    ),
    shares: z
      .boolean()
      .optional()
      .describe("Another binding that says so too may keep something in the same parameters."),
    overwriteForeign: z
      .boolean()
      .optional()
      .describe(
        "A value that the map cannot decode may be overwritten; without this it is only reported.",
      ),
  });
export const bindingSchema = bindingSchemaOf(z.unknown());
export type BindingText = z.infer<typeof bindingSchema>;
