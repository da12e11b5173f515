/**
 * The connection to the Internet. `wan.*` is the one that carries the subscriber's traffic, whatever its kind; `wan.ppp.*`
 * and `wan.ip.*` are for devices where both kinds exist and differ.
 */
import {
  boolean,
  counter,
  credential,
  deviceText,
  integer,
  ipv4,
  mac,
  nothingOr,
  secret,
  word,
} from "./basic-types.ts";
import { kept, LINE, LINK, seen, type Family } from "./def.ts";
import { notEmpty } from "./reasons.ts";
import { typeOf } from "./type.ts";

/** IEEE 802.1Q: 0 and 4095 are reserved. */
const vlanId = nothingOr(integer(1, 4094), "untagged");

/** What a connection carries. `mgmt` is the way to the ACS. */
const services = typeOf(
  "set of services",
  {
    kind: "list",
    of: { kind: "word", words: ["internet", "mgmt", "voice", "tv", "other"] },
    order: "set",
    max: 5,
  },
  notEmpty("a connection without a service carries nothing"),
);

/** RFC 791: every host takes 576 bytes. Below that, devices exist only by mistake. */
const SMALLEST_MTU = 576;
const mtu = typeOf(
  "MTU",
  { kind: "integer", min: 1, max: 65_535, unit: "bytes", examples: [SMALLEST_MTU, 1492, 1500] },
  (value) =>
    typeof value === "number" && value < SMALLEST_MTU
      ? `is below ${SMALLEST_MTU} bytes, which every host has to take`
      : undefined,
);

/** TR-098 `ConnectionStatus` and TR-181 `Status`; `Up` is connected, `Dormant` is connecting. */
const status = word([
  "unconfigured",
  "connecting",
  "authenticating",
  "connected",
  "disconnecting",
  "disconnected",
  "lower-layer-down",
  "not-present",
  "error",
  "unknown",
]);

/** TR-098 `ConnectionType`, all eight. */
const connectionType = word([
  "unconfigured",
  "routed",
  "bridged",
  "dhcp-spoofed",
  "pppoe-bridged",
  "pppoe-relay",
  "pptp-relay",
  "l2tp-relay",
]);

const address = nothingOr(ipv4, "no address now");

export const WAN: Family = {
  "wan.vlan-id": kept(vlanId, "VLAN of the Internet connection", "operator", LINK),
  "wan.services": kept(services, "what the Internet connection carries", "operator", LINK, "ours"),
  "wan.connection-type": kept(
    connectionType,
    "how the Internet connection treats packets",
    "operator",
    LINK,
  ),
  "wan.name": seen(deviceText, "name of the Internet connection on the device"),
  "wan.address": seen(address, "IPv4 address of the Internet connection"),
  "wan.mac": seen(mac, "MAC address of the Internet connection"),
  "wan.bytes-received": seen(counter("bytes"), "received by the Internet connection"),
  "wan.bytes-sent": seen(counter("bytes"), "sent by the Internet connection"),

  "wan.ppp.credential": kept(
    credential,
    "user and realm of the Internet PPP connection",
    "billing",
    LINE,
  ),
  "wan.ppp.password": kept(secret(255), "password of the Internet PPP connection", "billing", LINE),
  "wan.ppp.enable": kept(boolean, "the Internet PPP connection is switched on", "operator", LINK),
  "wan.ppp.mtu": kept(mtu, "largest packet of the Internet PPP connection", "operator", LINE),
  "wan.ppp.status": seen(status, "state of the Internet PPP connection"),
  "wan.ppp.address": seen(address, "IPv4 address of the Internet PPP connection"),
  "wan.ppp.mac": seen(mac, "MAC address of the Internet PPP connection"),
  "wan.ppp.uptime": seen(counter("s"), "time since the Internet PPP connection came up"),

  "wan.ip.vlan-id": kept(vlanId, "VLAN of the IP connection", "operator", LINK),
  "wan.ip.services": kept(services, "what the IP connection carries", "operator", LINK, "ours"),
  "wan.ip.mtu": kept(mtu, "largest packet of the IP connection", "operator", LINE),
  "wan.ip.address": seen(address, "IPv4 address of the IP connection"),
  "wan.ip.mac": seen(mac, "MAC address of the IP connection"),

  "wan.ipoe.credential": kept(
    credential,
    "user and realm of an IP connection that asks the AAA as PPP does",
    "billing",
    LINE,
  ),
  "wan.ipoe.password": kept(secret(255), "password that goes with it", "billing", LINE),
};
