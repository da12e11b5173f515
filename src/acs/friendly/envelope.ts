/**
 * Looks at the raw text of an answer before the `soap` package parses it, and lets through only what that parser will
 * hand over unchanged. Measured with soap 1.13.0; each item has a test:
 * - it accepts the response element of any namespace and, as `undefined`, of any other operation;
 * - an attribute `id="__proto__"` writes to Object.prototype, and every later parse in the process fails;
 * - text beside CDATA, blanks in CDATA, and blanks in an element with attributes are lost without a word;
 * - CDATA that holds an XML declaration is parsed as if it were part of the answer;
 * - a nil `ParamWSDL` vanishes from its list.
 *
 * The reader is `sax`, the one inside `soap`, so that both see the same elements; soap hands it out (`getSaxStream`).
 * Entities are never expanded by it, and a document type is refused all the same.
 */
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

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** As much of sax's stream as is used here. */
export interface SaxStream {
  on(event: "opentag", listener: (tag: Tag) => void): unknown;
  on(event: "closetag" | "text" | "cdata" | "doctype", listener: (text: string) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  write(text: string): unknown;
  end(): unknown;
}

export interface Objection {
  readonly fault: AnswerFault;
  readonly detail: string;
}

/** Thrown through sax to stop it at the first objection; it never leaves this file. */
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
export function objectionTo(
  body: string,
  operation: string,
  open: () => SaxStream,
): Objection | undefined {
  if (body.trim() === "") return { fault: "empty", detail: "no body" };
  if (body.length > MAX_ANSWER_CHARS) return { fault: "garbled", detail: "the body is too large" };
  if (body.includes("\uFFFD")) {
    return { fault: "garbled", detail: "bytes that are not text in the declared encoding" };
  }
  const check = new EnvelopeCheck(operation);
  try {
    const sax = open();
    check.listen(sax);
    sax.write(body);
    sax.end();
    check.finish();
    return undefined;
  } catch (error) {
    if (error instanceof Stop) return error.objection;
    return { fault: "garbled", detail: "the body cannot be read as XML" };
  }
}

class EnvelopeCheck {
  readonly #wanted: string;
  readonly #stack: Open[] = [];
  #elements = 0;
  #roots = 0;
  #bodies = 0;
  #answers = 0;
  #fault: string | undefined;

  constructor(operation: string) {
    this.#wanted = `${operation}Response`;
  }

  listen(sax: SaxStream): void {
    sax.on("error", () => {
      throw new Stop("garbled", "not well-formed XML");
    });
    sax.on("doctype", () => {
      throw new Stop("garbled", "a document type (an HTML page?)");
    });
    sax.on("opentag", (tag) => {
      this.#enter(tag);
    });
    sax.on("text", (text) => {
      this.#read(text, false);
    });
    sax.on("cdata", (text) => {
      this.#read(text, true);
    });
    sax.on("closetag", () => {
      this.#leave();
    });
  }

  finish(): void {
    if (this.#bodies === 0) throw new Stop("garbled", "an envelope without a body");
    if (this.#fault !== undefined) throw new Stop("acs_fault", this.#fault);
    if (this.#answers === 0) throw new Stop("empty", "an empty SOAP body");
  }

  #enter({ name, attributes }: Tag): void {
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
      this.#roots += 1;
      if (this.#roots > 1 || local !== "Envelope" || !SOAP.has(namespace)) {
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

  #leave(): void {
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
function isBare(attributes: Tag["attributes"], local: string): boolean {
  let bare = true;
  // Not Object.entries: this runs for each element, and nearly all have no attribute.
  for (const name in attributes) {
    const value = attributes[name];
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
  attributes: Tag["attributes"],
): ReadonlyMap<string, string> {
  isBare(attributes, "");
  const own = Object.entries(attributes).filter(([name]) => name.split(":")[0] === "xmlns");
  const inner = own.map(([name, uri]): [string, string] => [name.slice("xmlns:".length), uri]);
  return new Map([...(outer ?? []), ...inner]);
}
