import type { Found, Rule } from "./rule.ts";

/** Most devices read it back empty, and some show it: either way nothing may compare it, choose by it or show it. */
export const shownSecret: Rule = {
  name: "shown_secret",
  meaning: "a hidden, secured or declared secret parameter stands without the step secret",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, purpose, secret, file, pointer }): Found[] => {
      if (secret || (purpose !== "value" && purpose !== "condition") || !known(path).secret) {
        return [];
      }
      const message =
        purpose === "value"
          ? `${path} is a secret: only a secret logical parameter may stand there, behind the step secret`
          : `${path} is a secret and mostly reads back empty, so no row can be chosen by it`;
      return [{ severity: "error", file, pointer, message }];
    }),
};
