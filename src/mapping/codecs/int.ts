/** `int`: a whole number as decimal text, `min` to `max` inclusive. `+5`, `5.0` and an empty text are foreign. */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

export const int: Step<{ min?: number | undefined; max?: number | undefined }> = {
  name: "int",
  meaning: "a whole number, as decimal text",
  shape: "value",
  options: () =>
    z.strictObject({
      min: z.int().optional().describe("Smallest that is read or written."),
      max: z.int().optional().describe("Largest that is read or written."),
    }),
  build({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }) {
    const inside = (value: number): boolean =>
      Number.isSafeInteger(value) && value >= min && value <= max;
    return {
      encode: (value) =>
        typeof value === "number" && inside(value)
          ? said(String(value + 0)) // -0 is written 0
          : unsayable(`is not a whole number from ${min} to ${max}`),
      decode(wire) {
        if (typeof wire !== "string" || !/^-?\d+$/.test(wire.trim()))
          return unsayable("is not a whole number");
        const value = Number(wire) + 0;
        return inside(value) ? said(value) : unsayable(`is not from ${min} to ${max}`);
      },
    };
  },
};
