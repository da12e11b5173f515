/**
 * `text`: limits what is written. Reading is lenient: what a device holds is shown, also when we would not write it.
 *
 * Characters are counted, not bytes (TR-106 `string(64)`). Control characters are refused: XML cannot carry most of them.
 * A secret passes through closed; it is opened here only to be measured, and nothing of it goes into the message.
 */
import { z } from "zod";
import { Secret } from "../../lib/secret.ts";
import { said, unsayable, type Step } from "./codec.ts";

const CONTROL = /[\u0000-\u001f\u007f]/;

export const text: Step<{ max?: number | undefined }> = {
  name: "text",
  meaning: "text of at most `max` characters",
  shape: "value",
  options: () => z.strictObject({ max: z.int().min(1).max(65_536).optional() }),
  build: ({ max }) => ({
    encode(value) {
      const plain = value instanceof Secret ? value.open() : value;
      if (typeof plain !== "string") return unsayable("is not text");
      if (max !== undefined && Array.from(plain).length > max)
        return unsayable(`is longer than ${max} characters`);
      if (CONTROL.test(plain)) return unsayable("holds a control character");
      return said(value);
    },
    decode: (wire) =>
      typeof wire === "string" || wire instanceof Secret ? said(wire) : unsayable("is not text"),
  }),
};
