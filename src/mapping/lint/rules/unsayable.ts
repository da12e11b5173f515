import type { Found, Rule } from "./rule.ts";

export const unsayable: Rule = {
  name: "unsayable",
  meaning: "no value of the logical parameter gets through the steps",
  check: ({ bindings }) =>
    bindings.flatMap(({ logical, file, pointer, trial }): Found[] => {
      if (trial.unsayable === null) return [];
      const message = `no value of ${logical} can be written: each is refused, as it ${trial.unsayable}`;
      return [{ severity: "error", file, pointer: `${pointer}/lens`, message }];
    }),
};
