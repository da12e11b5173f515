/**
 * A small XML 1.0 reader with namespaces, and the escaping that a writer needs. It takes what any SOAP client may send,
 * prefixes and order as they come; `test/unit/lib/xml.test.ts` holds the cases.
 *
 * Read: elements, attributes, namespaces with prefixes and defaults, CDATA, comments, processing instructions, the five
 * entities and numeric references. Refused: DOCTYPE (an ACS has no use for entity definitions), undeclared prefixes,
 * mismatched tags, more than 64 levels, characters that XML does not have. Text is kept as it stands, blanks included.
 */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** By name as written, prefix included. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, joined. */
  readonly text: string;
  /** Where its tag begins: characters from the start of the text. */
  readonly offset: number;
}

/** @property offset characters from the start of the text */
export class XmlError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "XmlError";
    this.offset = offset;
  }
}

interface Frame {
  readonly qname: string;
  readonly scope: ReadonlyMap<string, string>;
  readonly element: {
    namespace: string;
    name: string;
    attributes: Map<string, string>;
    children: XmlElement[];
    text: string;
    offset: number;
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const MAX_DEPTH = 64;

/** Can a document carry this text, in whatever spelling? Half of a surrogate pair cannot be written in UTF-8. */
export function isXmlText(text: string): boolean {
  return !ILLEGAL.test(text) && !/\p{Surrogate}/u.test(text);
}

function decode(text: string, offset: number): string {
  if (ILLEGAL.test(text)) throw new XmlError("a character that XML does not have", offset);
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    if (number !== null && whole.endsWith(";")) {
      const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
      const char = code <= 0x10ffff ? String.fromCodePoint(code) : "\u0000";
      if (!ILLEGAL.test(char)) return char;
    }
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known === undefined || !whole.endsWith(";")) throw new XmlError("unknown entity", offset);
    return known;
  });
}

const NAME = "[A-Za-z_\\u0080-\\uffff][\\w.\\-\\u0080-\\uffff]*";
const TAG = new RegExp(`<(/?)(?:(${NAME}):)?(${NAME})((?:[^<>"']|"[^"<]*"|'[^'<]*')*?)(/?)>`, "y");
const ATTRIBUTE = new RegExp(`\\s+((?:${NAME}:)?${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "y");

function readAttributes(text: string, offset: number): Map<string, string> {
  const attributes = new Map<string, string>();
  let at = 0;
  while (text.slice(at).trim() !== "") {
    ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(text);
    const name = match?.[1];
    if (match === null || name === undefined || attributes.has(name)) {
      throw new XmlError("not an attribute, or twice the same", offset);
    }
    attributes.set(name, decode(match[2] ?? match[3] ?? "", offset));
    at = ATTRIBUTE.lastIndex;
  }
  return attributes;
}

function open(match: RegExpExecArray, outer: ReadonlyMap<string, string>, offset: number): Frame {
  const [, , prefix = "", name = "", rest = ""] = match;
  const attributes = readAttributes(rest, offset);
  let scope = outer;
  for (const [key, value] of attributes) {
    if (key !== "xmlns" && !key.startsWith("xmlns:")) continue;
    scope = new Map(scope).set(key === "xmlns" ? "" : key.slice(6), value);
  }
  const namespace = scope.get(prefix);
  if (namespace === undefined) throw new XmlError(`undeclared prefix "${prefix}"`, offset);
  const qname = prefix === "" ? name : `${prefix}:${name}`;
  return { qname, scope, element: { namespace, name, attributes, children: [], text: "", offset } };
}

/** Skips what says nothing: comments, processing instructions. @returns the end, or undefined if it is neither */
function skip(text: string, at: number): number | undefined {
  const [start, end] = text.startsWith("<!--", at) ? ["<!--", "-->"] : ["<?", "?>"];
  if (!text.startsWith(start, at)) return undefined;
  const stop = text.indexOf(end, at + start.length);
  if (stop < 0) throw new XmlError(`${start} has no end`, at);
  return stop + end.length;
}

/**
 * The root element. @throws XmlError with the place, for anything that is not one well-formed document
 *
 * @param declared prefixes that may be used without a declaration: a body that was cut out of its envelope has lost them
 */
export function parseXml(source: string, declared: Iterable<string> = []): XmlElement {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const stack: Frame[] = [];
  const base = new Map([
    ...Array.from(declared, (prefix) => [prefix, ""] as const),
    ["", ""],
    ["xml", "http://www.w3.org/XML/1998/namespace"],
  ]);
  let root: XmlElement | undefined;
  const addText = (piece: string, at: number): void => {
    const top = stack.at(-1);
    if (top !== undefined) top.element.text += piece;
    else if (piece.trim() !== "") throw new XmlError("text outside of the document", at);
  };
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    if (next !== at) {
      const piece = text.slice(at, next < 0 ? text.length : next);
      addText(decode(piece.replace(/\r\n?/g, "\n"), at), at);
    }
    if (next < 0) break;
    at = next;
    const past = skip(text, at);
    if (past !== undefined) {
      at = past;
      continue;
    }
    if (text.startsWith("<![CDATA[", at)) {
      const end = text.indexOf("]]>", at);
      if (end < 0) throw new XmlError("CDATA has no end", at);
      addText(text.slice(at + 9, end), at);
      at = end + 3;
      continue;
    }
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (match === null) throw new XmlError("not a tag", at);
    if (match[1] === "/") {
      const frame = stack.pop();
      const qname = match[2] === undefined ? match[3] : `${match[2]}:${match[3] ?? ""}`;
      if (frame?.qname !== qname) throw new XmlError("a tag closes what is not open", at);
    } else {
      if (root !== undefined && stack.length === 0) throw new XmlError("a second root", at);
      if (stack.length >= MAX_DEPTH) throw new XmlError("nested too deep", at);
      const frame = open(match, stack.at(-1)?.scope ?? base, at);
      stack.at(-1)?.element.children.push(frame.element);
      root ??= frame.element;
      if (match[5] !== "/") stack.push(frame);
    }
    at = TAG.lastIndex;
  }
  if (stack.length > 0) throw new XmlError("the document ends inside an element", at);
  if (root === undefined) throw new XmlError("no element", 0);
  return root;
}

const SPECIAL = /[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;",
};

/** For text and attribute values. Characters that XML does not have become U+FFFD: nothing can carry them. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (char) => ESCAPES[char] ?? "\ufffd");
}
