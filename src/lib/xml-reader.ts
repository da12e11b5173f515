/**
 * Reads an XML 1.0 document piece by piece: tags, attributes, text, CDATA; comments and processing instructions say
 * nothing. `xml.ts` makes a tree of the pieces. Refused: DOCTYPE (an ACS has no use for entity definitions), tags that do
 * not match, more than 64 levels, entities that XML does not have, the same attribute twice.
 */
export interface XmlPieces {
  /** @param qname as written, prefix included @param offset where the tag begins: characters from the start of the text */
  open(qname: string, attributes: ReadonlyMap<string, string>, offset: number): void;
  close(): void;
  /** As it stands between two tags, comments or CDATA sections, references resolved, line ends as one character each. */
  text(text: string): void;
  cdata(text: string): void;
  /** `<?...?>` inside the root element. */
  instruction?(): void;
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

export interface XmlReading {
  /** Also characters that XML does not have: an ACS repeats what a CPE has said. References to them are refused. */
  readonly anyCharacter?: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};
export const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const MAX_DEPTH = 64;

const NAME = "[A-Za-z_\\u0080-\\uffff][\\w.\\-\\u0080-\\uffff]*";
const TAG = new RegExp(`<(/?)((?:${NAME}:)?${NAME})((?:[^<>"']|"[^"<]*"|'[^'<]*')*?)(/?)>`, "y");
const ATTRIBUTE = new RegExp(`\\s+((?:${NAME}:)?${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "y");
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** @throws XmlError with the place, for anything that is not one well-formed document; whatever `pieces` throws */
export function readXml(
  source: string,
  pieces: XmlPieces,
  { anyCharacter = false }: XmlReading = {},
): void {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const open: string[] = [];
  let rooted = false;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    if (next !== at) {
      const piece = text.slice(at, next < 0 ? text.length : next);
      const decoded = decode(piece.replace(/\r\n?/g, "\n"), at, anyCharacter);
      if (open.length > 0) pieces.text(decoded);
      else if (decoded.trim() !== "") throw new XmlError("text outside of the document", at);
    }
    if (next < 0) break;
    at = next;
    const past = skip(text, at);
    if (past !== undefined) {
      if (text[at + 1] === "?" && open.length > 0) pieces.instruction?.();
      at = past;
    } else if (text.startsWith("<![CDATA[", at)) {
      const end = text.indexOf("]]>", at);
      if (end < 0) throw new XmlError("CDATA has no end", at);
      if (open.length === 0) throw new XmlError("text outside of the document", at);
      pieces.cdata(text.slice(at + 9, end));
      at = end + 3;
    } else {
      TAG.lastIndex = at;
      const match = TAG.exec(text);
      if (match === null) throw new XmlError(notATag(text, at), at);
      const [whole, closing, qname = "", rest = "", empty] = match;
      if (closing === "/") {
        if (open.pop() !== qname) throw new XmlError("a tag closes what is not open", at);
        pieces.close();
      } else {
        if (rooted && open.length === 0) throw new XmlError("a second root", at);
        if (open.length >= MAX_DEPTH) throw new XmlError("nested too deep", at);
        rooted = true;
        pieces.open(qname, readAttributes(rest, at, anyCharacter), at);
        if (empty === "/") pieces.close();
        else open.push(qname);
      }
      at += whole.length;
    }
  }
  if (open.length > 0) throw new XmlError("the document ends inside an element", at);
  if (!rooted) throw new XmlError("no element", 0);
}

function notATag(text: string, at: number): string {
  return text.startsWith("<!DOCTYPE", at) ? "a document type (an HTML page?)" : "not a tag";
}

/** Skips what says nothing: comments, processing instructions. @returns the end, or undefined if it is neither */
function skip(text: string, at: number): number | undefined {
  const [start, end] = text.startsWith("<!--", at) ? ["<!--", "-->"] : ["<?", "?>"];
  if (!text.startsWith(start, at)) return undefined;
  const stop = text.indexOf(end, at + start.length);
  if (stop < 0) throw new XmlError(`${start} has no end`, at);
  return stop + end.length;
}

function decode(text: string, offset: number, anyCharacter: boolean): string {
  if (!anyCharacter && ILLEGAL.test(text)) {
    throw new XmlError("a character that XML does not have", offset);
  }
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

function readAttributes(
  text: string,
  offset: number,
  anyCharacter: boolean,
): ReadonlyMap<string, string> {
  if (text.trim() === "") return NO_ATTRIBUTES;
  const attributes = new Map<string, string>();
  let at = 0;
  while (text.slice(at).trim() !== "") {
    ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(text);
    const name = match?.[1];
    if (match === null || name === undefined || attributes.has(name)) {
      throw new XmlError("not an attribute, or twice the same", offset);
    }
    attributes.set(name, decode(match[2] ?? match[3] ?? "", offset, anyCharacter));
    at = ATTRIBUTE.lastIndex;
  }
  return attributes;
}
