/** A domain in words, for people: the reference page and messages. */
import type { Domain } from "./domain.ts";

const SHOWN = 16;
/** Of many words the ends, which tell enough. */
const oneOf = (words: readonly string[]): string =>
  words.length <= SHOWN
    ? `one of ${words.join(", ")}`
    : `one of ${words.length}: ${words.slice(0, 2).join(", ")} to ${words.slice(-1).join("")}`;

const inUnit = (unit: string | undefined): string => (unit === undefined ? "" : ` ${unit}`);

export function describeDomain(domain: Domain): string {
  switch (domain.kind) {
    case "text":
      return `text, up to ${domain.max} characters${domain.fold === "lower" ? ", in lower case" : ""}`;
    case "digits":
      return domain.min === domain.max
        ? `${domain.min} digits`
        : `${domain.min} to ${domain.max} digits`;
    case "integer":
      return domain.max === Number.MAX_SAFE_INTEGER
        ? `whole number from ${domain.min}${inUnit(domain.unit)}`
        : `${domain.min} to ${domain.max}${inUnit(domain.unit)}`;
    case "boolean":
      return "true or false";
    case "word":
      return oneOf(domain.words) + (domain.unit === undefined ? "" : ` (${domain.unit})`);
    case "mac":
      return "MAC address";
    case "ipv4":
      return "IPv4 address";
    case "secret":
      return `secret, ${domain.min} to ${domain.max} characters`;
    case "nothing-or":
      return `${describeDomain(domain.of)}; or nothing: ${domain.nothing}`;
    case "record":
      return Object.entries(domain.members)
        .map(([name, member]) => `${name} (${describeDomain(member)})`)
        .join(", ");
    case "list": {
      const what = domain.order === "set" ? "set of" : "ordered list of";
      return `${what} up to ${domain.max}: ${describeDomain(domain.of)}`;
    }
  }
}
