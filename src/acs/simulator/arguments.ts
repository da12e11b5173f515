/**
 * The arguments of a call, read as .NET reads them: by qualified name in any order; one that is missing has the default
 * of its type, unknown ones and attributes are passed over.
 */
import { AppError } from "../../lib/errors.ts";
import type { NameValue } from "./cpe.ts";
import type { XmlElement } from "../../lib/xml.ts";

export class Arguments {
  readonly #call: XmlElement;

  constructor(call: XmlElement) {
    this.#call = call;
  }

  #find(name: string): XmlElement | undefined {
    const { children, namespace } = this.#call;
    return children.find((each) => each.name === name && each.namespace === namespace);
  }

  /** Blanks are kept: a password may end in one. */
  text(name: string): string {
    return this.#find(name)?.text ?? "";
  }

  /** @throws AppError `invalid`, which the face turns into a fault */
  int(name: string): number {
    const text = this.#find(name)?.text.trim() ?? "0";
    if (!/^[+-]?\d{1,10}$/.test(text)) throw new AppError("invalid", `${name} is not an int`);
    return Number(text);
  }

  /** @throws AppError `invalid` */
  flag(name: string, missing = false): boolean {
    const text = this.#find(name)?.text.trim();
    if (text === undefined) return missing;
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    throw new AppError("invalid", `${name} is not a boolean`);
  }

  #items(name: string, item: string): readonly XmlElement[] {
    const list = this.#find(name)?.children ?? [];
    return list.filter((each) => each.name === item && each.namespace === this.#call.namespace);
  }

  texts(name: string, item: string): string[] {
    return this.#items(name, item).map((each) => each.text);
  }

  /** `Param` elements with `Name` and `Value`; a missing Value is the empty text. */
  params(name: string): NameValue[] {
    const member = (param: XmlElement, which: string): string =>
      param.children.find((each) => each.name === which && each.namespace === param.namespace)
        ?.text ?? "";
    return this.#items(name, "Param").map((param) => ({
      path: member(param, "Name"),
      value: member(param, "Value"),
    }));
  }
}
