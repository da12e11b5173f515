/**
 * `scale`: a frequency, logically whole kHz, as decimal text in the unit of the device. Exact or refused, never rounded:
 * 2505500 kHz is `2505.5` in MHz with `decimals: 1` and `inexact` with none; 2505000500 Hz is foreign.
 */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

/** Decimal places by which the wire's unit is larger than kHz. */
const SHIFT = { Hz: -3, kHz: 0, MHz: 3 } as const;

interface Options {
  wire: keyof typeof SHIFT;
  decimals?: number | undefined;
}

export const scale: Step<Options> = {
  name: "scale",
  meaning: "kHz in the unit of the device, exactly",
  shape: "value",
  options: () =>
    z.strictObject({
      wire: z.enum(["Hz", "kHz", "MHz"]),
      /** Digits after the point that the device takes; for MHz only. */
      decimals: z.int().min(0).max(3).optional(),
    }),
  build({ wire: unit, decimals = 0 }) {
    const shift = SHIFT[unit];
    return {
      encode(value) {
        if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
          return unsayable("is not a frequency in kHz");
        }
        if (!Number.isInteger(value)) return unsayable("is not whole kHz", "inexact");
        if (!Number.isSafeInteger(value)) return unsayable("is too large");
        if (shift <= 0) return said(value === 0 ? "0" : `${value}${"0".repeat(-shift)}`);
        const digits = String(value).padStart(shift + 1, "0");
        const fraction = digits.slice(-shift).replace(/0+$/, "");
        if (fraction.length > decimals)
          return unsayable(`cannot be said in ${unit} without rounding`, "inexact");
        return said(`${digits.slice(0, -shift)}${fraction === "" ? "" : `.${fraction}`}`);
      },
      decode(wire) {
        const [, whole, fraction = ""] =
          (typeof wire === "string" ? /^(\d{1,16})(?:\.(\d{1,9}))?$/.exec(wire.trim()) : null) ??
          [];
        if (whole === undefined) return unsayable(`is not a number of ${unit}`);
        const places = fraction.replace(/0+$/, "");
        // The point moves right for MHz and left for Hz; what is left behind it has to be nothing.
        const digits =
          shift >= 0 ? whole + places.padEnd(shift, "0") : whole.padStart(4, "0").slice(0, shift);
        const rest =
          shift >= 0
            ? places.slice(shift)
            : whole.padStart(4, "0").slice(shift).replace(/0+$/, "") + places;
        const value = Number(digits);
        if (rest !== "") return unsayable(`is not whole kHz`, "inexact");
        return Number.isSafeInteger(value) ? said(value) : unsayable("is too large");
      },
    };
  },
};
