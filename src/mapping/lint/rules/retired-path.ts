import type { Found, Rule } from "./rule.ts";

export const retiredPath: Rule = {
  name: "retired_path",
  meaning: "a path was deleted from the standard (error), or is deprecated or obsoleted (warning)",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, file, pointer }): Found[] => {
      const { finding, declared } = known(path);
      if (finding.kind !== "parameter" && finding.kind !== "object") return [];
      if (finding.status === "current" || declared) return [];
      const message = `${path} is ${finding.status} in the standard. If the device has it, say so in declares.`;
      const severity = finding.status === "deleted" ? "error" : "warning";
      return [{ severity, file, pointer, message }];
    }),
};
