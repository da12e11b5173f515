/**
 * The logical parameters that maps may bind: type, normal form, what a write of them usually cuts. Not part of a map: a
 * map can narrow a domain, never widen it.
 *
 * Units: frequencies and bandwidths in kHz, uptime in seconds since boot. Normal forms: a realm is a domain name and
 * stands in lower case; nothing else is folded here (sets are the map's matter).
 */
import type { Channel, Credential, LogicalValue } from "../model/logical.ts";
import { Secret } from "../lib/secret.ts";
import type { EffectClass } from "../model/plan.ts";

/** Types of logical values. */
export type Kind = "text" | "number" | "credential" | "scan-list" | "channels" | "secret";

interface LogicalDef {
  readonly kind: Kind;
  readonly meaning: string;
  /** Can never be written, whatever a map says. */
  readonly observeOnly: boolean;
  /** What a write may cut unless the map says otherwise. */
  readonly effects: EffectClass;
}

const QUIET: EffectClass = { interrupts: [], reboot: "none", applies: "now", settleMs: 60_000 };
/** The CPE may reach the ACS over this very connection: the default assumes that it does. */
const WAN: EffectClass = {
  interrupts: ["wan", "mgmt"],
  reboot: "none",
  applies: "now",
  settleMs: 120_000,
};
/** A CPE that scans a new list looks for its base station anew; on a wrong list it never comes back. */
const RADIO: EffectClass = {
  interrupts: ["radio", "mgmt"],
  reboot: "none",
  applies: "now",
  settleMs: 300_000,
};

const seen = (meaning: string, kind: Kind = "text"): LogicalDef => ({
  kind,
  meaning,
  observeOnly: true,
  effects: QUIET,
});
const kept = (meaning: string, kind: Kind, effects: EffectClass): LogicalDef => ({
  kind,
  meaning,
  observeOnly: false,
  effects,
});

export const DICTIONARY: ReadonlyMap<string, LogicalDef> = new Map([
  ["wan.ppp.credential", kept("user and realm of the Internet PPP connection", "credential", WAN)],
  ["wan.ppp.password", kept("password of the Internet PPP connection", "secret", WAN)],
  ["wimax.auth.identity", kept("outer identity of the WiMAX subscription", "credential", WAN)],
  ["wimax.auth.password", kept("secret of the WiMAX subscription", "secret", WAN)],
  ["radio.scan-list", kept("centre frequencies in kHz, in scanning order", "scan-list", RADIO)],
  [
    "radio.channel-plan",
    kept("centre frequencies with a bandwidth each, in kHz", "channels", RADIO),
  ],
  ["radio.bandwidth", kept("channel bandwidth in kHz", "number", RADIO)],
  ["radio.running-frequency", seen("frequency in kHz that the CPE is camped on", "number")],
  ["device.manufacturer", seen("manufacturer as the CPE spells it")],
  ["device.oui", seen("OUI of the manufacturer, six hex digits")],
  ["device.product-class", seen("product class")],
  ["device.model-name", seen("model name")],
  ["device.hardware-version", seen("hardware version")],
  ["device.software-version", seen("software version that runs now")],
  ["device.serial-number", seen("serial number: proves which device answered")],
  ["device.uptime", seen("seconds since the last boot", "number")],
]);

const positive = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

function isRecord(value: unknown, ...keys: string[]): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Secret) &&
    Object.keys(value).length === keys.length &&
    keys.every((key) => Object.hasOwn(value, key))
  );
}

const isCredential = (value: unknown): value is Credential =>
  isRecord(value, "user", "realm") &&
  typeof value["user"] === "string" &&
  typeof value["realm"] === "string";

const isChannel = (value: unknown): value is Channel =>
  isRecord(value, "centreKhz", "bandwidthKhz") &&
  positive(value["centreKhz"]) &&
  positive(value["bandwidthKhz"]);

const FITS: { readonly [K in Kind]: (value: unknown) => boolean } = {
  text: (value) => typeof value === "string",
  number: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  credential: isCredential,
  "scan-list": (value) => Array.isArray(value) && value.every(positive),
  channels: (value) => Array.isArray(value) && value.every(isChannel),
  secret: (value) => value instanceof Secret,
};

/** Why a value of the right type may never be written, on any device; undefined when it may. */
export function neverWritten(kind: Kind, value: LogicalValue): string | undefined {
  const list = kind === "scan-list" || kind === "channels";
  return list && Array.isArray(value) && value.length === 0
    ? "an empty list would leave the CPE without a frequency"
    : undefined;
}

/** The value in normal form, or undefined when it is not of the type of this logical parameter. */
export function normalForm(kind: Kind, value: unknown): LogicalValue | undefined {
  if (!FITS[kind](value)) return undefined;
  if (isCredential(value)) return { user: value.user, realm: value.realm.toLowerCase() };
  return value as LogicalValue;
}
