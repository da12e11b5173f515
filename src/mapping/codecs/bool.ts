/** `bool`: true and false in the device's spelling. Further spellings are read, never written. */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

const word = z.string().min(1);
interface Options {
  true: string;
  false: string;
  readTrue?: string[] | undefined;
  readFalse?: string[] | undefined;
}

export const bool: Step<Options> = {
  name: "bool",
  meaning: "true and false in the spelling of the device",
  shape: "value",
  options: () =>
    z
      .strictObject({
        true: word.describe("Written for true."),
        false: word.describe("Written for false."),
        readTrue: z.array(word).optional().describe("Further spellings of true, only read."),
        readFalse: z.array(word).optional().describe("Further spellings of false, only read."),
      })
      .refine(
        (given) => {
          const yes = [given.true, ...(given.readTrue ?? [])];
          return ![given.false, ...(given.readFalse ?? [])].some((no) => yes.includes(no));
        },
        { message: "one spelling means both true and false" },
      ),
  build: (options) => ({
    encode: (value) =>
      typeof value === "boolean"
        ? said(value ? options.true : options.false)
        : unsayable("is neither true nor false"),
    decode(wire) {
      const is = (main: string, more: readonly string[] = []): boolean =>
        typeof wire === "string" && [main, ...more].includes(wire);
      if (is(options.true, options.readTrue)) return said(true);
      if (is(options.false, options.readFalse)) return said(false);
      return unsayable("is none of the known spellings of true and false");
    },
  }),
};
