/**
 * Addresses that a receiver named by a person may have. What is refused: this machine, its networks, and everything that
 * leads there by another spelling, so that nobody makes the server ask what he himself cannot.
 *
 * Source: the special-purpose registries of IANA (RFC 6890), as of 2026.
 */
import { BlockList, isIP } from "node:net";

const NOT_PUBLIC = new BlockList();
for (const [address, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  NOT_PUBLIC.addSubnet(address, bits, "ipv4");
}
/** Global unicast; within it what is not, or holds an IPv4 address: documentation, Teredo, 6to4. */
const UNICAST = new BlockList();
UNICAST.addSubnet("2000::", 3, "ipv6");
for (const [address, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  NOT_PUBLIC.addSubnet(address, bits, "ipv6");
}

/** @param address as a resolver gives it; anything that is no address is not public */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !NOT_PUBLIC.check(address, "ipv4");
  // `::ffff:10.0.0.1`, `64:ff9b::10.0.0.1` and the like lie outside 2000::/3.
  return version === 6 && UNICAST.check(address, "ipv6") && !NOT_PUBLIC.check(address, "ipv6");
}
