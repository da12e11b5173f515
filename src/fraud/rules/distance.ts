/** Distance on a sphere of the earth's mean radius, in kilometres; good to half a per cent. */
import type { Site } from "../facts/network.ts";

export function distanceKm(a: Site, b: Site): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180;
  const half = (x: number): number => Math.sin(x / 2) ** 2;
  const h =
    half(rad(b.latitude - a.latitude)) +
    Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * half(rad(b.longitude - a.longitude));
  return 2 * 6_371 * Math.asin(Math.min(1, Math.sqrt(h)));
}
