/** The `ParameterMap` document as a schema, for reading and for editors. */
import { z } from "zod";
import { actionSchema } from "./actions.ts";
import { anchorSchema } from "./anchors.ts";
import { bindingSchemaOf } from "./binding.ts";
import { declaresSchema } from "./declares.ts";
import { LAYERS } from "./layer.ts";
import { matchSchema } from "./match.ts";
import { stepSchema } from "./pipeline.ts";
import { verifySchema } from "./verify.ts";

const word = z.string().min(1);
const mapName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "wants lower-case letters, digits and single hyphens");

const documentSchemaOf = (anchor: z.ZodType, binding: z.ZodType) =>
  z.strictObject({
    apiVersion: z.literal("plumbline/v1"),
    kind: z.literal("ParameterMap"),
    metadata: z.strictObject({ name: mapName, labels: z.record(word, z.string()).optional() }),
    spec: z.strictObject({
      extends: z.array(mapName).optional(),
      /** Default `model`. */
      layer: z.enum(LAYERS).optional(),
      /** Left out in base and vendor: then the map is only extended. */
      match: matchSchema.optional(),
      declares: declaresSchema.optional(),
      anchors: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), anchor).optional(),
      /** `null` takes an inherited binding away. */
      bind: z.record(word, binding.nullable()),
      actions: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), actionSchema).optional(),
      verify: verifySchema.optional(),
    }),
  });

/** The whole document, steps and all: for the JSON schema that editors use. Reading goes through `readMap`. */
export const parameterMapSchema = documentSchemaOf(anchorSchema, bindingSchemaOf(stepSchema));
/** All but anchors and bindings, which are read one by one. */
export const outerSchema = documentSchemaOf(z.unknown(), z.unknown());
