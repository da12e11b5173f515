/**
 * `scale`: a whole number in the unit of the device, as decimal text. Exact or refused, never rounded.
 *
 * `wire` is the device's unit, counted in ours: `Hz`, `kHz`, `MHz` for frequencies, which are kHz everywhere, or any
 * decimal number. Seconds where the device has minutes are `wire: 60`, where it has milliseconds `wire: "0.001"`;
 * thousandths of a dBm where it has tenths are `wire: 100`.
 *
 * 2505500 kHz is `2505.5` in MHz with `decimals: 1` and `inexact` with none; 2505000500 Hz is foreign. Frequencies are not
 * negative.
 */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

const KHZ = { Hz: "0.001", kHz: "1", MHz: "1000" } as const;
type Frequency = keyof typeof KHZ;
const isFrequency = (unit: string): unit is Frequency => Object.hasOwn(KHZ, unit);

const NUMBER = /^(-?)(\d{1,28})(?:\.(\d{1,9}))?$/;

/** A decimal number as `digits` / 10^`places`, exactly. */
function parseDecimal(text: string): { digits: bigint; places: number } | undefined {
  const [, sign = "", whole, fraction = ""] = NUMBER.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const places = fraction.replace(/0+$/, "");
  return { digits: BigInt(sign + whole + places), places: places.length };
}

function printDecimal(digits: bigint, places: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, "");
  return `${digits < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

const power = (places: number): bigint => 10n ** BigInt(places);

const optionsSchema = z.strictObject({
  wire: z
    .union([z.enum(["Hz", "kHz", "MHz"]), z.number().positive(), z.string()])
    .describe("The unit of the device: Hz, kHz, MHz, or how many of our units it is."),
  decimals: z
    .int()
    .min(0)
    .max(9)
    .optional()
    .describe("Digits behind the point that the device takes; none unless given."),
});

export const scale: Step<z.infer<typeof optionsSchema>> = {
  name: "scale",
  meaning: "a whole number in the unit of the device, exactly",
  shape: "value",
  options: () => optionsSchema,
  build({ wire: unit, decimals = 0 }, context, pointer) {
    const name = String(unit);
    const factor = parseDecimal(isFrequency(name) ? KHZ[name] : name);
    if (factor === undefined || factor.digits <= 0n)
      context.problem(`${pointer}/wire`, "is neither Hz, kHz, MHz nor a decimal number above 0");
    const { digits: size, places } = factor ?? { digits: 1n, places: 0 };
    const what = isFrequency(name) ? "whole kHz" : "a whole number";
    const fits = (value: number): boolean =>
      Number.isSafeInteger(value) && (value >= 0 || !isFrequency(name));
    return {
      encode(value) {
        if (typeof value !== "number" || !Number.isFinite(value))
          return unsayable(`is not ${what}`);
        if (!Number.isInteger(value)) return unsayable(`is not ${what}`, "inexact");
        if (!fits(value)) return unsayable(value < 0 ? "is negative" : "is too large");
        const scaled = BigInt(value) * power(places + decimals);
        return scaled % size === 0n
          ? said(printDecimal(scaled / size, decimals))
          : unsayable("cannot be said in the unit of the device without rounding", "inexact");
      },
      decode(wire) {
        const given = typeof wire === "string" ? parseDecimal(wire) : undefined;
        if (given === undefined) return unsayable("is not a number");
        const scaled = given.digits * size;
        const divisor = power(given.places + places);
        if (scaled % divisor !== 0n) return unsayable(`is not ${what}`, "inexact");
        const value = Number(scaled / divisor);
        return fits(value) ? said(value) : unsayable(value < 0 ? "is negative" : "is too large");
      },
    };
  },
};
