/**
 * Values that a map states beside a path (`{$vlan.Enable: false}`). They are compared by meaning and written in one
 * spelling: a device reads back `true` where `1` was written, and that is no difference.
 *
 *   false        holds for `0` and `false` in any case, written `0` (Friendly takes 0 and 1; XML Schema allows both)
 *   4094         holds for any spelling of the number (`04094`), written in decimal
 *   "Enabled"    holds for exactly this text
 */
import { z } from "zod";

export const literalSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Literal = z.infer<typeof literalSchema>;

/** By path of the parameter. */
export const companionsSchema = z.record(z.string().min(1), literalSchema);
export type CompanionsText = z.infer<typeof companionsSchema>;

export function saysLiteral(value: Literal, text: string): boolean {
  if (typeof value === "string") return text === value;
  const plain = text.trim().toLowerCase();
  if (typeof value === "boolean") return (value ? ["true", "1"] : ["false", "0"]).includes(plain);
  return /^-?\d+(\.\d+)?$/.test(plain) && Number(plain) === value;
}

export const literalText = (value: Literal): string =>
  typeof value === "boolean" ? (value ? "1" : "0") : String(value);

/** Could one text be both? For states that a map has to keep apart. */
export const literalsMeet = (a: Literal, b: Literal): boolean =>
  saysLiteral(a, literalText(b)) || saysLiteral(b, literalText(a));
