/** A table as a map writes it, and what of its shape is refused. What needs the built row is refused in `check.ts`. */
import { z } from "zod";
import { conditionSchema } from "../../conditions.ts";
import { literalSchema } from "../../literal.ts";

const word = z.string().min(1);
/** By parameter below the row. */
const texts = z.record(word, literalSchema);

export const optionsSchema = (pipeline: z.ZodType<unknown[]>) =>
  z
    .strictObject({
      row: word,
      /** Steps of each field, to parameters below `$row`; or to `$row` itself, where a row is one parameter. */
      fields: z
        .record(word, pipeline)
        .refine((fields) => Object.keys(fields).length > 0, "has no fields"),
      /** The only field, where an entry is a bare value and no record. */
      scalar: word.optional(),
      /** Fields that tell entries apart. Without it: all of them in a set, none in a list. */
      key: z.array(word).min(1).optional(),
      order: z.enum(["set", "index"]),
      slots: z.strictObject({ free: z.union([literalSchema, texts]) }).optional(),
      insert: z
        .strictObject({
          trigger: word,
          /** From an entry to the text of the trigger; without it the row's own steps, where it is one parameter. */
          value: pipeline.optional(),
        })
        .optional(),
      remove: z
        .strictObject({
          /** Written to the row, where it is one parameter. */
          text: z.string().optional(),
          trigger: word.optional(),
          value: z.enum(["rowName", "rowText"]).optional(),
        })
        .refine(
          ({ text, trigger, value }) =>
            (trigger === undefined) === (value === undefined) &&
            (trigger === undefined) !== (text === undefined),
          "wants either text, or trigger with value",
        )
        .optional(),
      /** Most rows that the device takes, where it makes them. */
      max: z.int().min(1).optional(),
      /** Written with the fields of a new row. */
      onCreate: texts.optional(),
      /** What a new row holds before anybody writes to it, where that is not empty, 0 or false. */
      created: texts.optional(),
      owns: z
        .union([z.literal("all"), z.strictObject({ where: z.array(conditionSchema).min(1) })])
        .optional(),
      ignore: z.array(conditionSchema).min(1).optional(),
    })
    .refine(
      ({ slots, insert }) => slots === undefined || insert === undefined,
      "wants at most one of slots and insert",
    )
    .refine(({ remove, insert }) => remove === undefined || insert !== undefined, {
      message: "only rows made by insert go by remove",
      path: ["remove"],
    })
    .refine(({ max, slots }) => max === undefined || slots === undefined, {
      message: "slots are counted on the device",
      path: ["max"],
    })
    .refine(
      ({ created, slots, insert }) =>
        created === undefined || (slots === undefined && insert === undefined),
      { message: "only rows of AddObject are made empty", path: ["created"] },
    )
    .refine(({ onCreate, insert }) => onCreate === undefined || insert === undefined, {
      message: "a trigger makes a row whole: there is no second call to rely on",
      path: ["onCreate"],
    })
    .refine(
      ({ scalar, fields }) =>
        scalar === undefined || (Object.hasOwn(fields, scalar) && Object.keys(fields).length === 1),
      { message: "has to be the only field", path: ["scalar"] },
    );
export type Options = z.infer<ReturnType<typeof optionsSchema>>;
