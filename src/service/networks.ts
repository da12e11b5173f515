/**
 * Networks that a token may be used from, as CIDR (`10.8.0.0/24`, `2001:db8::/32`) or as one address. What is compared
 * is the address of the socket: a forwarded header is what a client says of itself. Behind a proxy that is the proxy.
 */
import { BlockList, isIP } from "node:net";

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

/** Undefined for anything else, host names included: a name is another machine tomorrow. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes("%")) return undefined;
  const most = version === 4 ? 32 : 128;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) return undefined;
  return { address, bits: length, family: version === 4 ? "ipv4" : "ipv6" };
}

/** As a socket tells it: `::ffff:10.0.0.1` is IPv4, and `%eth0` says where a link-local one was met. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, "");
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
}

/** An address that is not known lies in no network. */
export function liesIn(networks: readonly string[], address: string | null): boolean {
  const plain = plainAddress(address ?? "");
  const version = isIP(plain);
  if (version === 0) return false;
  const list = new BlockList();
  for (const network of networks.map(parseNetwork)) {
    if (network !== undefined) list.addSubnet(network.address, network.bits, network.family);
  }
  return list.check(plain, version === 4 ? "ipv4" : "ipv6");
}
