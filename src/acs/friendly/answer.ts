/**
 * From what the `soap` package hands over to one result of one dialect, or the reason why it is not believed.
 *
 * The library checks nothing by itself: a foreign answer arrives as `undefined`, an empty one as `null`, `{}` or
 * `{Body: null}`, and a result of another operation as an untyped object (measured, acs-northbound-apis.md 10.2).
 * The dialect is found by looking, never by configuration: `ErrorCode` is the typed one (2.2), one child `result`
 * with `response_code` is the older one (2.4), where every number is a text.
 */
import type { AnswerFault } from "../../ports/acs.ts";

export type Members = Readonly<Record<string, unknown>>;

export interface Fault {
  readonly kind: "fault";
  readonly fault: AnswerFault;
  readonly detail: string;
}

export interface Result {
  readonly kind: "result";
  readonly dialect: "typed" | "older";
  /** 100 is success in both dialects; no other good code was ever seen (2.3). */
  readonly good: boolean;
  /** The most telling code: the older dialect's `error_code` where it has one, else its `response_code`. */
  readonly code: number;
  readonly text: string;
  readonly members: Members;
}

export const SUCCESS = 100;

export function fault(kind: AnswerFault, detail: string): Fault {
  return { kind: "fault", fault: kind, detail };
}

/** Names of the members; `attributes` is where the parser puts XML attributes and is no member. */
function namesOf(value: Members): string[] {
  return Object.keys(value).filter((name) => name !== "attributes");
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A lone element is an object and several are an array (10.1); none is an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function isNil(attributes: unknown): boolean {
  if (!isMembers(attributes)) return false;
  return Object.entries(attributes).some(
    ([name, value]) =>
      (name === "nil" || name.endsWith(":nil")) && (value === "true" || value === "1"),
  );
}

/**
 * A leaf without its attributes: `{attributes, $value}` is what the parser makes of `<Value type="string">x</Value>`. It
 * leaves a nil leaf out, so `null` can only be an empty element that the schema does not know (the older dialect).
 */
function leafOf(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null) return "";
  if (!isMembers(value)) return value;
  if (namesOf(value).some((name) => name !== "$value")) return value;
  return isNil(value["attributes"]) ? null : (value["$value"] ?? "");
}

/**
 * The text of a leaf, blanks and all. A missing or nil leaf is `null`, which is not the empty text.
 * @returns undefined for anything that is not a leaf (a list, child elements): not a shape of this service
 */
export function textOf(value: unknown): string | null | undefined {
  const leaf = leafOf(value);
  if (leaf === null) return null;
  if (typeof leaf === "string") return leaf;
  if (typeof leaf === "number" || typeof leaf === "boolean") return String(leaf);
  return undefined;
}

/** A whole number that the schema made a number, or undefined. A text here means that the schema did not match. */
export function typedInteger(value: unknown): number | undefined {
  const leaf = leafOf(value);
  return typeof leaf === "number" && Number.isSafeInteger(leaf) ? leaf : undefined;
}

/** A whole number spelt as text: the older dialect has no schema. */
export function textInteger(value: unknown): number | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** True, false, or undefined for anything else; the typed dialect gives a boolean, the older one a text. */
export function truthOf(value: unknown, dialect: Result["dialect"]): boolean | undefined {
  const leaf = leafOf(value);
  if (dialect === "typed") return typeof leaf === "boolean" ? leaf : undefined;
  const text = textOf(value)?.trim().toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

/**
 * @param reply what stood inside `<Op>Response`
 * @returns the result of `<Op>Result`; `empty` when there is none, `wrong_type` when it is another operation's or has
 *   the marks of neither or both dialects, `incomplete` when the result code is missing
 */
export function resultOf(reply: unknown, operation: string): Result | Fault {
  if (reply === undefined) return fault("wrong_type", "another operation's response element");
  if (reply === null || reply === "") return fault("empty", "an empty response element");
  if (!isMembers(reply)) return fault("wrong_type", "the response is not an element with members");
  const names = namesOf(reply);
  if (names.length === 0) return fault("empty", "an empty response element");
  if (names.length === 1 && names[0] === "Body" && reply["Body"] === null) {
    return fault("empty", "an empty SOAP body");
  }
  const wanted = `${operation}Result`;
  if (names.length !== 1 || names[0] !== wanted) {
    return fault("wrong_type", `expected ${wanted} alone, found ${names.slice(0, 3).join(", ")}`);
  }
  const result = reply[wanted];
  if (result === null || result === "") return fault("empty", `an empty ${wanted}`);
  if (!isMembers(result)) return fault("wrong_type", `${wanted} has no members`);
  const typed = "ErrorCode" in result;
  const older = "result" in result;
  if (typed && older) return fault("wrong_type", `${wanted} has the marks of both dialects`);
  if (typed) return typedResult(result);
  if (older) return olderResult(result["result"]);
  return namesOf(result).length === 0
    ? fault("empty", `an empty ${wanted}`)
    : fault("incomplete", `${wanted} has no result code`);
}

function typedResult(result: Members): Result | Fault {
  const code = typedInteger(result["ErrorCode"]);
  if (code === undefined) return fault("wrong_type", "ErrorCode is not a number");
  const text = textOf(result["Message"]) ?? "";
  return { kind: "result", dialect: "typed", good: code === SUCCESS, code, text, members: result };
}

function olderResult(result: unknown): Result | Fault {
  if (!isMembers(result)) {
    return result === null || result === ""
      ? fault("empty", "an empty result")
      : fault("wrong_type", "result has no members");
  }
  if (!("response_code" in result)) return fault("incomplete", "result has no response_code");
  const response = textInteger(result["response_code"]);
  if (response === undefined) return fault("wrong_type", "response_code is not a number");
  const good = response === SUCCESS;
  const code = good ? response : (textInteger(result["error_code"]) ?? response);
  const text = textOf(result["message"]) ?? "";
  return { kind: "result", dialect: "older", good, code, text, members: result };
}
