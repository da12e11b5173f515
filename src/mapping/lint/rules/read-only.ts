import type { Found, Rule } from "./rule.ts";

export const readOnly: Rule = {
  name: "read_only",
  meaning: "a binding writes what the standard or the map says can only be read",
  check: ({ uses, known }) =>
    uses.flatMap(({ path, purpose, written, file, pointer }): Found[] => {
      const { finding, writable } = known(path);
      const rows = purpose === "rows";
      if (!written || writable !== false || (finding.kind === "object") !== rows) return [];
      const message = rows
        ? `rows of ${path} can be neither added nor deleted. Say slots if they are fixed, observeOnly: true if they are only read, or declare the object writable.`
        : `${path} can only be read. Say observeOnly: true, or declare it writable if this device takes it.`;
      return [{ severity: "error", file, pointer, message }];
    }),
};
