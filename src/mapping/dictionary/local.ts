/** The device's own pages, and the network at home. */
import { integer, ipv4, secret, text } from "./basic-types.ts";
import { HOME, kept, QUIET, type Family } from "./def.ts";
import type { Domain } from "./domain.ts";
import { typeOf } from "./type.ts";

const PORT: Domain = { kind: "integer", min: 1, max: 65_535 };
const portMappings = typeOf("list of port mappings", {
  kind: "list",
  of: {
    kind: "record",
    members: {
      protocol: { kind: "word", words: ["tcp", "udp"] },
      externalPort: PORT,
      internalPort: PORT,
      client: { kind: "ipv4" },
    },
  },
  order: "set",
  max: 256,
});

export const LOCAL: Family = {
  "local.admin-username": kept(
    text(64),
    "user name of the administrator on the device's pages",
    "operator",
    QUIET,
  ),
  "local.admin-password": kept(secret(64), "password that goes with it", "operator", QUIET),
};

export const LAN: Family = {
  "lan.address": kept(ipv4, "IPv4 address of the device in its LAN", "subscriber", HOME),
  // A subnet mask is the same as a prefix length; the step `netmask` says it so.
  "lan.prefix-length": kept(
    integer(8, 30, "bits"),
    "length of the LAN's network prefix",
    "subscriber",
    HOME,
  ),
  // The subscriber's own pages and UPnP make rows too, so a map has to say which are ours.
  "lan.port-mappings": kept(
    portMappings,
    "ports of the Internet address that lead to a host at home",
    "subscriber",
    QUIET,
    "keep",
  ),
};
