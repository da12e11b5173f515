/** `not`: the device says the opposite (Baicells CellBarred among permissions). Stands before `bool`. */
import { z } from "zod";
import { said, unsayable, type Coded, type Plain, type Step } from "./codec.ts";

const opposite = (value: Plain): Coded =>
  typeof value === "boolean" ? said(!value) : unsayable("is neither true nor false");

export const not: Step<Record<string, never>> = {
  name: "not",
  meaning: "true for false and false for true",
  shape: "value",
  options: () => z.strictObject({}),
  build: () => ({ encode: opposite, decode: opposite }),
};
