/**
 * Who a CPE is. TR-069 names a device by manufacturer OUI, product class and serial number; serials alone are not
 * unique across vendors, so the three travel together.
 *
 * Canonical id: `OUI-ProductClass-Serial`, or `OUI-Serial` without a product class; in each part every byte outside
 * `[A-Za-z0-9_]` is written `%XX` in upper case, as GenieACS does (`WIMAX-25.v2` is `WIMAX%2D25%2Ev2`).
 */
export type DeviceId = string;

export interface DeviceIdentity {
  /** Six upper-case hex digits. */
  readonly oui: string;
  readonly productClass: string | null;
  readonly serial: string;
}

/** What the CPE said of itself when it was last read; null is "not known", empty is "it has none". */
export interface DeviceFacts {
  readonly root: "InternetGatewayDevice" | "Device" | null;
  readonly manufacturer: string | null;
  readonly oui: string | null;
  readonly productClass: string | null;
  readonly modelName: string | null;
  readonly hardwareVersion: string | null;
  readonly softwareVersion: string | null;
  readonly serial: string | null;
  /** Parameters that tell maps apart by being there; what is not in it is not known. */
  readonly presence: Readonly<Record<string, boolean>>;
}

export const NO_FACTS: DeviceFacts = {
  root: null,
  manufacturer: null,
  oui: null,
  productClass: null,
  modelName: null,
  hardwareVersion: null,
  softwareVersion: null,
  serial: null,
  presence: {},
};

/** What was read wins, member by member; what was not read stays. Empty says nothing as long as somebody knows better. */
export function mergeFacts(known: DeviceFacts, read: DeviceFacts): DeviceFacts {
  const told = Object.entries(read).filter(
    ([name, value]) =>
      value !== null && (value !== "" || known[name as keyof DeviceFacts] === null),
  );
  return {
    ...known,
    ...(Object.fromEntries(told) as Partial<DeviceFacts>),
    presence: { ...known.presence, ...read.presence },
  };
}

/** By which devices of one make are taken together. */
export function modelOf({ modelName, oui, productClass }: DeviceFacts): string {
  return modelName || `${oui ?? ""} ${productClass ?? ""}`;
}

const UTF8 = new TextEncoder();

function encodePart(part: string): string {
  return Array.from(UTF8.encode(part), (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

export function printDeviceId(identity: DeviceIdentity): DeviceId {
  const parts = [identity.oui, identity.productClass, identity.serial];
  return parts
    .filter((part): part is string => part !== null && part !== "")
    .map(encodePart)
    .join("-");
}

/** The identity that a canonical id spells, or undefined when it is not canonical. */
export function parseDeviceId(id: string): DeviceIdentity | undefined {
  const parts = id.split("-");
  if (parts.length < 2 || parts.length > 3) return undefined;
  if (!parts.every((part) => /^([A-Za-z0-9_]|%[0-9A-F]{2})+$/.test(part))) return undefined;
  const decoded: string[] = [];
  for (const part of parts) {
    try {
      decoded.push(decodeURIComponent(part));
    } catch {
      return undefined;
    }
  }
  const [oui, second, third] = decoded as [string, string, string | undefined];
  if (!/^[0-9A-F]{6}$/.test(oui)) return undefined;
  const identity = {
    oui,
    productClass: third === undefined ? null : second,
    serial: third ?? second,
  };
  return printDeviceId(identity) === id ? identity : undefined;
}
