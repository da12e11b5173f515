import type { Found, Rule } from "./rule.ts";

export const wrongKind: Rule = {
  name: "wrong_kind",
  meaning: "an object stands where a parameter has to, or the other way round",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, purpose, file, pointer }): Found[] => {
      const { kind } = known(path).finding;
      const wantsRows = purpose === "row" || purpose === "rows";
      const message =
        kind === "object" && !wantsRows && purpose !== "probe"
          ? `${path} is an object of the standard; name one of its parameters`
          : kind === "parameter" && wantsRows
            ? `${path} is a parameter of the standard and has no rows`
            : null;
      return message === null ? [] : [{ severity: "error", file, pointer, message }];
    }),
};
