/** `lower`: case means nothing; shown and written in lower case. */
import { foldStep } from "./fold.ts";

export const lower = foldStep("lower", "case means nothing; lower case is written", (text) =>
  text.toLowerCase(),
);
