/** The types that families share. What only one family needs stands in its file. */
import { isList, isRecord } from "../../model/logical.ts";
import type { Domain } from "./domain.ts";
import { either, noControl, notEmpty } from "./reasons.ts";
import { typeOf, type LogicalType } from "./type.ts";

export const boolean = typeOf("boolean", { kind: "boolean" });
export const mac = typeOf("MAC address", { kind: "mac" });
export const ipv4 = typeOf("IPv4 address", { kind: "ipv4" });

/** What a device says of itself in words of its own. The standard allows 64 characters, devices say more. */
export const deviceText = typeOf("text", { kind: "text", max: 1024 });
export const text = (max: number): LogicalType => typeOf("text", { kind: "text", max }, noControl);

export const secret = (max: number, min = 1): LogicalType =>
  typeOf("secret", { kind: "secret", min, max });

export const integer = (min: number, max: number, unit?: string): LogicalType =>
  typeOf("whole number", { kind: "integer", min, max, ...(unit === undefined ? {} : { unit }) });

/** Counts since some event, as far as a whole number is exact. */
export const counter = (unit: string): LogicalType => integer(0, Number.MAX_SAFE_INTEGER, unit);

export const word = (choices: readonly string[], unit?: string): LogicalType =>
  typeOf("word", { kind: "word", words: choices, ...(unit === undefined ? {} : { unit }) });

const HOSTS = ["a.example", "192.0.2.1", "2001:db8::1"];

/** Names or addresses of servers, in the order in which they are asked. `why` it may not be empty. */
export const hosts = (max: number, longest: number, why: string): LogicalType =>
  typeOf(
    "list of hosts",
    { kind: "list", of: { kind: "text", max: longest, examples: HOSTS }, order: "kept", max },
    either(notEmpty(why), (value) =>
      isList(value) && !value.every((host) => typeof host === "string" && /^[\w.:-]+$/.test(host))
        ? "has an entry that is no host name or address"
        : undefined,
    ),
  );

/** `nothing` says what it means that there is none. */
export const nothingOr = (type: LogicalType, nothing: string): LogicalType =>
  typeOf(`${type.name} or nothing`, { kind: "nothing-or", of: type.domain, nothing }, (value) =>
    value === null ? undefined : type.never(value),
  );

const NAME: Domain = { kind: "text", max: 255 };

/** A user with the realm that routes the request. A realm is a domain name, so its case means nothing. */
export const credential = typeOf(
  "credential",
  { kind: "record", members: { user: NAME, realm: { ...NAME, fold: "lower" } } },
  (value) => {
    const { user = "", realm = "" } = isRecord(value) ? value : {};
    if (user === "") return "has no user name, and the AAA would refuse the line";
    return noControl(user) ?? noControl(realm);
  },
);
