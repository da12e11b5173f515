/** `upper`: case means nothing; shown and written in upper case, as many devices want hex digits. */
import { foldStep } from "./fold.ts";

export const upper = foldStep("upper", "case means nothing; upper case is written", (text) =>
  text.toUpperCase(),
);
