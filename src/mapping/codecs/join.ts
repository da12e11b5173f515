/**
 * `join`: two texts in one, `user@realm`.
 *
 * `splitAt` says which separator divides when there are several; the part on its far side may then not hold one, or it
 * could not be read back. With `omitEmpty` an empty second part takes its separator with it. Every text can be read:
 * one that we would not write ourselves (`user@`) is all first part, so that it is seen and can be corrected.
 */
import { z } from "zod";
import { isRecord, said, unsayable, type Step } from "./codec.ts";

interface Options {
  of: [string, string];
  sep: string;
  splitAt?: "first" | "last" | undefined;
  omitEmpty?: boolean | undefined;
}

export const join: Step<Options> = {
  name: "join",
  meaning: "two texts in one, with a separator",
  shape: "value",
  options: () =>
    z.strictObject({
      of: z
        .tuple([z.string().min(1), z.string().min(1)])
        .describe("Members of the record, in the order of the text."),
      sep: z.string().length(1).describe("The character between the two."),
      splitAt: z
        .enum(["first", "last"])
        .optional()
        .describe("Which one divides where there are several; first unless given."),
      omitEmpty: z
        .boolean()
        .optional()
        .describe("An empty second part takes the separator with it."),
    }),
  build({ of: [first, second], sep, splitAt = "first", omitEmpty = false }) {
    return {
      encode(value) {
        const a = isRecord(value) ? value[first] : undefined;
        const b = isRecord(value) ? value[second] : undefined;
        if (typeof a !== "string" || typeof b !== "string")
          return unsayable(`needs the texts ${first} and ${second}`);
        const alone = omitEmpty && b === "";
        if (a.includes(sep) && (alone || splitAt === "first")) {
          return unsayable(`${first} holds "${sep}" and could not be read back`);
        }
        if (b.includes(sep) && splitAt === "last")
          return unsayable(`${second} holds "${sep}" and could not be read back`);
        return said(alone ? a : `${a}${sep}${b}`);
      },
      decode(wire) {
        if (typeof wire !== "string") return unsayable("is not text");
        const index = splitAt === "last" ? wire.lastIndexOf(sep) : wire.indexOf(sep);
        if (index < 0 && !omitEmpty) return unsayable(`has no "${sep}"`);
        const whole = index < 0 || (omitEmpty && index === wire.length - 1);
        return said(
          whole
            ? { [first]: wire, [second]: "" }
            : { [first]: wire.slice(0, index), [second]: wire.slice(index + 1) },
        );
      },
    };
  },
};
