/**
 * Where a text stops being JSON (RFC 8259), without recursion and without quoting it.
 *
 * Only the first mistake is found: what comes after it is guesswork.
 */
import { placesOf, type TextPlace } from "./text-place.ts";

export interface Place extends TextPlace {
  readonly message: string;
}

const SCALAR =
  /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![A-Za-z0-9_.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** Where the text in quotes that begins here ends; by hand, as a pattern would need a stack for megabytes. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length;) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < " ") return undefined;
    if (char === "\\") {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return undefined;
      at = ESCAPE.lastIndex;
    } else at += 1;
  }
  return undefined;
}

/** The token at an offset: its kind and its end. Undefined: there is none. */
function tokenAt(
  text: string,
  at: number,
): { readonly kind: string; readonly end: number } | undefined {
  const char = text.charAt(at);
  if (char !== "" && "{}[],:".includes(char)) return { kind: char, end: at + 1 };
  if (char === '"') {
    const end = endOfString(text, at);
    return end === undefined ? undefined : { kind: "string", end };
  }
  SCALAR.lastIndex = at;
  return SCALAR.test(text) ? { kind: "scalar", end: SCALAR.lastIndex } : undefined;
}

type Expected = "value" | "value or ]" | "name" | "name or }" | "colon" | "comma or end";

const WORDS: Readonly<Record<Expected, string>> = {
  value: "expected a value",
  "value or ]": "expected a value or ]",
  name: "expected a name in double quotes",
  "name or }": "expected a name in double quotes or }",
  colon: "expected a colon",
  "comma or end": "expected a comma, or the end of the object or list",
};

/** The first mistake of a text that `JSON.parse` has refused. Linear, and never throws. */
export function malformedAt(text: string): Place {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  for (let at = skipBlanks(text, 0); ;) {
    const token = tokenAt(text, at);
    if (token === undefined) return stuck(text, at, expected, open);
    const next = step(token.kind, expected, open);
    if (next === undefined) return place(text, at, WORDS[expected]);
    at = skipBlanks(text, token.end);
    if (next === "done") {
      return place(text, at, "did not expect anything after the end of the value");
    }
    expected = next;
  }
}

function step(
  kind: string,
  expected: Expected,
  open: ("{" | "[")[],
): Expected | "done" | undefined {
  const wantsValue = expected === "value" || expected === "value or ]";
  const close = (): Expected | "done" => (open.length === 0 ? "done" : "comma or end");
  switch (kind) {
    case "{":
    case "[":
      if (!wantsValue) return undefined;
      open.push(kind);
      return kind === "{" ? "name or }" : "value or ]";
    case "}":
    case "]": {
      const empty = kind === "}" ? "name or }" : "value or ]";
      if (expected !== empty && expected !== "comma or end") return undefined;
      if (open.at(-1) !== (kind === "}" ? "{" : "[")) return undefined;
      open.pop();
      return close();
    }
    case ",":
      if (expected !== "comma or end") return undefined;
      return open.at(-1) === "{" ? "name" : "value";
    case ":":
      return expected === "colon" ? "value" : undefined;
    case "string":
      if (expected === "name" || expected === "name or }") return "colon";
      return wantsValue ? close() : undefined;
    default:
      return wantsValue ? close() : undefined;
  }
}

function stuck(text: string, at: number, expected: Expected, open: readonly string[]): Place {
  if (at >= text.length) {
    const what = text.trim() === "" ? "the body is empty" : "the text ends too early";
    return place(text, at, open.length === 0 ? what : `${what}: ${WORDS[expected]}`);
  }
  if (text[at] === '"') {
    return place(
      text,
      at,
      "this text in quotes is not closed, or holds a bad escape or a line break",
    );
  }
  return place(text, at, WORDS[expected]);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\n\r".includes(text.charAt(at))) at += 1;
  return at;
}

function place(text: string, offset: number, message: string): Place {
  return { ...placesOf(text)(offset), message };
}

/** The offset of the first bracket deeper than `limit` in a text that is JSON. */
export function depthProblem(text: string, limit: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") {
      depth += 1;
      if (depth > limit) return at;
    } else if (char === "}" || char === "]") depth -= 1;
  }
  return undefined;
}
