/**
 * `Profile`: the steady state of a part of the fleet. It never holds credentials: secrets and what belongs to one
 * customer stand in the device's own desired documents.
 */
import { z } from "zod";
import { frequencyPlanSchema, type FrequencyPlan } from "../../model/fields/frequency.ts";
import { FIELDS } from "../../model/fields/index.ts";
import type { KindDef } from "./kind.ts";
import { recordName, recordSelector } from "./parts.ts";

/** Either the plan itself, or the name of a `FrequencyPlan` record. */
type PlanOrName = FrequencyPlan | { readonly plan: string };

const planOrName = z
  .strictObject({
    plan: recordName.optional().meta({ description: "Name of a FrequencyPlan record" }),
    channelsKhz: frequencyPlanSchema.shape.channelsKhz.optional(),
    bandwidthKhz: frequencyPlanSchema.shape.bandwidthKhz.optional(),
  })
  .transform(({ plan, channelsKhz, bandwidthKhz }, context): PlanOrName => {
    if (plan !== undefined && channelsKhz === undefined && bandwidthKhz === undefined)
      return { plan };
    if (plan === undefined && channelsKhz !== undefined && bandwidthKhz !== undefined) {
      return { channelsKhz, bandwidthKhz };
    }
    const message = "must have either plan, or both channelsKhz and bandwidthKhz";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

const fields = z
  .strictObject({
    firmware: FIELDS.firmware.schema.optional().meta({ description: FIELDS.firmware.meaning }),
    frequencyPlan: planOrName.optional().meta({ description: FIELDS.frequencyPlan.meaning }),
    management: FIELDS.management.schema
      .optional()
      .meta({ description: FIELDS.management.meaning }),
    credentials: z
      .never({ error: "a profile cannot hold credentials: they belong to one device's document" })
      .optional(),
  })
  .refine((value) => Object.keys(value).length > 0, "must set at least one field")
  // `credentials` is named above for its message only.
  .transform(({ firmware, frequencyPlan, management }) => ({
    ...(firmware === undefined ? {} : { firmware }),
    ...(frequencyPlan === undefined ? {} : { frequencyPlan }),
    ...(management === undefined ? {} : { management }),
  }));

const spec = z.strictObject({ selector: recordSelector, fields });

export type ProfileSpec = z.output<typeof spec>;

export const profile: KindDef<"Profile", ProfileSpec> = {
  kind: "Profile",
  path: "profiles",
  meaning: "what a part of the fleet should be, chosen by labels and identity",
  spec,
  references({ fields: { frequencyPlan } }) {
    if (frequencyPlan === undefined || !("plan" in frequencyPlan)) return [];
    const pointer = "/spec/fields/frequencyPlan/plan";
    return [{ kind: "FrequencyPlan", name: frequencyPlan.plan, pointer }];
  },
};
