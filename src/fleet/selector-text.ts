/**
 * The one selector language (manifests, API, command line, pages): its texts. What a selector does is in `selector.ts`.
 *
 * Valid:    all · site=cpt · model=WIXB-175,state!=converged · site in (cpt,jhb) · ring notin (lab) · vip · !vip
 *           note="a, b" (quotes where a value holds anything but letters, digits and `_.:%@/+-`; inside, \" and \\)
 * Invalid:  the empty text and `*` (write `all`, so that the whole fleet is never meant by accident) · `a=1,` · `a==`
 *
 * Terms are joined by "and". A name is an attribute of ours (`NAMES`) or else a label.
 */
import { nearest } from "../lib/nearest.ts";
import { STATES } from "../model/status.ts";

export type Term =
  | { readonly kind: "in" | "notin"; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: "has" | "lacks"; readonly name: string };

/** No terms: the whole fleet. `a=1` is `in` with one value, `a!=1` is `notin` with one. */
export interface Selector {
  readonly terms: readonly Term[];
}

/** Where a text is no selector. `offset` counts UTF-16 units from 0. The text itself is not quoted. */
interface SelectorProblem {
  readonly kind: "problem";
  readonly code: "selector_syntax" | "selector_name" | "selector_value" | "selector_size";
  readonly offset: number;
  readonly message: string;
}

type ParsedSelector = { readonly kind: "selector"; readonly selector: Selector } | SelectorProblem;

/** `record`: in a stored record, which speaks of identity and labels only. `list`: in a query. */
export type SelectorUse = "record" | "list";

const NAMES: Readonly<Record<string, readonly SelectorUse[]>> = {
  acs: ["record", "list"],
  oui: ["record", "list"],
  productClass: ["record", "list"],
  serial: ["record", "list"],
  model: ["record", "list"],
  id: ["list"],
  firmware: ["list"],
  state: ["list"],
};
const REFUSED: Readonly<Record<string, string>> = {
  id: "a record cannot name one device by id; use serial, or a label",
  firmware: "a record cannot select by firmware, which changes by itself; use model, or a label",
  state: "a record cannot select by state, which changes by itself; use a label",
};

/** Names that no label may have, in any case: a selector could not tell them apart. */
export function isReservedName(name: string): boolean {
  return ["all", ...Object.keys(NAMES)].some((own) => own.toLowerCase() === name.toLowerCase());
}

/** 1 to 128 characters. */
export const LABEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,126}[A-Za-z0-9])?$/;
export const BARE = /[A-Za-z0-9_.:%@/+-]/;
const MAX_TEXT = 8_192;
const MAX_TERMS = 64;

class Refusal extends Error {
  readonly problem: SelectorProblem;
  constructor(code: SelectorProblem["code"], offset: number, message: string) {
    super(message);
    this.problem = { kind: "problem", code, offset, message };
  }
}

/** Reads one text from left to right. */
class Reader {
  readonly #text: string;
  readonly #use: SelectorUse;
  #at = 0;

  constructor(text: string, use: SelectorUse) {
    this.#text = text;
    this.#use = use;
  }

  selector(): Selector {
    this.#blanks();
    if (this.#at === this.#text.length || this.#text.trim() === "*") {
      throw new Refusal("selector_syntax", this.#at, `write "all" to mean every device`);
    }
    if (this.#text.trim() === "all") return { terms: [] };
    const terms: Term[] = [];
    do {
      if (terms.length === MAX_TERMS) {
        throw new Refusal("selector_size", this.#at, `has more than ${MAX_TERMS} terms`);
      }
      terms.push(this.#term());
    } while (this.#take(","));
    if (this.#at < this.#text.length) this.#expected("a comma");
    return { terms };
  }

  #term(): Term {
    if (this.#take("!")) return { kind: "lacks", name: this.#name() };
    const name = this.#name();
    if (this.#take("!=")) return { kind: "notin", name, values: [this.#value(name)] };
    if (this.#take("==") || this.#take("=")) {
      return { kind: "in", name, values: [this.#value(name)] };
    }
    const word = /^(in|notin)(?=[\s(])/.exec(this.#text.slice(this.#at, this.#at + 6))?.[1];
    if (word === undefined) return { kind: "has", name };
    this.#at += word.length;
    return { kind: word === "in" ? "in" : "notin", name, values: this.#list(name) };
  }

  #name(): string {
    this.#blanks();
    const start = this.#at;
    const name = this.#while(/[A-Za-z0-9_./-]/);
    if (name === "") this.#expected("a name");
    if (!LABEL_NAME.test(name)) {
      throw new Refusal("selector_name", start, "a name starts and ends with a letter or a digit");
    }
    const own = Object.keys(NAMES).find((each) => each.toLowerCase() === name.toLowerCase());
    if (own === undefined && !isReservedName(name)) return this.#then(name);
    if (own !== name) {
      const message = own === undefined ? `"all" stands alone` : `did you mean "${own}"?`;
      throw new Refusal("selector_name", start, message);
    }
    if (NAMES[name]?.includes(this.#use) !== true) {
      throw new Refusal("selector_name", start, REFUSED[name] ?? "is not possible here");
    }
    return this.#then(name);
  }

  #list(name: string): string[] {
    if (!this.#take("(")) this.#expected(`"("`);
    const values = new Set<string>();
    do values.add(this.#value(name));
    while (this.#take(","));
    if (!this.#take(")")) this.#expected(`a comma or ")"`);
    return [...values];
  }

  #value(name: string): string {
    this.#blanks();
    const start = this.#at;
    const value = this.#take('"') ? this.#quoted(start) : this.#while(BARE);
    if (value === "" && this.#text[start] !== '"') this.#expected("a value");
    this.#blanks();
    if (name === "oui") {
      if (/^[0-9A-Fa-f]{6}$/.test(value)) return value.toUpperCase();
      throw new Refusal("selector_value", start, "an OUI is six hexadecimal digits");
    }
    if (name === "state" && !(STATES as readonly string[]).includes(value)) {
      const near = nearest(value, STATES);
      const hint = near === undefined ? `one of ${STATES.join(", ")}` : `did you mean "${near}"?`;
      throw new Refusal("selector_value", start, `there is no such state; ${hint}`);
    }
    return value;
  }

  #quoted(start: number): string {
    let value = "";
    for (; this.#at < this.#text.length; this.#at += 1) {
      if (this.#take('"', false)) return value;
      if (this.#text[this.#at] === "\\") this.#at += 1;
      value += this.#text[this.#at] ?? "";
    }
    throw new Refusal("selector_syntax", start, "the quotation mark is never closed");
  }

  #while(allowed: RegExp): string {
    const start = this.#at;
    while (this.#at < this.#text.length && allowed.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #take(token: string, skipBlanks = true): boolean {
    if (skipBlanks) this.#blanks();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #then(name: string): string {
    this.#blanks();
    return name;
  }

  #blanks(): void {
    this.#while(/\s/);
  }

  #expected(what: string): never {
    throw new Refusal("selector_syntax", this.#at, `expected ${what}`);
  }
}

/** Never throws: any text gives a selector or the first problem with its place. */
export function parseSelector(text: string, options: { allow: SelectorUse }): ParsedSelector {
  if (text.length > MAX_TEXT) {
    const message = `is longer than ${MAX_TEXT} characters`;
    return { kind: "problem", code: "selector_size", offset: MAX_TEXT, message };
  }
  try {
    return { kind: "selector", selector: new Reader(text, options.allow).selector() };
  } catch (error) {
    if (error instanceof Refusal) return error.problem;
    throw error;
  }
}
