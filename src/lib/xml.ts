/**
 * A small XML 1.0 reader with namespaces, and the escaping that a writer needs. It takes what any SOAP client may send,
 * prefixes and order as they come; `test/unit/lib/xml.test.ts` holds the cases.
 *
 * Read: elements, attributes, namespaces with prefixes and defaults, CDATA, comments, processing instructions, the five
 * entities and numeric references. Refused: what `xml-reader.ts` refuses, undeclared prefixes, characters that XML does
 * not have. Text is kept as it stands, blanks included.
 */
import { ILLEGAL, readXml, XmlError, type XmlPieces } from "./xml-reader.ts";

export { XmlError };

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

interface Growing extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

type Scope = ReadonlyMap<string, string>;

/** Can a document carry this text, in whatever spelling? Half of a surrogate pair cannot be written in UTF-8. */
export function isXmlText(text: string): boolean {
  return !ILLEGAL.test(text) && !/\p{Surrogate}/u.test(text);
}

class Tree implements XmlPieces {
  root: XmlElement | undefined;
  readonly #open: { readonly element: Growing; readonly scope: Scope }[] = [];
  readonly #base: Scope;

  constructor(declared: Iterable<string>) {
    this.#base = new Map([
      ...Array.from(declared, (prefix) => [prefix, ""] as const),
      ["", ""],
      ["xml", "http://www.w3.org/XML/1998/namespace"],
    ]);
  }

  open(qname: string, attributes: ReadonlyMap<string, string>, offset: number): void {
    const parent = this.#open.at(-1);
    let scope = parent?.scope ?? this.#base;
    for (const [key, value] of attributes) {
      if (key !== "xmlns" && !key.startsWith("xmlns:")) continue;
      scope = new Map(scope).set(key === "xmlns" ? "" : key.slice(6), value);
    }
    const colon = qname.indexOf(":");
    const prefix = colon < 0 ? "" : qname.slice(0, colon);
    const namespace = scope.get(prefix);
    if (namespace === undefined) throw new XmlError(`undeclared prefix "${prefix}"`, offset);
    const name = qname.slice(colon + 1);
    const element = { namespace, name, attributes, children: [], text: "", offset };
    parent?.element.children.push(element);
    this.root ??= element;
    this.#open.push({ element, scope });
  }

  close(): void {
    this.#open.pop();
  }

  text(text: string): void {
    const top = this.#open.at(-1);
    if (top !== undefined) top.element.text += text;
  }

  cdata(text: string): void {
    this.text(text);
  }
}

/**
 * The root element. @throws XmlError with the place, for anything that is not one well-formed document
 *
 * @param declared prefixes that may be used without a declaration: a body that was cut out of its envelope has lost them
 */
export function parseXml(source: string, declared: Iterable<string> = []): XmlElement {
  const tree = new Tree(declared);
  readXml(source, tree);
  if (tree.root === undefined) throw new XmlError("no element", 0);
  return tree.root;
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
