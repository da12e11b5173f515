/**
 * RADIUS packets for dynamic authorization (RFC 5176) and logins (RFC 2865): bytes to values and back. Pure and total: any bytes are a packet or
 * `malformed` with the reason. No package: `radius` of npm (1.1.4) has no types, reads dictionaries from files at load, and
 * leaves Message-Authenticator in answers unchecked; what is needed here are a dozen attributes.
 *
 *     octets 0     code
 *            1     identifier: the same for each repeat of a packet
 *            2, 3  length of all, 20 to 4096; what comes behind it is padding
 *            4-19  authenticator
 *            20-   attributes: type, length with these two octets (2 to 255), value
 */
import { hmac } from "@noble/hashes/hmac.js";
import { md5 } from "@noble/hashes/legacy.js";

export const CODES = {
  accessRequest: 1,
  accessAccept: 2,
  accessReject: 3,
  accessChallenge: 11,
  disconnectRequest: 40,
  disconnectAck: 41,
  disconnectNak: 42,
  coaRequest: 43,
  coaAck: 44,
  coaNak: 45,
} as const;

export const ATTRIBUTES = {
  userName: 1,
  userPassword: 2,
  chapPassword: 3,
  nasIpAddress: 4,
  serviceType: 6,
  filterId: 11,
  callingStationId: 31,
  nasIdentifier: 32,
  acctSessionId: 44,
  eventTimestamp: 55,
  messageAuthenticator: 80,
  errorCause: 101,
} as const;

/** RFC 5176, 3.5: there is no such session; what was asked for is so already. */
export const SESSION_NOT_FOUND = 503;

const HEADER = 20;
const MAX_PACKET = 4_096;
const MAX_VALUE = 253;
const SIGNATURE = 16;
const NO_AUTHENTICATOR = new Uint8Array(16);

export interface RadiusAttribute {
  readonly type: number;
  /** 0 to 253 octets. */
  readonly value: Uint8Array;
}

export interface RadiusPacket {
  readonly code: number;
  /** 0 to 255. */
  readonly identifier: number;
  readonly authenticator: Uint8Array;
  /** In their order; one type may stand there several times. */
  readonly attributes: readonly RadiusAttribute[];
}

/** UTF-8; null: longer than an attribute can be. */
export function textAttribute(type: number, text: string): RadiusAttribute | null {
  const value = new TextEncoder().encode(text);
  return value.length > MAX_VALUE ? null : { type, value };
}

/** @param value an integer of 32 bits without a sign */
export function numberAttribute(type: number, value: number): RadiusAttribute {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return { type, value: bytes };
}

/** Null: not an IPv4 address in dots. */
export function addressAttribute(type: number, text: string): RadiusAttribute | null {
  const parts = text.split(".");
  const octets = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  const isAddress = octets.length === 4 && octets.every((octet) => octet < 256);
  return isAddress ? { type, value: Uint8Array.from(octets) } : null;
}

/** The first of this type as an integer of 32 bits; null: there is none of four octets. */
export function numberOf({ attributes }: RadiusPacket, type: number): number | null {
  const value = attributes.find((one) => one.type === type)?.value;
  if (value?.length !== 4) return null;
  return new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
}

/** @throws never */
export function decodePacket(
  bytes: Uint8Array,
): RadiusPacket | { readonly kind: "malformed"; readonly why: string } {
  const malformed = (why: string) => ({ kind: "malformed", why }) as const;
  if (bytes.length < HEADER) return malformed("shorter than a header");
  const length = lengthOf(bytes);
  if (length < HEADER || length > MAX_PACKET) return malformed("its length is out of range");
  if (length > bytes.length) return malformed("shorter than it says");
  const attributes: RadiusAttribute[] = [];
  for (let at = HEADER; at < length;) {
    const size = bytes[at + 1] ?? 0;
    if (size < 2 || at + size > length) return malformed("an attribute reaches past its end");
    attributes.push({
      type: bytes[at] ?? 0,
      value: Uint8Array.from(bytes.subarray(at + 2, at + size)),
    });
    at += size;
  }
  const [code = 0, identifier = 0] = bytes;
  return {
    code,
    identifier,
    authenticator: Uint8Array.from(bytes.subarray(4, HEADER)),
    attributes,
  };
}

/**
 * A request, signed. Its authenticator is a digest of itself (RFC 5176, 2.3), so the same request has the same bytes, and
 * each repeat may be sent as it is. The Message-Authenticator stands first, and must not be among `attributes`.
 *
 * @throws RangeError past 4096 octets
 */
export function encodeRequest(
  packet: Omit<RadiusPacket, "authenticator">,
  secret: Uint8Array,
): Uint8Array {
  return sealed(signed(packet, NO_AUTHENTICATOR, secret), secret);
}

/**
 * A login. Its authenticator is 16 random octets that are used once (RFC 2865, 3): they hide the password, and tell the
 * answer to this request from one to another. Signed all the same, as a request without a Message-Authenticator can be
 * changed on its way (CVE-2024-3596).
 *
 * @throws RangeError past 4096 octets
 */
export function encodeAccessRequest(
  packet: Pick<RadiusPacket, "identifier" | "attributes">,
  authenticator: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  return signed({ code: CODES.accessRequest, ...packet }, authenticator, secret);
}

/** An answer to the request of this authenticator. @throws RangeError past 4096 octets */
export function encodeAnswer(
  packet: Omit<RadiusPacket, "authenticator">,
  request: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  return sealed(signed(packet, request, secret), secret);
}

/**
 * Did somebody who knows the secret make this answer, and to this request? A Message-Authenticator that is there has to be
 * right; `strict` asks for one (a forger of MD5 prefixes needs its absence: CVE-2024-3596).
 *
 * @param bytes that `decodePacket` takes @param request authenticator of the request
 */
export function isAnswerTo(
  bytes: Uint8Array,
  request: Uint8Array,
  secret: Uint8Array,
  strict: boolean,
): boolean {
  // Copies: `slice` of a Buffer, as a socket gives it, is a view of the same memory.
  const packet = Uint8Array.from(bytes.subarray(0, lengthOf(bytes)));
  const told = Uint8Array.from(packet.subarray(4, HEADER));
  packet.set(request, 4);
  if (!sameBytes(told, md5(joined(packet, secret)))) return false;
  const at = signatureAt(packet);
  if (at === null) return !strict;
  const signature = Uint8Array.from(packet.subarray(at, at + SIGNATURE));
  packet.fill(0, at, at + SIGNATURE);
  return sameBytes(signature, hmac(md5, secret, packet));
}

/** With its Message-Authenticator, and with the authenticator that this one is made over. */
function signed(
  { code, identifier, attributes }: Omit<RadiusPacket, "authenticator">,
  authenticator: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  const type = ATTRIBUTES.messageAuthenticator;
  const all = [{ type, value: new Uint8Array(SIGNATURE) }, ...attributes];
  const length = all.reduce((sum, { value }) => sum + 2 + value.length, HEADER);
  if (length > MAX_PACKET || all.some(({ value }) => value.length > MAX_VALUE)) {
    throw new RangeError("a RADIUS packet has at most 4096 octets, an attribute 253");
  }
  const packet = new Uint8Array(length);
  packet.set([code, identifier, length >> 8, length & 0xff]);
  packet.set(authenticator, 4);
  let at = HEADER;
  for (const { type: kind, value } of all) {
    packet.set([kind, value.length + 2], at);
    packet.set(value, at + 2);
    at += value.length + 2;
  }
  packet.set(hmac(md5, secret, packet), HEADER + 2);
  return packet;
}

/** The authenticator of everything but a login is a digest over the rest. */
function sealed(packet: Uint8Array, secret: Uint8Array): Uint8Array {
  packet.set(md5(joined(packet, secret)), 4);
  return packet;
}

function lengthOf(bytes: Uint8Array): number {
  return ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
}

/** Where the value of the Message-Authenticator begins; null: there is none of 16 octets. */
function signatureAt(packet: Uint8Array): number | null {
  for (let at = HEADER; at + 1 < packet.length; at += Math.max(2, packet[at + 1] ?? 0)) {
    if (packet[at] !== ATTRIBUTES.messageAuthenticator) continue;
    return packet[at + 1] === SIGNATURE + 2 ? at + 2 : null;
  }
  return null;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Does not tell by its duration where the first difference is. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
