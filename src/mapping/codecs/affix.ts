/** `affix`: fixed text around a value, as in `3532500KHz` (BM632w, WiMAX.Status.ConnectFreq). Case counts. */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

export const affix: Step<{ prefix?: string | undefined; suffix?: string | undefined }> = {
  name: "affix",
  meaning: "fixed text before and after the value",
  shape: "value",
  options: () =>
    z.strictObject({
      prefix: z.string().optional().describe("Stands before the value."),
      suffix: z.string().optional().describe("Stands behind the value."),
    }),
  build: ({ prefix = "", suffix = "" }) => ({
    encode: (value) =>
      typeof value === "string" ? said(`${prefix}${value}${suffix}`) : unsayable("is not text"),
    decode(wire) {
      const fits =
        typeof wire === "string" &&
        wire.length >= prefix.length + suffix.length &&
        wire.startsWith(prefix) &&
        wire.endsWith(suffix);
      return fits
        ? said(wire.slice(prefix.length, wire.length - suffix.length))
        : unsayable(`does not read ${prefix}…${suffix}`);
    },
  }),
};
