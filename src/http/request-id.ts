/** The id of one request: the caller's, when it can stand in a header and a log line; else a ULID of ours. */
import { randomBytes } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function base32(value: bigint, length: number): string {
  let text = "";
  for (let rest = value, i = 0; i < length; i += 1, rest >>= 5n) {
    text = (CROCKFORD[Number(rest & 31n)] ?? "0") + text;
  }
  return text;
}

/** 10 characters of time and 16 of chance: sorts by time, and cannot be guessed. */
export function ulid(now: Date, random: Uint8Array = randomBytes(10)): string {
  const chance = BigInt(`0x${Buffer.from(random).toString("hex")}`);
  return base32(BigInt(now.getTime()), 10) + base32(chance, 16);
}

/** 1 to 64 of letters, digits and `._:-`; anything else is replaced, never refused. */
export function requestIdFrom(header: string | undefined, now: Date): string {
  return header !== undefined && /^[A-Za-z0-9._:-]{1,64}$/.test(header) ? header : ulid(now);
}
