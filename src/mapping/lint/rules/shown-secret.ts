import type { Purpose } from "../table-text.ts";
import type { Found, Rule } from "./rule.ts";

const WHY: Partial<Record<Purpose, string>> = {
  value: ": only a secret logical parameter may stand there, behind the step secret",
  condition: " and mostly reads back empty, so no row can be chosen by it",
  action: ", and a secret never stands in a map",
};

/** Most devices read it back empty, and some show it: either way nothing may compare it, choose by it or show it. */
export const shownSecret: Rule = {
  name: "shown_secret",
  meaning: "a hidden, secured or declared secret parameter stands without the step secret",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, purpose, secret, file, pointer }): Found[] => {
      const why = WHY[purpose];
      if (secret || why === undefined || !known(path).secret) return [];
      return [{ severity: "error", file, pointer, message: `${path} is a secret${why}` }];
    }),
};
