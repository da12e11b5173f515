/**
 * A password in an Access-Request: hidden for PAP, hashed for CHAP (RFC 2865, 5.2 and 5.3). Pure.
 */
import { md5 } from "@noble/hashes/legacy.js";
import { ATTRIBUTES, type RadiusAttribute } from "./radius-packet.ts";

const BLOCK = 16;
/** RFC 2865, 5.2: 128 octets, in blocks of 16. */
const MAX_PASSWORD = 128;

/**
 * PAP: blocks of 16 octets, each XOR the MD5 over the secret and the block before (the authenticator, for the first). Only
 * who knows the secret can read it, and the AAA needs no password in clear for it to compare.
 *
 * @param authenticator of the request, 16 octets @returns null: the password is empty or longer than 128 octets
 */
export function papPassword(
  password: Uint8Array,
  authenticator: Uint8Array,
  secret: Uint8Array,
): RadiusAttribute | null {
  if (password.length === 0 || password.length > MAX_PASSWORD) return null;
  const value = new Uint8Array(Math.ceil(password.length / BLOCK) * BLOCK);
  value.set(password);
  let before = authenticator;
  for (let at = 0; at < value.length; at += BLOCK) {
    const mask = md5(Uint8Array.from([...secret, ...before]));
    for (let i = 0; i < BLOCK; i += 1) value[at + i] = (value[at + i] ?? 0) ^ (mask[i] ?? 0);
    before = value.slice(at, at + BLOCK);
  }
  return { type: ATTRIBUTES.userPassword, value };
}

/**
 * CHAP: an identifier and the MD5 over identifier, password and challenge. The challenge is the authenticator of the
 * request, as the standard has it where no CHAP-Challenge is sent. The AAA must know the password in clear.
 *
 * @param identifier 0 to 255
 */
export function chapPassword(
  identifier: number,
  password: Uint8Array,
  challenge: Uint8Array,
): RadiusAttribute {
  const hash = md5(Uint8Array.from([identifier, ...password, ...challenge]));
  return { type: ATTRIBUTES.chapPassword, value: Uint8Array.from([identifier, ...hash]) };
}
