/** Wi-Fi: for each band the network that the subscriber uses. */
import { boolean, integer, nothingOr, secret, word } from "./basic-types.ts";
import { HOME, kept, type Family } from "./def.ts";
import { either, noControl, notEmpty } from "./reasons.ts";
import { typeOf, type LogicalType } from "./type.ts";

/** IEEE 802.11 gives an SSID 32 bytes, whatever a data model says of characters. */
const SSID_BYTES = 32;
const ssid = typeOf(
  "SSID",
  { kind: "text", max: SSID_BYTES },
  either(noControl, notEmpty("a network without a name cannot be chosen"), (value) =>
    typeof value === "string" && new TextEncoder().encode(value).length > SSID_BYTES
      ? `is longer than ${SSID_BYTES} bytes`
      : undefined,
  ),
);

/** A passphrase of 8 to 63 characters, or the key itself in 64 hex digits. */
const key = secret(64, 8);

const security = word(["open", "wep", "wpa", "wpa-wpa2", "wpa2", "wpa2-wpa3", "wpa3"]);

/**
 * A standard is the generations that a radio speaks, oldest first, run together: `b,g,n`, `11bgn`, `b/g/n` and
 * `802.11b/g/n mixed` are all `bgn`, and `n` is n alone. Order of generations: a, b, g, n, ac, ax, be.
 */
const STANDARDS_2G = [
  ...["b", "g", "bg", "n", "gn", "bgn"],
  ...["ax", "nax", "gnax", "bgnax", "axbe", "bgnaxbe"],
];
const STANDARDS_5G = [
  ...["a", "n", "an", "ac", "nac", "anac"],
  ...["ax", "acax", "nacax", "anacax", "axbe", "acaxbe", "anacaxbe"],
];

interface Band {
  readonly says: string;
  readonly channel: LogicalType;
  readonly widths: readonly string[];
  readonly standards: readonly string[];
}

const network = (prefix: string, { says, channel, widths, standards }: Band): Family => ({
  [`${prefix}.enable`]: kept(boolean, `the ${says} network is switched on`, "subscriber", HOME),
  [`${prefix}.ssid`]: kept(ssid, `name of the ${says} network`, "subscriber", HOME),
  [`${prefix}.key`]: kept(key, `passphrase of the ${says} network`, "subscriber", HOME),
  [`${prefix}.security`]: kept(security, `protection of the ${says} network`, "subscriber", HOME),
  [`${prefix}.channel`]: kept(
    nothingOr(channel, "the device chooses"),
    `channel of the ${says} radio`,
    "operator",
    HOME,
  ),
  [`${prefix}.bandwidth`]: kept(
    word(widths, "MHz"),
    `channel width of the ${says} radio`,
    "operator",
    HOME,
  ),
  [`${prefix}.standard`]: kept(
    word(standards),
    `generations of 802.11 that the ${says} radio speaks`,
    "operator",
    HOME,
  ),
});

export const WIFI: Family = {
  ...network("wifi.2g", {
    says: "2.4 GHz",
    channel: integer(1, 14),
    widths: ["20", "40", "auto"],
    standards: STANDARDS_2G,
  }),
  ...network("wifi.5g", {
    says: "5 GHz",
    channel: integer(32, 196),
    widths: ["20", "40", "80", "160", "auto"],
    standards: STANDARDS_5G,
  }),
};
