/** The base types of TR-106: which texts are values of them. The rules in words: `facets.ts`. */
export const BASE_TYPES = [
  "string",
  "int",
  "unsignedInt",
  "long",
  "unsignedLong",
  "boolean",
  "dateTime",
  "base64",
  "hexBinary",
  "decimal",
] as const;
export type BaseType = (typeof BASE_TYPES)[number];

export interface TextFault {
  /** 9006 invalid type, 9007 invalid value. */
  readonly code: 9006 | 9007;
  /** Never quotes the text: it may be a secret. Reads on after a name: "is longer than 64 characters". */
  readonly reason: string;
}

const TYPE = (reason: string): TextFault => ({ code: 9006, reason });
export const VALUE = (reason: string): TextFault => ({ code: 9007, reason });

/** Smallest and largest value. */
const INTEGERS = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
} as const;

export const isInteger = (type: BaseType): type is keyof typeof INTEGERS =>
  Object.hasOwn(INTEGERS, type);

/** Longer texts are no number of any type, and would take long to become one. */
const INTEGER = /^[+-]?\d{1,40}$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^[0-9A-Fa-f]*$/;

/** 9006 for a text that says no value of the type; 9007 for a moment that is not in UTC. */
export function checkType(type: BaseType, text: string): TextFault | undefined {
  if (isInteger(type)) {
    const [least, most] = INTEGERS[type];
    const value = INTEGER.test(text) ? integerOf(text) : most + 1n;
    return value >= least && value <= most ? undefined : TYPE(`is no ${type}`);
  }
  switch (type) {
    case "boolean":
      return /^(0|1|true|false)$/.test(text)
        ? undefined
        : TYPE("is no boolean (0, 1, true, false)");
    case "dateTime":
      return checkDateTime(text);
    case "decimal":
      return DECIMAL.test(text) ? undefined : TYPE("is no decimal");
    case "base64": {
      const letters = text.replace(/\s/g, "");
      return letters.length % 4 === 0 && BASE64.test(letters) ? undefined : TYPE("is no base64");
    }
    case "hexBinary":
      return text.length % 2 === 0 && HEX.test(text) ? undefined : TYPE("is no hexBinary");
    case "string":
      return undefined;
  }
}

export const integerOf = (text: string): bigint => BigInt(text.replace(/^\+/, ""));

const DATE_TIME = /^(\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

function checkDateTime(text: string): TextFault | undefined {
  const found = DATE_TIME.exec(text);
  if (found === null) return TYPE("is no dateTime");
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  if (!isMoment(year, month, day, hour, minute, second, found[7])) {
    return TYPE("is no dateTime: there is no such moment");
  }
  const zone = found[8];
  if (zone === undefined) {
    return Number(year) < 1000 ? undefined : VALUE("has no time zone; UTC ends in Z");
  }
  return ["Z", "+00:00", "-00:00"].includes(zone) ? undefined : VALUE("is not in UTC");
}

function isMoment(
  year = 0,
  month = 0,
  day = 0,
  hour = 99,
  minute = 99,
  second = 99,
  fraction = "",
): boolean {
  if (year === 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  const midnight = hour === 24 && minute === 0 && second === 0 && !/[1-9]/.test(fraction);
  return day <= days && minute < 60 && second < 60 && (hour < 24 || midnight);
}
