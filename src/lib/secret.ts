/**
 * A value that must not be seen: it prints, logs, serialises and inspects as a mark.
 *
 * It is opened in two places only: when a call to the ACS is built, and when it is sealed or digested for the store.
 */
const MARK = "[secret]";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain value. Every caller of this is a place to audit. */
  open(): string {
    return this.#value;
  }

  /** Compares without telling by its duration where the first difference is. */
  equals(other: Secret): boolean {
    const a = this.#value;
    const b = other.#value;
    let difference = a.length ^ b.length;
    for (let i = 0; i < a.length; i += 1) {
      difference |= a.charCodeAt(i) ^ b.charCodeAt(i % Math.max(1, b.length));
    }
    return difference === 0;
  }

  toString(): string {
    return MARK;
  }

  toJSON(): string {
    return MARK;
  }

  [Symbol.toPrimitive](): string {
    return MARK;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MARK;
  }
}
