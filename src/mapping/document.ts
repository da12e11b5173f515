/** The `ParameterMap` document as a schema, for reading and for editors. */
import { z } from "zod";
import { actionSchema } from "./actions.ts";
import { anchorSchema } from "./anchors.ts";
import { bindingSchemaOf } from "./binding.ts";
import { declaresSchema } from "./declares.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import { LAYERS } from "./layer.ts";
import { matchSchema } from "./match.ts";
import { stepSchema } from "./pipeline.ts";
import { verifySchema } from "./verify.ts";

const word = z.string().min(1);
const mapName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "wants lower-case letters, digits and single hyphens");

const documentSchemaOf = (anchor: z.ZodType, bind: z.ZodType<Record<string, unknown>>) =>
  z.strictObject({
    apiVersion: z.literal("plumbline/v1"),
    kind: z.literal("ParameterMap"),
    metadata: z.strictObject({
      name: mapName.describe("Lower-case letters, digits and single hyphens."),
      labels: z
        .record(word, z.string())
        .optional()
        .describe("status: suggested, and what you like."),
    }),
    spec: z.strictObject({
      extends: z.array(mapName).optional().describe("Maps to inherit from; the later one wins."),
      layer: z.enum(LAYERS).optional().describe("How narrow the map is; model unless given."),
      match: matchSchema
        .optional()
        .describe("Which devices it is for; without it the map is only extended."),
      declares: declaresSchema
        .optional()
        .describe("What the device has that no standard names, or keeps otherwise."),
      anchors: z
        .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), anchor)
        .optional()
        .describe("Rows that are found by what they hold; $name stands for one in a path."),
      bind: bind.describe("Where each logical parameter stands; null takes an inherited one away."),
      actions: z
        .record(z.string().regex(/^[a-z][a-z0-9-]*$/), actionSchema)
        .optional()
        .describe("What the device can only be told to do."),
      verify: verifySchema.optional().describe("What get must return on a recorded device tree."),
    }),
  });

const bindingSchema = bindingSchemaOf(stepSchema).meta({ id: "binding" }).nullable().optional();

/** The whole document, steps and all: for the JSON schema that editors use. Reading goes through `readMap`. */
export const parameterMapSchema = documentSchemaOf(
  anchorSchema,
  z.strictObject(
    Object.fromEntries(
      [...DICTIONARY].map(([name, { meaning }]) => [name, bindingSchema.describe(meaning)]),
    ),
  ),
);
/** All but anchors and bindings, which are read one by one. */
export const outerSchema = documentSchemaOf(z.unknown(), z.record(word, z.unknown()));
