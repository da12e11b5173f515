/**
 * Names, one a line, as people paste them. A line that starts with `#` says nothing.
 *
 *     Device.PPP.Interface.1.                       an object, as it ends in a dot
 *     Device.PPP.Interface.1.Username               never read
 *     Device.PPP.Interface.1.Username=u@example     read; all behind the first "=" or tab is the value, blanks too
 *     Device.PPP.Interface.1.Password=              read, and empty
 *     Device.PPP.Interface.{i}.Username             of a model and no device: each {i} stands for row 1
 */
import type { TreeFormat } from "./format.ts";
import { ROOTS } from "./tree.ts";

const FIRST = new RegExp(`^\\s*(#.*\\r?\\n\\s*)*(${ROOTS.join("|")})(\\.|\\s|$)`);

export const names: TreeFormat = {
  meaning: "a list of names, one a line",
  recognises: (text) => FIRST.test(text),
  read(text, builder) {
    text.split(/\r?\n/).forEach((given, index) => {
      const [, name = "", value] = /^\s*([^=\t]*)(?:[=\t](.*))?$/s.exec(given) ?? [];
      if (name.trim() === "" && value === undefined) return;
      if (name.startsWith("#")) return;
      const path = name.trim().replaceAll(/\{[A-Za-z]\w*\}/g, "1");
      builder.add(
        { path, object: null, writable: null, type: null, value: value ?? null },
        { line: index + 1 },
      );
    });
  },
};
