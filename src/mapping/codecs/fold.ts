/**
 * Steps that say what means nothing: the normal form is shown, compared and written, so that a device which answers in
 * another spelling is not corrected for it.
 */
import { z } from "zod";
import { said, unsayable, type Coded, type Plain, type Step } from "./codec.ts";

/** @param fold idempotent: folded text stays as it is */
export function foldStep(
  name: string,
  meaning: string,
  fold: (text: string) => string,
): Step<Record<string, never>> {
  const folded = (value: Plain): Coded =>
    typeof value === "string" ? said(fold(value)) : unsayable("is not text");
  return {
    name,
    meaning,
    shape: "value",
    options: () => z.strictObject({}),
    build: () => ({ encode: folded, decode: folded }),
  };
}
