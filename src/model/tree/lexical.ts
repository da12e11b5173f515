/**
 * What a CPE accepts as text for a type, and how it says the same value when it is read.
 *
 * Valid: `1`, `true` for a boolean (reads back `true`); `007`, `+7` for an integer (reads back `7`). Not valid: `yes`,
 * `7.0`, an empty text for anything but strings and binaries, a number outside its type.
 */
const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int: [-2_147_483_648n, 2_147_483_647n],
  unsignedInt: [0n, 4_294_967_295n],
  long: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  unsignedLong: [0n, 18_446_744_073_709_551_615n],
};

const BOOLEANS: Readonly<Record<string, string>> = {
  "0": "false",
  "1": "true",
  false: "false",
  true: "true",
};

const DATE_TIME = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** The value in the CPE's own spelling, or undefined when it is not one of the type. Unknown types take any text. */
export function canonical(type: string | null, text: string): string | undefined {
  const range = INTEGERS[type ?? ""];
  if (range !== undefined) {
    if (!/^[+-]?\d{1,30}$/.test(text)) return undefined;
    const value = BigInt(text.replace(/^\+/, ""));
    return value >= range[0] && value <= range[1] ? value.toString() : undefined;
  }
  switch (type ?? "") {
    case "boolean":
      return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
    case "dateTime":
      return DATE_TIME.test(text) ? text : undefined;
    case "base64":
    case "base64Binary":
      return /^[A-Za-z0-9+/\s]*={0,2}$/.test(text) ? text : undefined;
    case "hexBinary":
      return /^([0-9A-Fa-f]{2})*$/.test(text) ? text : undefined;
    default:
      return text;
  }
}

/** The null value of a type (TR-106): what a new row shows before anybody wrote to it, and a secret always. */
export function defaultValue(type: string | null): string {
  if (Object.hasOwn(INTEGERS, type ?? "")) return "0";
  if (type === "boolean") return "false";
  // TR-106: the time that is not known.
  if (type === "dateTime") return "0001-01-01T00:00:00Z";
  return "";
}
