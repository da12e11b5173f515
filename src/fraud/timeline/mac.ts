/** What a MAC may stand for. A MAC can be copied, so it proves no person did anything; some name no box at all. */
import type { Mac } from "../facts/billing.ts";

const BLANK = /^(0{12}|f{12}|0{11}1|123456789abc|00005e0001[0-9a-f]{2})$/;

/** False for blank, broadcast, group and VRRP addresses: equal or different, they say nothing of boxes. */
export function identifies(mac: Mac): boolean {
  return !BLANK.test(mac) && (Number.parseInt(mac.slice(1, 2), 16) & 1) === 0;
}

/** Made up by a device rather than burnt into it: may change at every start. */
export function isLocal(mac: Mac): boolean {
  return (Number.parseInt(mac.slice(1, 2), 16) & 2) !== 0;
}

/** Of one maker and at most 8 apart: often two ports of one box, sometimes two boxes of one carton. */
export function isNear(a: Mac, b: Mac): boolean {
  if (a.slice(0, 6) !== b.slice(0, 6)) return false;
  const distance = Number.parseInt(a.slice(6), 16) - Number.parseInt(b.slice(6), 16);
  return distance !== 0 && Math.abs(distance) <= 8;
}
