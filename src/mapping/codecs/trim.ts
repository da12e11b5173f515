/** `trim`: blanks around a text mean nothing; shown and written without. */
import { foldStep } from "./fold.ts";

export const trim = foldStep(
  "trim",
  "blanks around the text mean nothing; none are written",
  (text) => text.trim(),
);
