/**
 * The form of TR-106's named types: addresses, prefixes, identifiers. An empty text says *unspecified* and has the form
 * of every address. Named types that only add a size or an enumeration are not here: those stand with the parameter.
 *
 *   IPv4Address   216.52.29.100, 255.255.255.0         IPv4Prefix   192.168.1.0/24, /24
 *   IPv6Address   1080::800:ba98:3210:11aa:12dd, ::13.1.68.3; no zone (%eth0)
 *   IPAddress     either of them                       IPPrefix     either of them
 *   MACAddress    00:11:22:aa:BB:cc                    IEEE_EUI64   eight pairs
 *
 * Source: tr-106-types.xml of the Broadband Forum.
 */
const OCTET = "(25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])";
const IPV4 = new RegExp(`^(${OCTET}\\.){3}${OCTET}$`);
const MAC = /^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/;
const EUI64 = /^([0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}$/;
const UUID = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

const isIpv4 = (text: string): boolean => IPV4.test(text);

/** RFC 4291, section 2.2: eight groups, `::` once for a run of zeros, the last two groups also as an IPv4 address. */
function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [half, given] of halves.entries()) {
    if (given === "") continue;
    const parts = given.split(":");
    for (const [index, part] of parts.entries()) {
      const last = half === halves.length - 1 && index === parts.length - 1;
      if (last && isIpv4(part)) groups += 1;
      else if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return false;
      groups += 1;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function isPrefix(text: string, isAddress: (text: string) => boolean, bits: number): boolean {
  const [address = "", length = "", more] = text.split("/");
  const counted = /^\d{1,3}$/.test(length) && Number(length) <= bits;
  return counted && more === undefined && (address === "" || isAddress(address));
}

const isPrefix4 = (text: string): boolean => isPrefix(text, isIpv4, 32);
const isPrefix6 = (text: string): boolean => isPrefix(text, isIpv6, 128);

const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["IPv4Address", isIpv4],
  ["IPv6Address", isIpv6],
  ["IPAddress", (text) => isIpv4(text) || isIpv6(text)],
  ["IPv4Prefix", isPrefix4],
  ["IPv6Prefix", isPrefix6],
  ["IPPrefix", (text) => isPrefix4(text) || isPrefix6(text)],
  ["MACAddress", (text) => MAC.test(text)],
  ["IEEE_EUI64", (text) => EUI64.test(text)],
  ["UUID", (text) => UUID.test(text)],
]);

/** What is wrong with the form, to read on after a name; undefined for a good one and for a type without a form. */
export function namedFault(named: string, text: string): string | undefined {
  const fits = FORMATS.get(named);
  if (fits === undefined || (text === "" && named !== "UUID") || fits(text)) return undefined;
  return `is no ${named}`;
}
