/** What a logical type is: a domain, and what may not be written although it exists. */
import type { LogicalValue } from "../../model/logical.ts";
import { conform } from "./conform.ts";
import type { Domain } from "./domain.ts";

export interface LogicalType {
  /** For messages: "is not a `name`". */
  readonly name: string;
  readonly domain: Domain;
  /** The value in normal form, or undefined when it is not of this type. Takes anything; never throws. */
  parse(value: unknown): LogicalValue | undefined;
  /** Why a value in normal form may never be written, on any device; undefined when it may. Never quotes the value. */
  never(value: LogicalValue): string | undefined;
}

export function typeOf(
  name: string,
  domain: Domain,
  never: LogicalType["never"] = () => undefined,
): LogicalType {
  return { name, domain, parse: (value) => conform(domain, value), never };
}
