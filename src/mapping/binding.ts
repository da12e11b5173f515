/** What a map says of one logical parameter. Its steps are read one by one, by `pipeline.ts`. */
import { z } from "zod";
import { parseDurationMs } from "../lib/time.ts";

const effectsSchema = z.strictObject({
  interrupts: z.array(z.enum(["mgmt", "wan", "wifi", "radio"])).optional(),
  reboot: z.enum(["none", "after", "self"]).optional(),
  applies: z.enum(["now", "afterReboot"]).optional(),
  settle: z
    .string()
    .refine((text) => parseDurationMs(text) !== undefined, "wants a duration as 90s or 2m")
    .optional(),
});

export const bindingSchemaOf = (step: z.ZodType) =>
  z.strictObject({
    lens: z.array(step).min(1),
    observeOnly: z.boolean().optional(),
    effects: effectsSchema.optional(),
    /** Another binding that says so too may keep something in the same parameters. */
    shares: z.boolean().optional(),
    /** A value that the map cannot decode may be overwritten; without this it is only reported. */
    overwriteForeign: z.boolean().optional(),
  });
export const bindingSchema = bindingSchemaOf(z.unknown());
export type BindingText = z.infer<typeof bindingSchema>;
