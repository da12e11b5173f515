/** One reader for trees of any source. What a text is shows in the text; the name of its file is only for problems. */
import { TreeBuilder, type ParsedTree } from "./builder.ts";
import { csv } from "./csv.ts";
import { cwmp } from "./cwmp.ts";
import type { TreeFormat } from "./format.ts";
import { genieacs } from "./genieacs.ts";
import { names } from "./names.ts";
import { tsv } from "./tsv.ts";

/** The registry of formats, one line each; the first that recognises a text reads it. */
const FORMATS: readonly TreeFormat[] = [genieacs, cwmp, csv, tsv, names];

/** UTF-16 units. The largest tree seen has 1 MB; one with all its time stamps in JSON about 5. */
const MAX_TEXT = 64 * 1024 * 1024;

/** Never throws: any text gives a tree, or every problem that was found, each with its place. */
export function parseTree(given: string, file: string): ParsedTree {
  const text = given.startsWith("\ufeff") ? given.slice(1) : given;
  const builder = new TreeBuilder(file);
  const format = text.length > MAX_TEXT ? undefined : FORMATS.find((each) => each.recognises(text));
  if (text.length > MAX_TEXT) {
    builder.problem({ line: 1 }, "too_large", `is longer than ${MAX_TEXT} characters`);
  } else if (format === undefined) {
    const known = FORMATS.map(({ meaning }) => meaning).join("; ");
    builder.problem({ line: 1 }, "not_a_tree", `is no tree of parameters. Known are: ${known}`);
  } else {
    format.read(text, builder);
  }
  return builder.finish();
}
