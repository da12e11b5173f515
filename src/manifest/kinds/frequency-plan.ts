/** `FrequencyPlan`: centre frequencies by name, so that profiles need not repeat them. */
import { frequencyPlanSchema, type FrequencyPlan } from "../../model/fields/frequency.ts";
import type { KindDef } from "./kind.ts";

export const frequencyPlan: KindDef<"FrequencyPlan", FrequencyPlan> = {
  kind: "FrequencyPlan",
  path: "frequencyplans",
  meaning: "centre frequencies in kHz, in scanning order, and the channel bandwidth",
  spec: frequencyPlanSchema,
};
