/**
 * Looks at the raw text of an answer before the `soap` package parses it, and lets through only what that parser will
 * hand over unchanged. Measured with soap 1.13.0; each item has a test:
 * - it accepts the response element of any namespace and, as `undefined`, of any other operation;
 * - an attribute `id="__proto__"` writes to Object.prototype, and every later parse in the process fails;
 * - text beside CDATA, blanks in CDATA, and blanks in an element with attributes are lost without a word;
 * - CDATA that holds an XML declaration is parsed as if it were part of the answer;
 * - a nil `ParamWSDL` vanishes from its list.
 *
 * The reader is ours: it takes a ninth of the time of `sax`, the one inside `soap` (measured on the answer to a read of
 * 60 parameters). It refuses more than sax does and reads the rest alike, but for `??>`, which does not end a processing
 * instruction of sax: so there may be none inside the envelope.
 */
import { readXml, XmlError, type XmlPieces } from "../../lib/xml-reader.ts";
import type { AnswerFault } from "../../ports/acs.ts";

/** Far above the largest parameter tree seen (2,000 parameters are 0.3 MB); it bounds memory and the time of a parse. */
const MAX_ANSWER_CHARS = 16 * 1024 * 1024;
const MAX_ELEMENTS = 400_000;
const MAX_DEPTH = 32;

const NAMESPACE = "http://www.friendly-tech.com";
const SOAP = new Set([
  "http://schemas.xmlsoap.org/soap/envelope/",
  "http://www.w3.org/2003/05/soap-envelope",
]);

type Attributes = ReadonlyMap<string, string>;

export interface Objection {
  readonly fault: AnswerFault;
  readonly detail: string;
}

/** Thrown through the reader to stop it at the first objection; it never leaves this file. */
class Stop extends Error {
  readonly objection: Objection;
  constructor(fault: AnswerFault, detail: string) {
    super(detail);
    this.objection = { fault, detail };
  }
}

interface Open {
  readonly local: string;
  readonly bare: boolean;
  readonly prefixes: ReadonlyMap<string, string>;
  hasChild: boolean;
  /** What stands there, and what soap's parser makes of it. */
  text: string;
  parsed: string;
  lost: boolean;
}

const NO_PREFIXES: ReadonlyMap<string, string> = new Map();

/**
 * @param body the whole text of the answer
 * @returns undefined when the body is well-formed and its only element is `<Op>Response` of our namespace
 */
export function objectionTo(body: string, operation: string): Objection | undefined {
  if (body.trim() === "") return { fault: "empty", detail: "no body" };
  if (body.length > MAX_ANSWER_CHARS) return { fault: "garbled", detail: "the body is too large" };
  if (body.includes("\uFFFD")) {
    return { fault: "garbled", detail: "bytes that are not text in the declared encoding" };
  }
  const check = new EnvelopeCheck(operation);
  try {
    readXml(body, check, { anyCharacter: true });
    check.finish();
    return undefined;
  } catch (error) {
    if (error instanceof Stop) return error.objection;
    const why = error instanceof XmlError ? `: ${error.message}` : "";
    return { fault: "garbled", detail: `not well-formed XML${why}` };
  }
}

class EnvelopeCheck implements XmlPieces {
  readonly #wanted: string;
  readonly #stack: Open[] = [];
  #elements = 0;
  #bodies = 0;
  #answers = 0;
  #fault: string | undefined;

  constructor(operation: string) {
    this.#wanted = `${operation}Response`;
  }

  finish(): void {
    if (this.#bodies === 0) throw new Stop("garbled", "an envelope without a body");
    if (this.#fault !== undefined) throw new Stop("acs_fault", this.#fault);
    if (this.#answers === 0) throw new Stop("empty", "an empty SOAP body");
  }

  open(name: string, attributes: Attributes): void {
    const depth = this.#stack.length;
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS || depth >= MAX_DEPTH) {
      throw new Stop("garbled", "too many or too deeply nested elements");
    }
    const parent = this.#stack.at(-1);
    const colon = name.indexOf(":");
    const local = name.slice(colon + 1);
    if (local in Object.prototype) throw new Stop("garbled", "an element named like a built-in");
    const prefixes = depth < 3 ? scope(parent?.prefixes, attributes) : NO_PREFIXES;
    const bare = depth < 3 || isBare(attributes, local);
    if (depth < 3) {
      const namespace = prefixes.get(colon < 0 ? "" : name.slice(0, colon)) ?? "";
      this.#place(depth, local, namespace, parent);
    }
    if (parent !== undefined) parent.hasChild = true;
    this.#stack.push({ local, bare, prefixes, hasChild: false, text: "", parsed: "", lost: false });
  }

  /** The first three levels: Envelope, Body (or Header), and the one answer. */
  #place(depth: number, local: string, namespace: string, parent: Open | undefined): void {
    if (depth === 0) {
      if (local !== "Envelope" || !SOAP.has(namespace)) {
        throw new Stop("garbled", `the root element is not a SOAP envelope`);
      }
    } else if (depth === 1 && local === "Body") {
      this.#bodies += 1;
      if (this.#bodies > 1 || !SOAP.has(namespace)) throw new Stop("garbled", "not one SOAP body");
    } else if (depth === 2 && parent?.local === "Body") {
      this.#answers += 1;
      if (local === "Fault" && SOAP.has(namespace)) this.#fault = "";
      else if (local !== this.#wanted) {
        throw new Stop("wrong_type", `expected ${this.#wanted}, found ${local.slice(0, 80)}`);
      } else if (namespace !== NAMESPACE) {
        throw new Stop("wrong_type", `${this.#wanted} of another namespace`);
      }
      if (this.#answers > 1) throw new Stop("wrong_type", "more than one answer in one body");
    }
  }

  instruction(): void {
    throw new Stop("garbled", "a processing instruction inside the envelope");
  }

  text(text: string): void {
    this.#read(text, false);
  }

  cdata(text: string): void {
    this.#read(text, true);
  }

  #read(text: string, cdata: boolean): void {
    const top = this.#stack.at(-1);
    if (top === undefined) return;
    top.text += text;
    if (text.trim() === "") {
      if (cdata) top.lost = true;
    } else {
      if (cdata && text.includes("<?xml")) top.lost = true;
      top.parsed = top.bare ? top.parsed + text : text;
    }
  }

  close(): void {
    const top = this.#stack.pop();
    if (top === undefined) return;
    if (this.#fault !== undefined) {
      // faultstring (SOAP 1.1) or Reason/Text (1.2): the first line of a .NET exception.
      if (top.local === "faultstring" || top.local === "Text") this.#fault ||= top.text;
      return;
    }
    const blank = top.text.trim() === "";
    if (top.hasChild) {
      if (!blank) throw new Stop("garbled", "text between elements");
    } else if (top.text !== "") {
      // Blanks alone survive only in an element that the schema calls a string: those of the typed dialect.
      const kept = blank ? top.bare && top.local !== "value" : top.parsed === top.text;
      if (top.lost || !kept) throw new Stop("garbled", "text that the parser would change");
    }
  }
}

/** Whether an element has no attributes but namespaces. Refuses those that the parser acts upon. */
function isBare(attributes: Attributes, local: string): boolean {
  let bare = true;
  for (const [name, value] of attributes) {
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    if (name === "id" || name === "href") throw new Stop("garbled", "a reference between elements");
    if (local === "ParamWSDL" && name.endsWith(":nil") && value !== "false" && value !== "0") {
      throw new Stop("incomplete", "a nil parameter");
    }
    bare = false;
  }
  return bare;
}

function scope(
  outer: ReadonlyMap<string, string> | undefined,
  attributes: Attributes,
): ReadonlyMap<string, string> {
  isBare(attributes, "");
  const own = [...attributes].filter(([name]) => name.split(":")[0] === "xmlns");
  const inner = own.map(([name, uri]): [string, string] => [name.slice("xmlns:".length), uri]);
  return new Map([...(outer ?? []), ...inner]);
}
