import type { Found, Rule } from "./rule.ts";

/** It reads back false whatever was written, so it would never be converged, and every try would start it again. */
export const boundCommand: Rule = {
  name: "bound_command",
  meaning: "a parameter whose write starts something is bound as if it held a value",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, purpose, file, pointer }): Found[] => {
      if ((purpose !== "value" && purpose !== "condition") || !known(path).command) return [];
      const message = `${path} is a command: a write starts something, and it never reads back. It belongs to actions.`;
      return [{ severity: "error", file, pointer, message }];
    }),
};
