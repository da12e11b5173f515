/**
 * How every text begins that a pattern matches, as far as the pattern says so plainly: `^huawei` and `^zte` have no text in
 * common, `^(EG|HG)8` and `^HS8` neither. Patterns of which nothing can be said may match anything.
 */

const LITERAL = /^(?:[A-Za-z0-9 _,/:@#&-]|\\[.+*?()[\]{}|^$/-])/;

/** Literal characters at the beginning, without the last one where it may be left out; and what follows them. */
function literals(source: string): readonly [string, string] {
  let [text, rest] = ["", source];
  for (let found = LITERAL.exec(rest); found !== null; found = LITERAL.exec(rest)) {
    const after = rest.slice(found[0].length);
    if (/^[?*{]/.test(after)) return [text, ""];
    text += found[0].slice(-1);
    rest = after;
    if (rest.startsWith("+")) return [text, ""];
  }
  return [text, rest];
}

/** `a|b` outside of any group: what stands before it says nothing about what stands behind it. A first `]` is a member. */
function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]/gs)) {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (token === "|" && depth === 0) return true;
  }
  return false;
}

/** One of these begins each text, in lower case; an empty one where the pattern does not say. */
export function prefixesOf(source: string): readonly string[] {
  const plain = source.replace(/^\(\?i\)/, "");
  if (!plain.startsWith("^") || hasAlternatives(plain)) return [""];
  const [head, rest] = literals(plain.slice(1));
  const [group = "", choices = ""] = /^\((?:\?:)?([^()[\]\\?*+{}.^$]*)\)(?![?*{])/.exec(rest) ?? [];
  const [tail] = group === "" ? [""] : literals(rest.slice(group.length));
  return choices.split("|").map((choice) => (head + choice + tail).toLowerCase());
}

/** Can one text match both? */
export function prefixesMeet(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one) => b.some((other) => one.startsWith(other) || other.startsWith(one)));
}
