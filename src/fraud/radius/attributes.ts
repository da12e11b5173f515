/**
 * The body of rlm_rest, down to the attributes that are read. The list is the scrubber: what does not stand in it (every
 * password, challenge and key, and whatever a dictionary adds) is dropped here, before anything else sees the body.
 */
import { decodeInteger } from "./values.ts";

const TEXTS = [
  "User-Name",
  "EAP-Type",
  "FreeRADIUS-Proxied-To",
  "Calling-Station-Id",
  "NAS-Identifier",
  "NAS-IP-Address",
  "NAS-IPv6-Address",
  "NAS-Port",
  "NAS-Port-Id",
  "ADSL-Agent-Circuit-Id",
  "Cisco-AVPair",
  "WiMAX-BS-Id",
  "Acct-Status-Type",
  "Acct-Session-Id",
  "Acct-Unique-Session-Id",
  "Acct-Multi-Session-Id",
  "Acct-Terminate-Cause",
  "Class",
  "Chargeable-User-Identity",
  "Framed-IP-Address",
  "Framed-IPv6-Address",
  "Event-Timestamp",
  // what the policy in freeradius.md adds: source address, hex of Calling-Station-Id, verdict
  "Tmp-String-0",
  "Tmp-String-1",
  "Tmp-String-2",
] as const;
const NUMBERS = [
  "Acct-Session-Time",
  "Acct-Delay-Time",
  "Acct-Input-Octets",
  "Acct-Input-Gigawords",
  "Acct-Output-Octets",
  "Acct-Output-Gigawords",
  // the time of the event, as an epoch in seconds
  "Tmp-Integer-0",
] as const;

export type TextName = (typeof TEXTS)[number];
export type NumberName = (typeof NUMBERS)[number];
export type AttributeName = TextName | NumberName;
const READ: ReadonlySet<string> = new Set<AttributeName>([...TEXTS, ...NUMBERS]);
const COUNTED: ReadonlySet<string> = new Set<NumberName>(NUMBERS);

/** Never read; a body that has one comes from a node that does not scrub, and somebody should know. */
const SECRET = [
  "User-Password",
  "CHAP-Password",
  "CHAP-Challenge",
  "MS-CHAP-Response",
  "MS-CHAP2-Response",
  "MS-CHAP-Challenge",
  "EAP-Message",
  "State",
];

/** What a body looked like, without any value of it and without names that we do not know. */
export interface Shape {
  readonly bytes: number;
  /** By attribute that we know: the JSON type of its values. */
  readonly attributes: Readonly<Record<string, string>>;
  /** How many members we do not know. */
  readonly others: number;
}

/** What a body said. An attribute that is not there and one that is empty are the same: null. */
export interface Attributes {
  /** The first value, a character for each byte. */
  text(name: TextName): string | null;
  texts(name: TextName): readonly string[];
  number(name: NumberName): number | null;
}

export type ReadBody =
  | {
      readonly kind: "attributes";
      readonly attributes: Attributes;
      readonly shape: Shape;
      readonly unscrubbed: boolean;
    }
  | { readonly kind: "not_json" | "not_an_object"; readonly shape: Shape }
  | { readonly kind: "bad_attribute"; readonly name: AttributeName; readonly shape: Shape };

export function readBody(bytes: Uint8Array): ReadBody {
  const body = parsed(bytes);
  const nothing: Shape = { bytes: bytes.length, attributes: {}, others: 0 };
  if (body === undefined) return { kind: "not_json", shape: nothing };
  if (!isObject(body)) return { kind: "not_an_object", shape: nothing };
  const names = Object.keys(body);
  const known = names.filter(isKnown);
  const shape: Shape = {
    bytes: bytes.length,
    attributes: Object.fromEntries(known.map((name) => [name, typeOf(body[name])])),
    others: names.length - known.length,
  };
  const found = new Map<string, readonly (string | number)[]>();
  for (const name of known) {
    const values = valuesOf(body[name]);
    if (values === undefined || (COUNTED.has(name) && !values.every(isInteger))) {
      return { kind: "bad_attribute", name, shape };
    }
    found.set(name, values);
  }
  const unscrubbed = SECRET.some((name) => Object.hasOwn(body, name));
  return { kind: "attributes", attributes: attributesOf(found), shape, unscrubbed };
}

function attributesOf(found: ReadonlyMap<string, readonly (string | number)[]>): Attributes {
  const texts = (name: TextName): string[] =>
    (found.get(name) ?? []).map(String).filter((text) => text !== "");
  return {
    texts,
    text: (name) => texts(name)[0] ?? null,
    number: (name) => decodeInteger(found.get(name)?.[0] ?? "") ?? null,
  };
}

function isInteger(value: string | number): boolean {
  return decodeInteger(value) !== undefined;
}

/** Read as Latin-1, a character is a byte whether the printer escaped it or not. The text of an error would quote it. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(latin1Of(bytes));
  } catch {
    return undefined;
  }
}

function latin1Of({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isKnown(name: string): name is AttributeName {
  return READ.has(name);
}

/** The values of `{"type": …, "value": […]}`; a lone value is taken as one. Undefined: not that form. */
function valuesOf(attribute: unknown): readonly (string | number)[] | undefined {
  if (!isObject(attribute) || !Object.hasOwn(attribute, "value")) return undefined;
  const value = attribute["value"];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((one) => typeof one === "string" || typeof one === "number")
    ? values
    : undefined;
}

function typeOf(attribute: unknown): string {
  const values = valuesOf(attribute);
  if (values !== undefined) return values.length === 0 ? "nothing" : typeof values[0];
  return attribute === null ? "null" : typeof attribute;
}
