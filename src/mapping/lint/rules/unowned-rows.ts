import { tablesIn } from "../table-text.ts";
import type { Found, Rule } from "./rule.ts";

export const unownedRows: Rule = {
  name: "unowned_rows",
  meaning: "others make rows too in such a list, and the table does not say which are ours",
  check: ({ bindings }) =>
    bindings.flatMap(({ logical, def, observeOnly, text, file, pointer }): Found[] => {
      if (def.strangers !== "keep" || observeOnly) return [];
      return tablesIn(text.lens, `${pointer}/lens`)
        .filter(({ owns }) => !owns)
        .map((table) => ({
          severity: "error",
          file,
          pointer: table.pointer,
          message: `${logical} also has rows of others, and a put would delete them: say owns with the condition that tells ours`,
        }));
    }),
};
