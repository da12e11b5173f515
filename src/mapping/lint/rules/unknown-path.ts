import type { Found, Rule } from "./rule.ts";

/** Real devices misspell real names, so a near miss is a warning. */
export const unknownPath: Rule = {
  name: "unknown_path",
  meaning: "a path is of no standard, in no X_ branch, and not declared",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, file, pointer }): Found[] => {
      const { finding, declared } = known(path);
      if (finding.kind !== "unknown" || declared) return [];
      const near = finding.nearest === undefined ? "" : ` Did you mean ${finding.nearest}?`;
      const message = `${path} is of no standard data model.${near} If the device has it, say so in declares.`;
      return [{ severity: near === "" ? "error" : "warning", file, pointer, message }];
    }),
};
