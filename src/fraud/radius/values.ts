/**
 * What the values of rlm_rest's JSON mean. FreeRADIUS writes each byte from 0x80 on as `\u00XX`, and so would a body with
 * raw bytes read as Latin-1: a character is a byte, and what the bytes are is decided here. Text that is no text (not
 * UTF-8, or with a NUL, which PostgreSQL refuses) is kept as `0x` and its hex, so it can still be compared and shown.
 */

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NOT_KEPT = /\u0000|\p{Surrogate}/u;

/** Null: no text. A character beyond a byte shows a sender that is not FreeRADIUS and wrote text as JSON has it. */
export function decodeText(value: string): string | null {
  let text = value;
  if (isBytes(value)) {
    try {
      text = UTF8.decode(Buffer.from(value, "latin1"));
    } catch {
      return null;
    }
  }
  return NOT_KEPT.test(text) ? null : text;
}

function isBytes(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) if (value.charCodeAt(at) > 0xff) return false;
  return true;
}

/** The bytes of a value as lower-case hex. */
export function hexOf(value: string): string {
  return Buffer.from(value, isBytes(value) ? "latin1" : "utf8").toString("hex");
}

/** As text where it is text. Null: nothing. */
export function keepText(value: string): string | null {
  return value === "" ? null : (decodeText(value) ?? `0x${hexOf(value)}`);
}

/**
 * Octets as lower-case hex: `0x…` up to FreeRADIUS 3.2.3, escaped like text from 3.2.4 on. The value decides, never a
 * version. Null: nothing.
 */
export function decodeOctets(value: string): string | null {
  const hex = /^0x((?:[0-9a-f]{2})*)$/i.exec(value)?.[1]?.toLowerCase() ?? hexOf(value);
  return hex === "" ? null : hex;
}

/** Octets that mostly hold text (a circuit id): as text where all of it can be shown, else `0x` and its hex. */
export function keepOctets(value: string): string | null {
  const hex = decodeOctets(value);
  if (hex === null) return null;
  const text = decodeText(Buffer.from(hex, "hex").toString("latin1"));
  return text === null || /\p{Cc}/u.test(text) ? `0x${hex}` : text;
}

/** RADIUS has integers of 32 bits; some types of the dictionary arrive as texts. Undefined: none. */
export function decodeInteger(value: string | number): number | undefined {
  if (typeof value === "string" && !/^\d{1,10}$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff ? number : undefined;
}

/** An IPv4 or IPv6 address as FreeRADIUS prints it. Null: anything else. */
export function keepAddress(value: string): string | null {
  return /^(?=.*[.:])[0-9a-f.:]{2,45}$/i.test(value) ? value.toLowerCase() : null;
}
