/**
 * Patterns of maps over texts of devices. Both come from outside, and an expression that backtracks can take for ever on
 * the wrong pair; RE2 takes time in proportion to the text. It has no look-around and no back-references.
 *
 * As in JavaScript a pattern is looked for anywhere in the text, unless ^ and $ hold it.
 */
import { RE2JS, RE2JSException } from "re2js";

const MAX_SOURCE = 200;
/** No parameter that tells one device or row from another is longer (LowerLayers has room for 1,024). */
const MAX_TEXT = 1_024;

export interface Pattern {
  /** A text of more than 1,024 characters matches nothing. */
  test(text: string): boolean;
  /** What each named group held, null where the text does not match; a group that took no part is empty. */
  groups(text: string): readonly string[] | null;
  /** Named groups in the order of the pattern. */
  readonly names: readonly string[];
}

/** Never throws; a fault goes on from "the pattern". */
export function parsePattern(source: string): Pattern | { readonly fault: string } {
  if (source.length > MAX_SOURCE) return { fault: `is longer than ${MAX_SOURCE} characters` };
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source);
  } catch (error) {
    // Its message quotes the piece that is wrong.
    if (error instanceof RE2JSException) return { fault: `is none: ${error.message}` };
    throw error;
  }
  const names = Object.keys(pattern.namedGroups());
  return {
    test: (text) => text.length <= MAX_TEXT && pattern.test(text),
    groups(text) {
      const matcher = pattern.matcher(text);
      if (text.length > MAX_TEXT || !matcher.find()) return null;
      return names.map((name) => matcher.group(name) ?? "");
    },
    names,
  };
}
