/**
 * The MAC of a CPE out of Calling-Station-Id: `00:0C:42:AA:00:01`, `00-0c-…`, `000c.42aa.0001`, bare, `0x…`, or six raw
 * bytes. Anything else is unparsed, which is never a mismatch; so are the addresses of nobody and of everybody.
 */
import { hexOf, keepText } from "./values.ts";

const FORMS = [
  /^(?:0x)?([0-9a-f]{12})$/i,
  /^([0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\2[0-9a-f]{2}){4})$/i,
  /^([0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i,
];
const NOBODY = /^(?:0{12}|f{12})$/;

export interface StationId {
  /** 12 lower-case hex digits. */
  readonly mac: string | null;
  readonly raw: string | null;
}

/**
 * @param value Calling-Station-Id as it stood in the body, a character for each byte
 * @param copy the same as hex, which the RADIUS server adds: it is believed before `value`, as it survives every printer
 */
export function stationOf(value: string | null, copy: string | null): StationId {
  const usable = copy !== null && /^(?:[0-9a-f]{2})+$/i.test(copy);
  const bytes = usable ? Buffer.from(copy, "hex").toString("latin1") : value;
  if (bytes === null || bytes === "") return { mac: null, raw: null };
  return { mac: macOf(bytes), raw: keepStation(bytes) };
}

function macOf(bytes: string): string | null {
  const written = FORMS.map((form) => form.exec(bytes.trim())?.[1]).find(
    (one) => one !== undefined,
  );
  const hex = written?.replace(/[:.-]/g, "").toLowerCase() ?? hexOf(bytes);
  return hex.length !== 12 || NOBODY.test(hex) ? null : hex;
}

/** Six bytes may happen to be text; with control characters among them nobody can read them as one. */
function keepStation(bytes: string): string | null {
  return /\p{Cc}/u.test(bytes) ? `0x${hexOf(bytes)}` : keepText(bytes);
}
