/**
 * `dbm`: a power that the device tells in a linear unit, shown in thousandths of a dBm (-2501 for 5624 tenths of a
 * microwatt, as XX230v tells its RXPower). Rounded, so that nothing can be written through it. 0 is foreign: no light has
 * no value in dBm.
 */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

/** How many there are in a milliwatt. */
const PER_MILLIWATT = { "0.1uW": 10_000, uW: 1000, nW: 1_000_000 } as const;

export const dbm: Step<{ wire: keyof typeof PER_MILLIWATT }> = {
  name: "dbm",
  meaning: "a linear power, read as thousandths of a dBm",
  shape: "value",
  oneWay: true,
  options: () =>
    z.strictObject({ wire: z.enum(["0.1uW", "uW", "nW"]).describe("The unit of the device.") }),
  build: ({ wire: unit }) => ({
    encode: () => unsayable("can only be read"),
    decode(wire) {
      const count = typeof wire === "string" && /^\d{1,12}$/.test(wire.trim()) ? Number(wire) : 0;
      return count === 0
        ? unsayable("is no power")
        : said(Math.round(10_000 * Math.log10(count / PER_MILLIWATT[unit])) + 0);
    },
  }),
};
