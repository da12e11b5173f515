/**
 * `text`: limits what is written. Reading is lenient: what a device holds is shown, also when we would not write it.
 *
 * Characters are counted, not bytes (TR-106 `string(64)`); `pattern` has to fit the whole text, as a pattern of TR-106. Control characters are refused: XML cannot carry most of them.
 * A secret passes through closed; it is opened here only to be measured, and nothing of it goes into the message.
 */
import { z } from "zod";
import { Secret } from "../../lib/secret.ts";
import { parsePattern } from "../pattern.ts";
import { said, unsayable, type Step } from "./codec.ts";

const CONTROL = /[\u0000-\u001f\u007f]/;

const optionsSchema = z.strictObject({
  max: z.int().min(1).max(65_536).optional().describe("Most characters that are written."),
  pattern: z
    .string()
    .min(1)
    .optional()
    .describe("RE2 expression that the whole text has to fit to be written."),
});

export const text: Step<z.infer<typeof optionsSchema>> = {
  name: "text",
  meaning: "text of at most `max` characters that fits `pattern`",
  shape: "value",
  options: () => optionsSchema,
  build({ max, pattern }, context, pointer) {
    const whole = pattern === undefined ? null : parsePattern(`^(?:${pattern})$`);
    if (whole !== null && "fault" in whole)
      context.problem(`${pointer}/pattern`, `the pattern ${whole.fault}`);
    const fits = whole !== null && "test" in whole ? whole : null;
    return {
      encode(value) {
        const plain = value instanceof Secret ? value.open() : value;
        if (typeof plain !== "string") return unsayable("is not text");
        if (max !== undefined && Array.from(plain).length > max)
          return unsayable(`is longer than ${max} characters`);
        if (CONTROL.test(plain)) return unsayable("holds a control character");
        if (fits?.test(plain) === false)
          return unsayable("does not fit the pattern that the device asks for");
        return said(value);
      },
      decode: (wire) =>
        typeof wire === "string" || wire instanceof Secret ? said(wire) : unsayable("is not text"),
    };
  },
};
