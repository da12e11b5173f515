/**
 * `enum`: words in the codes of the device. `map` is written and read; codes in `read` are only read, as a CPE may answer
 * in another alphabet than it is written in (Baicells takes n25 and answers 5). A code in neither is foreign, since the
 * same code means another thing on the next model (Wi-Fi width 1 is 20 MHz here and 40 MHz there).
 *
 * Words are texts, as keys of YAML are; a number goes through `int` before, nothing through `optional`.
 */
import { z } from "zod";
import { pointerOf } from "../../lib/schema.ts";
import { said, unsayable, type Step } from "./codec.ts";

const code = z.union([z.string(), z.number()]);
const optionsSchema = z.strictObject({
  map: z.record(z.string().min(1), code).describe("Code to write for each word."),
  read: z
    .record(z.string(), z.string().min(1))
    .optional()
    .describe("Word for each further code that is read and never written."),
});

export const enumeration: Step<z.infer<typeof optionsSchema>> = {
  name: "enum",
  meaning: "words in the codes of the device",
  shape: "value",
  options: () => optionsSchema,
  build({ map, read = {} }, context, pointer) {
    const codes = new Map(Object.entries(map).map(([word, wire]) => [word, String(wire)]));
    const words = new Map<string, string>();
    for (const [word, wire] of codes) {
      const twin = words.get(wire);
      if (twin === undefined) words.set(wire, word);
      else
        context.problem(
          pointer + pointerOf(["map", word]),
          `has the code "${wire}", as ${twin} has`,
        );
    }
    for (const [wire, word] of Object.entries(read)) {
      const place = pointer + pointerOf(["read", wire]);
      const written = words.get(wire) ?? word;
      if (!codes.has(word)) context.problem(place, `"${word}" is no word of map`);
      else if (written !== word)
        context.problem(place, `reads "${wire}" as ${word}, and ${written} is written so`);
      words.set(wire, word);
    }
    return {
      encode(value) {
        const wire = typeof value === "string" ? codes.get(value) : undefined;
        return wire === undefined
          ? unsayable(`is none of ${[...codes.keys()].join(", ")}`)
          : said(wire);
      },
      decode(wire) {
        const word = typeof wire === "string" ? words.get(wire) : undefined;
        return word === undefined ? unsayable("is none of the known codes") : said(word);
      },
    };
  },
};
