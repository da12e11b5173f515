/**
 * `netmask`: the length of a prefix (24) as a dotted mask (255.255.255.0). 0 to 32; a mask with a gap, as 255.0.255.0, is
 * no prefix and foreign.
 */
import { z } from "zod";
import { said, unsayable, type Step } from "./codec.ts";

const BITS = 32;

function maskOf(length: number): string {
  const bits = "1".repeat(length).padEnd(BITS, "0");
  return [0, 8, 16, 24].map((at) => parseInt(bits.slice(at, at + 8), 2)).join(".");
}
const LENGTHS = new Map(
  Array.from({ length: BITS + 1 }, (_, length) => [maskOf(length), length] as const),
);

export const netmask: Step<Record<string, never>> = {
  name: "netmask",
  meaning: "the length of a prefix as a dotted mask",
  shape: "value",
  options: () => z.strictObject({}),
  build: () => ({
    encode: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= BITS
        ? said(maskOf(value))
        : unsayable(`is not a prefix length from 0 to ${BITS}`),
    decode(wire) {
      const length = typeof wire === "string" ? LENGTHS.get(wire.trim()) : undefined;
      return length === undefined ? unsayable("is not the mask of a prefix") : said(length);
    },
  }),
};
