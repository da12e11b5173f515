/**
 * Takes secrets out of anything that is about to be logged or sent. Callers never pass a secret on purpose; this is for
 * what slips in with an error of a library, a quoted request, an object that was logged whole.
 *
 * Four nets: a `Secret` is a mark by itself; what stands under a telling key goes; what looks like a secret inside a
 * text goes; and the installation's own secrets, which are known, go wherever they stand. Never throws.
 */
import type { Secret } from "../lib/secret.ts";

const MARK = "[secret]";
/** Characters of one text that are kept; it is scrubbed further than that, so that a cut hides no telltale. */
const MAX_TEXT = 4_096;
const MAX_MEMBERS = 200;
const MAX_DEPTH = 12;
/** A known secret shorter than this is left to the other nets: replacing each "1" would tell more than it hides. */
const MIN_KNOWN = 6;

const TELLING =
  "passw(?:or)?d|passphrase|passcode|pwd|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|" +
  "(?:pre)?[-_]?shared[-_]?key|wep[-_]?key|access[-_]?key|psk|dsn";
const TELLING_KEY = new RegExp(`${TELLING}|^pin$|credential$`, "i");

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // https://user:password@host, also where the password holds a slash
  [/:\/\/[^\s:@/]*:[^\s@]*@|:\/\/[^\s/?#@]*@/g, `://${MARK}@`],
  // Authorization: Basic dXNlcjpwYXNz
  [/\b(Basic|Bearer|Digest|Negotiate)\s+(?=\S*[A-Z0-9=])[A-Za-z0-9+/=._~-]{4,}/gi, `$1 ${MARK}`],
  // <wsse:Password Type="…">x</wsse:Password>
  [new RegExp(`(<[\\w:.-]*(?:${TELLING})[\\w.-]*(?:\\s[^>]*)?>)[^<]+`, "gi"), `$1${MARK}`],
  // <Name>….Password</Name><Value>x</Value>
  [
    new RegExp(`((?:${TELLING})[\\w.]*</[\\w:]*Name>\\s*<[\\w:]*Value[^>]*>)[^<]+`, "gi"),
    `$1${MARK}`,
  ],
  // password=x, "password": "x", token: x
  [
    new RegExp(
      `((?:${TELLING})[\\w.-]*\\\\?["']?\\s*[=:]\\s*)(?!\\[secret\\])(?:\\\\?"(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^\\s,;&<>"'}\\]]+)`,
      "gi",
    ),
    `$1${MARK}`,
  ],
  // a token of our own
  [/\bplumb_[A-Za-z0-9]+_[A-Za-z0-9]{16,}/g, `plumb_${MARK}`],
];

export interface Redactor {
  text(value: string): string;
  /** A plain copy: texts, numbers, booleans, null, arrays, objects. */
  value(value: unknown): unknown;
}

export function createRedactor(known: Iterable<Secret>): Redactor {
  // Opened once, here, and kept in this closure only.
  const values = [...known].map((secret) => secret.open()).filter((one) => one.length >= MIN_KNOWN);
  const texts = [...new Set(values.flatMap((one) => [one, encodeURIComponent(one)]))];

  const text = (value: string): string => {
    let clean = value;
    for (const one of texts) clean = clean.replaceAll(one, MARK);
    clean = clean.slice(0, 2 * MAX_TEXT);
    for (const [pattern, mark] of PATTERNS) clean = clean.replace(pattern, mark);
    return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}…` : clean;
  };

  const walk = (value: unknown, depth: number, around: ReadonlySet<object>): unknown => {
    switch (typeof value) {
      case "string":
        return text(value);
      case "number":
      case "boolean":
      case "undefined":
        return value;
      case "bigint":
        return value.toString();
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      case "object":
        break;
    }
    if (value === null) return null;
    if (around.has(value)) return "[circle]";
    if (depth >= MAX_DEPTH) return "[deep]";
    const inner = new Set(around).add(value);
    if (Array.isArray(value)) {
      return value.slice(0, MAX_MEMBERS).map((item) => walk(item, depth + 1, inner));
    }
    return object(value, depth, inner);
  };

  const object = (value: object, depth: number, around: ReadonlySet<object>): unknown => {
    // `Secret` has no members to walk, and says itself what it is.
    const tag = Object.prototype.toString.call(value);
    if (tag === "[object Date]") return Number.isNaN(+value) ? null : (value as Date).toISOString();
    if (value instanceof URL) return text(value.href);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return "[bytes]";
    const entries = entriesOf(value);
    if (entries === undefined) return MARK;
    const told = entries.some(
      ([key, member]) => /^(name|path|key)$/i.test(key) && TELLING_KEY.test(asText(member)),
    );
    return Object.fromEntries(
      entries.slice(0, MAX_MEMBERS).map(([key, member]) => {
        const hide = TELLING_KEY.test(key) || (told && /^(value|text|to|from)$/i.test(key));
        const empty = member === null || member === undefined || typeof member === "boolean";
        return [text(key), hide && !empty ? MARK : walk(member, depth + 1, around)];
      }),
    );
  };

  const guarded = (value: unknown): unknown => {
    try {
      return walk(value, 0, new Set());
    } catch {
      return "[unreadable]";
    }
  };
  return { text, value: guarded };
}

/** Undefined for a `Secret`, told by its own mark so that one from another copy of the module counts too. */
function entriesOf(value: object): readonly (readonly [string, unknown])[] | undefined {
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const own = Object.entries(value).filter(
      ([key]) => !["message", "stack", "cause"].includes(key),
    );
    return Object.entries({ name, message, stack, cause, ...Object.fromEntries(own) });
  }
  if (value instanceof Map) {
    return [...(value as Map<unknown, unknown>)].map(([key, member]) => [asText(key), member]);
  }
  if (value instanceof Set) return [["members", [...(value as Set<unknown>)]]];
  if ("open" in value && "toJSON" in value && Object.keys(value).length === 0) return undefined;
  return Object.entries(value);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
