/** Frequency plan: the centre frequencies that the CPE scans, in kHz, in the order in which it tries them. */
import { z } from "zod";
import type { LogicalValue } from "../logical.ts";
import type { FieldDef } from "./field.ts";

export interface FrequencyPlan {
  readonly channelsKhz: readonly number[];
  readonly bandwidthKhz: number;
}

export const frequencyPlanSchema = z.strictObject({
  channelsKhz: z
    .array(z.int().min(1).max(100_000_000))
    .min(1)
    .max(64)
    .refine((list) => new Set(list).size === list.length, "names a channel twice"),
  bandwidthKhz: z.int().min(1).max(1_000_000),
});

export const frequencyPlan: FieldDef<"frequencyPlan", FrequencyPlan> = {
  name: "frequencyPlan",
  meaning: "centre frequencies in kHz, in scanning order, and the channel bandwidth",
  schema: frequencyPlanSchema,
  carriers: [
    { required: ["radio.scan-list"], optional: ["radio.bandwidth"] },
    { required: ["radio.channel-plan"], optional: [] },
  ],
  phase: 20,
  urgent: false,
  toLogical(value, carrier) {
    if (carrier.required.includes("radio.channel-plan")) {
      const channels = value.channelsKhz.map((centreKhz) => ({
        centreKhz,
        bandwidthKhz: value.bandwidthKhz,
      }));
      return new Map<string, LogicalValue>([["radio.channel-plan", channels]]);
    }
    return new Map<string, LogicalValue>([
      ["radio.scan-list", value.channelsKhz],
      ["radio.bandwidth", value.bandwidthKhz],
    ]);
  },
};
