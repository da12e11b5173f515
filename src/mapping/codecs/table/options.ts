/** A table as a map writes it, and what of its shape is refused. What needs the built row is refused in `check.ts`. */
import { z } from "zod";
import { conditionSchema } from "../../conditions.ts";
import { literalSchema } from "../../literal.ts";

const word = z.string().min(1);
/** By parameter below the row. */
const texts = z.record(word, literalSchema);
const conditions = z.array(conditionSchema).min(1);

const removeSchema = z
  .strictObject({
    text: z.string().optional().describe("Written to the row, where it is one parameter."),
    trigger: word.optional().describe("A parameter that takes a row away when it is written to."),
    value: z.enum(["rowName", "rowText"]).optional().describe("What the trigger is told."),
  })
  .refine(
    ({ text, trigger, value }) =>
      (trigger === undefined) === (value === undefined) &&
      (trigger === undefined) !== (text === undefined),
    "wants either text, or trigger with value",
  );

const insertSchema = (pipeline: z.ZodType<unknown[]>) =>
  z.strictObject({
    trigger: word.describe("A parameter that makes a row when it is written to."),
    value: pipeline
      .optional()
      .describe("From an entry to the trigger's text; without it the steps of the only field."),
  });

export const optionsSchema = (pipeline: z.ZodType<unknown[]>) =>
  z
    .strictObject({
      row: word.describe("Path of a row, with {r} for its number."),
      fields: z
        .record(word, pipeline)
        .refine((fields) => Object.keys(fields).length > 0, "has no fields")
        .describe("Steps of each field, to $row.Parameter, or $row where a row is one parameter."),
      scalar: word.optional().describe("The only field, where an entry is no record."),
      key: z
        .array(word)
        .min(1)
        .optional()
        .describe("Fields that tell entries apart. Without it: all in a set, none in a list."),
      order: z.enum(["set", "index"]).describe("index: the order of row numbers means something."),
      slots: z
        .strictObject({
          free: z.union([literalSchema, texts]).describe("What an unused row holds."),
        })
        .optional()
        .describe("The rows are always there."),
      insert: insertSchema(pipeline).optional().describe("Rows are made by a vendor's trigger."),
      remove: removeSchema.optional().describe("How a row of insert goes; by an empty text."),
      max: z.int().min(1).optional().describe("Most rows that the device makes."),
      onCreate: texts.optional().describe("Written with the fields of a new row."),
      created: texts
        .optional()
        .describe("What the CPE puts into fields of a new row, if not empty, 0 or false."),
      owns: z
        .union([
          z.literal("all"),
          z.strictObject({ where: conditions.describe("All have to hold.") }),
        ])
        .optional()
        .describe("Which rows are ours: those that meet all conditions. Without it: all."),
      ignore: conditions.optional().describe("Rows that meet one of these are not ours."),
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
